package dev.wsn.gateway;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.FastThreadLocal;
import io.vertx.core.Vertx;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection that Vert.x accepted or opened, taken out of its queues: bytes go straight to
 * and from Netty's channel. Owned by the event loop that it was opened on, and everything is called
 * there, in the context that took it. The only class of this package that knows Netty and the
 * internals of Vert.x (ADR 0014).
 *
 * <p>Bounds: what is read is handed over at once; {@link #FULL_BYTES} and what one call appends are
 * held while the other side does not read.
 */
final class TcpSocket extends ChannelInboundHandlerAdapter {
  /** From this many unwritten bytes on, the socket is full. */
  static final int FULL_BYTES = 256 * 1024;

  /** Below this many unwritten bytes it is no longer full. */
  static final int DRAINED_BYTES = 64 * 1024;

  private static final int FLUSH_BYTES = 32 * 1024;
  private static final int LEAST_BYTES = 256;
  private static final int MAX_READ_BYTES = 64 * 1024;
  private static final WriteBufferWaterMark UNWRITTEN_BYTES =
      new WriteBufferWaterMark(DRAINED_BYTES, FULL_BYTES);

  /** One for each event loop: nobody keeps what lies in it. */
  private static final FastThreadLocal<byte[]> SCRATCH =
      new FastThreadLocal<>() {
        @Override
        protected byte[] initialValue() {
          return new byte[MAX_READ_BYTES];
        }
      };

  /** Who uses the connection. */
  interface Owner {
    /** Takes bytes in an array that is another's again afterwards. */
    void received(byte[] bytes, int length);

    /** Called when all that had come together was handed over. */
    void paused();

    /** Called when the socket is no longer full. */
    void drained();

    /** Called once, when the connection is no more. */
    void gone();
  }

  private final Owner owner;
  private final ContextInternal context;
  private final Channel channel;
  private @Nullable ByteBuf queued;
  private int expectedBytes = LEAST_BYTES;
  private long sentBytes;
  private long writes;
  private long finishedWrites;
  private long lastProgress;
  private boolean wasWriting;
  private boolean isGone;

  private TcpSocket(Owner owner, ContextInternal context, Channel channel) {
    this.owner = owner;
    this.context = context;
    this.channel = channel;
  }

  /** Takes a connection over; what was set at the socket is forgotten. */
  static TcpSocket take(Vertx vertx, NetSocket socket, Owner owner) {
    ChannelHandlerContext old = ((NetSocketInternal) socket).channelHandlerContext();
    TcpSocket taken =
        new TcpSocket(owner, (ContextInternal) vertx.getOrCreateContext(), old.channel());
    var unused = old.pipeline().replace(old.handler(), null, taken);
    taken.channel.config().setWriteBufferWaterMark(UNWRITTEN_BYTES);
    if (!taken.channel.isActive()) {
      taken.channel.eventLoop().execute(taken::forget);
    }
    return taken;
  }

  /** Reads, or stops reading: at most one more read is handed over then. */
  void read(boolean isWanted) {
    if (channel.config().isAutoRead() != isWanted) {
      channel.config().setAutoRead(isWanted);
    }
  }

  /** Queues bytes, which it copies. */
  void append(byte[] bytes, int offset, int length) {
    ByteBuf buffer = queued;
    if (buffer == null) {
      if (!channel.isOpen()) {
        return;
      }
      buffer = channel.alloc().directBuffer(Math.max(expectedBytes, length));
      queued = buffer;
    }
    buffer.writeBytes(bytes, offset, length);
  }

  /** Writes what is queued if it is much. */
  void flushIfMuch() {
    ByteBuf buffer = queued;
    if (buffer != null && buffer.readableBytes() >= FLUSH_BYTES) {
      flush();
    }
  }

  /** Writes what is queued. */
  void flush() {
    ByteBuf buffer = queued;
    if (buffer == null) {
      return;
    }
    queued = null;
    // As much again is likely; much more than is written would be held for who does not read.
    expectedBytes = Math.max(LEAST_BYTES, buffer.readableBytes());
    sentBytes += buffer.readableBytes();
    writes++;
    var unused = channel.writeAndFlush(buffer, channel.voidPromise());
  }

  /** Whether the sender should wait for {@link Owner#drained}. */
  boolean isFull() {
    return !channel.isWritable();
  }

  /**
   * Whether no write was finished for so long. To be asked now and then: the time counts from the
   * first time that was asked while something was unwritten.
   */
  boolean hasStalled(long nowMillis, long limitMillis) {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    int unfinished = buffer == null ? 0 : buffer.size();
    if (unfinished == 0 || !wasWriting || finishedWrites != writes - unfinished) {
      finishedWrites = writes - unfinished;
      lastProgress = nowMillis;
    }
    wasWriting = unfinished > 0;
    return nowMillis - lastProgress >= limitMillis;
  }

  /** Bytes that were given to the channel. */
  long sentBytes() {
    return sentBytes;
  }

  /** The other end, {@code ip:port}. */
  String remote() {
    return channel.remoteAddress() instanceof InetSocketAddress remote
        ? remote.getAddress().getHostAddress() + ":" + remote.getPort()
        : "";
  }

  /** Ends when all is written. */
  void close() {
    flush();
    var unused =
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(ChannelFutureListener.CLOSE);
  }

  /** Ends now. */
  void abort() {
    var unused = channel.close();
  }

  @Override
  public void channelRead(ChannelHandlerContext handler, Object message) {
    // Other messages are the end of the HTTP request that asked for the upgrade.
    if (message instanceof ByteBuf bytes) {
      context.emit(bytes, this::handOver);
    }
    ReferenceCountUtil.release(message);
  }

  private void handOver(ByteBuf bytes) {
    byte[] scratch = SCRATCH.get();
    while (bytes.isReadable()) {
      int length = Math.min(bytes.readableBytes(), scratch.length);
      bytes.readBytes(scratch, 0, length);
      owner.received(scratch, length);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext handler) {
    context.emit(go -> owner.paused());
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext handler) {
    if (channel.isWritable()) {
      context.emit(go -> owner.drained());
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext handler) {
    forget();
  }

  private void forget() {
    if (!isGone) {
      isGone = true;
      ReferenceCountUtil.release(queued);
      queued = null;
      context.emit(go -> owner.gone());
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext handler, Throwable broken) {
    abort();
  }
}
