package dev.wsn.node;

import dev.wsn.kademlia.Protocol;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import dev.wsn.resolver.ListenException;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.SocketProtocolFamily;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One UDP socket and the event loop that it lives on: Netty's epoll transport, which receives and
 * sends up to {@value #BATCH} datagrams with one system call, or NIO elsewhere. What is sent while
 * datagrams are being read leaves when they are all read. The only class of this package that
 * imports Netty.
 */
final class UdpTransport {
  private static final int BATCH = 32;
  private static final int SOCKET_BUFFER_BYTES = 1 << 21;

  /** Datagrams wait here only while the socket's buffer is full; over this they are dropped. */
  private static final WriteBufferWaterMark OUTBOUND_BYTES =
      new WriteBufferWaterMark(1 << 20, 1 << 21);

  private static final IpAddress ANY_IPV6 = IpAddress.of(new byte[16]);
  private static final IpAddress ANY_IPV4 = IpAddress.of(new byte[4]);
  private static final String LEAK_DETECTION = "io.netty.leakDetection.level";

  static {
    // As Vert.x does: looking for leaks costs a tenth of the time of a datagram.
    if (System.getProperty(LEAK_DETECTION) == null) {
      ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(UdpTransport.class);

  /** Threads that sockets live on: one each, unless several nodes of a program share some. */
  static final class Loops {
    private final MultiThreadIoEventLoopGroup group;
    private final boolean isEpoll;

    private Loops(int threads, boolean isEpoll) {
      this.isEpoll = isEpoll;
      IoHandlerFactory handlers = isEpoll ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
      // Netty keeps its buffers per thread, and finds them at once only in threads of its own
      // class.
      ThreadFactory factory = task -> new FastThreadLocalThread(task, "wsn-udp");
      this.group = new MultiThreadIoEventLoopGroup(threads, factory, handlers);
    }

    /** So many threads; a socket stays on one of them. */
    static Loops of(int threads) {
      return new Loops(threads, Epoll.isAvailable());
    }

    /** Ends the threads soon; whose sockets are open does not hear of it. */
    @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for the threads to end
    void end() {
      group.shutdownGracefully(0, 1, TimeUnit.SECONDS);
    }
  }

  private final @Nullable Loops ownLoops;
  private final EventLoop loop;
  private final DatagramChannel channel;
  private final IpPort local;
  private final LongAdder received = new LongAdder();
  private final LongAdder receivedBytes = new LongAdder();
  private final LongAdder sent = new LongAdder();
  private final LongAdder sentBytes = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final LongAdder errors = new LongAdder();
  private volatile @Nullable TransportOwner owner;
  private volatile boolean isStopped;
  // Owned by the event loop.
  private final byte[] scratch = new byte[Protocol.MAX_RECEIVED_BYTES];
  private @Nullable IpPort lastFrom;
  private @Nullable InetSocketAddress lastSender;
  private @Nullable ScheduledFuture<?> timer;
  private long timerMillis;
  private boolean isFlushDue;

  private UdpTransport(@Nullable Loops ownLoops, DatagramChannel channel) {
    this.ownLoops = ownLoops;
    this.channel = channel;
    this.loop = channel.eventLoop();
    this.local = ipPort(channel.localAddress());
  }

  /**
   * Opens the socket on an event loop of its own. Blocks shortly. Nothing is read before {@link
   * #start}.
   *
   * @param address an own address; the unspecified IPv6 one listens to both families
   * @param port 0 for any that is free
   * @throws ListenException if that is not possible; the message says why
   */
  static UdpTransport bind(IpAddress address, int port) {
    return bindAlone(Loops.of(1), address, port);
  }

  /** As above, on one of the two transports. */
  static UdpTransport bind(IpAddress address, int port, boolean isEpoll) {
    return bindAlone(new Loops(1, isEpoll), address, port);
  }

  private static UdpTransport bindAlone(Loops own, IpAddress address, int port) {
    try {
      return new UdpTransport(own, open(own, address, port));
    } catch (ListenException refused) {
      own.end();
      throw refused;
    }
  }

  /** As above, on one of some threads that outlive this transport. */
  static UdpTransport bind(IpAddress address, int port, Loops shared) {
    return new UdpTransport(null, open(shared, address, port));
  }

  private static DatagramChannel open(Loops loops, IpAddress address, int port) {
    try {
      return openThere(loops, address, port);
    } catch (ListenException refused) {
      if (address.equals(ANY_IPV6)) {
        return openThere(loops, ANY_IPV4, port); // A machine without IPv6 has them all, too.
      }
      throw refused;
    }
  }

  private static DatagramChannel openThere(Loops loops, IpAddress address, int port) {
    SocketProtocolFamily family =
        address.isIpv4() ? SocketProtocolFamily.INET : SocketProtocolFamily.INET6;
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loops.group)
            .option(ChannelOption.AUTO_READ, false)
            .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER_BYTES)
            .option(ChannelOption.SO_SNDBUF, SOCKET_BUFFER_BYTES)
            .option(ChannelOption.WRITE_BUFFER_WATER_MARK, OUTBOUND_BYTES)
            .handler(new ChannelInboundHandlerAdapter());
    if (loops.isEpoll) {
      bootstrap
          .channelFactory(() -> new EpollDatagramChannel(family))
          .option(EpollChannelOption.MAX_DATAGRAM_PAYLOAD_SIZE, Protocol.MAX_RECEIVED_BYTES)
          .option(
              ChannelOption.RECVBUF_ALLOCATOR,
              new FixedRecvByteBufAllocator(Protocol.MAX_RECEIVED_BYTES * BATCH));
    } else {
      bootstrap
          .channelFactory(() -> new NioDatagramChannel(family))
          .option(
              ChannelOption.RECVBUF_ALLOCATOR,
              new FixedRecvByteBufAllocator(Protocol.MAX_RECEIVED_BYTES));
    }
    ChannelFuture bound =
        bootstrap.bind(new InetSocketAddress(inetAddress(address), port)).awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw SocketRefusal.of(address, port, bound.cause());
    }
    LOG.debug("UDP transport {}", loops.isEpoll ? "epoll" : "NIO");
    return (DatagramChannel) bound.channel();
  }

  /** Begins to read. Any thread, once, before any other method. */
  void start(TransportOwner newOwner) {
    owner = newOwner;
    channel.pipeline().addLast(new Reader());
    channel.config().setAutoRead(true);
  }

  /** Where the socket is; the port is never 0. */
  IpPort local() {
    return local;
  }

  /** Counters, from any thread. */
  TransportCounters counters() {
    long in = received.sum();
    long out = sent.sum();
    return new TransportCounters(
        in, receivedBytes.sum(), out, sentBytes.sum(), dropped.sum(), errors.sum());
  }

  /** Datagrams that the system dropped because they were not read in time; blocks shortly. */
  long overflowed() {
    return !isStopped && channel instanceof EpollDatagramChannel epoll
        ? SocketDrops.of(epoll.fd().intValue())
        : 0;
  }

  /**
   * Runs a task on the event loop. Any thread.
   *
   * @return false if the transport has stopped; the task does not run then
   */
  boolean execute(Runnable task) {
    if (isStopped) {
      return false;
    }
    try {
      loop.execute(() -> guarded(task));
      return true;
    } catch (RejectedExecutionException stopped) {
      return false;
    }
  }

  /** Sends a datagram, whose bytes must not change any more. On the event loop. */
  @SuppressWarnings("FutureReturnValueIgnored") // a void promise reports to the pipeline
  void send(byte[] datagram, IpPort to) {
    if (!channel.isWritable()) {
      dropped.increment();
      return;
    }
    ByteBuf content = channel.alloc().directBuffer(datagram.length).writeBytes(datagram);
    channel.write(new DatagramPacket(content, target(to)), channel.voidPromise());
    sent.increment();
    sentBytes.add(datagram.length);
    if (!isFlushDue) {
      isFlushDue = true;
      loop.execute(this::flush);
    }
  }

  /** Most datagrams answer the one that was just read. */
  private InetSocketAddress target(IpPort to) {
    InetSocketAddress sender = lastSender;
    return sender != null && to.equals(lastFrom)
        ? sender
        : new InetSocketAddress(inetAddress(to.address()), to.port());
  }

  /** Runs a task when what has arrived until now was read. On the event loop. */
  @SuppressWarnings("FutureReturnValueIgnored") // nobody waits for it
  void afterReading(Runnable task) {
    // Netty looks at the sockets before it runs what is scheduled; other tasks go before that.
    loop.schedule(() -> guarded(task), 0, TimeUnit.NANOSECONDS);
  }

  private void flush() {
    isFlushDue = false;
    channel.flush();
  }

  /**
   * Sets the one timer; the owner is woken then or earlier. On the event loop.
   *
   * @param atMillis when, on the owner's monotonic clock
   * @param nowMillis the time on that clock
   */
  void wakeAt(long atMillis, long nowMillis) {
    if (timer != null) {
      if (timerMillis <= atMillis) {
        return;
      }
      timer.cancel(false);
    }
    timerMillis = atMillis;
    timer = loop.schedule(this::ring, Math.max(0, atMillis - nowMillis), TimeUnit.MILLISECONDS);
  }

  private void ring() {
    timer = null;
    guarded(() -> owner().wake());
  }

  private TransportOwner owner() {
    return Objects.requireNonNull(owner, "not started");
  }

  private void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException | Error bug) {
      owner().fail(bug);
    }
  }

  /**
   * Closes the socket and ends the event loop. Any thread; does not block.
   *
   * @param done called on the event loop when the socket is closed
   */
  @SuppressWarnings("FutureReturnValueIgnored") // the listener hears of it
  void stop(Runnable done) {
    channel
        .close()
        .addListener(
            closed -> {
              isStopped = true;
              if (timer != null) {
                timer.cancel(false);
              }
              done.run();
              if (ownLoops != null) {
                ownLoops.end();
              }
            });
  }

  private static InetAddress inetAddress(IpAddress address) {
    try {
      return InetAddress.getByAddress(address.bytes());
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException("an IP address has 4 or 16 bytes", impossible);
    }
  }

  private static IpPort ipPort(InetSocketAddress address) {
    return new IpPort(IpAddress.of(address.getAddress().getAddress()), address.getPort());
  }

  private final class Reader extends ChannelInboundHandlerAdapter {
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
      DatagramPacket packet = (DatagramPacket) message;
      try {
        received.increment();
        receivedBytes.add(packet.content().readableBytes());
        read(packet);
      } catch (RuntimeException | Error bug) {
        owner().fail(bug);
      } finally {
        packet.release();
      }
    }

    private void read(DatagramPacket packet) {
      int length = Math.min(packet.content().readableBytes(), scratch.length);
      int port = packet.sender().getPort();
      // Port 0 cannot be answered and comes only from raw sockets.
      if (port == 0) {
        errors.increment();
      } else {
        packet.content().readBytes(scratch, 0, length);
        IpPort from = ipPort(packet.sender());
        lastFrom = from;
        lastSender = packet.sender();
        owner().receive(scratch, length, from);
      }
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
      if (isFlushDue) {
        channel.flush();
      }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      // Of the operating system: a bug of the owner never comes here. An unreachable network or a
      // full buffer is no reason to stop; the core takes it for a lost datagram.
      errors.increment();
      LOG.debug("UDP: {}", cause.getMessage());
    }
  }
}
