package dev.wsn.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.kademlia.Protocol;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import io.netty.channel.epoll.Epoll;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The socket and its event loop, on both of Netty's transports. */
@Timeout(30)
class UdpTransportTest {
  private static final IpAddress IPV4 = LoopbackNodes.LOOPBACK;

  /** What arrived, and what the owner was told. */
  private static final class Recorder implements TransportOwner {
    private final BlockingQueue<byte[]> datagrams = new LinkedBlockingQueue<>();
    private final BlockingQueue<IpPort> sources = new LinkedBlockingQueue<>();
    private final BlockingQueue<Throwable> bugs = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> wakes = new LinkedBlockingQueue<>();

    @Override
    public void receive(byte[] buffer, int length, IpPort from) {
      if (length == 1) {
        throw new IllegalStateException("one byte");
      }
      sources.add(from);
      datagrams.add(Arrays.copyOf(buffer, length));
    }

    @Override
    public void wake() {
      wakes.add(Thread.currentThread().getName());
    }

    @Override
    public void fail(Throwable bug) {
      bugs.add(bug);
    }
  }

  private final List<UdpTransport> transports = new ArrayList<>();
  private final Recorder recorder = new Recorder();

  private UdpTransport start(IpAddress address, boolean isEpoll) {
    UdpTransport transport = UdpTransport.bind(address, 0, isEpoll);
    transports.add(transport);
    transport.start(recorder);
    return transport;
  }

  @AfterEach
  void stop() {
    transports.forEach(transport -> transport.stop(() -> {}));
  }

  /** One of each family that this machine has. */
  private static List<IpAddress> loopbacks() {
    byte[] bytes = new byte[16];
    bytes[15] = 1;
    try (DatagramSocket probe = new DatagramSocket(0, InetAddress.getByAddress(bytes))) {
      assertThat(probe.isBound()).isTrue();
      return List.of(IPV4, IpAddress.of(bytes));
    } catch (IOException noIpv6) {
      return List.of(IPV4);
    }
  }

  private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T value = queue.poll(20, TimeUnit.SECONDS);
    if (value == null) {
      throw new AssertionError("nothing came");
    }
    return value;
  }

  @Test
  void epollIsUsedOnThisKindOfMachine() {
    // Otherwise the tests below would compare NIO with itself.
    boolean isLinux = System.getProperty("os.name", "").equals("Linux");
    assertThat(Epoll.isAvailable()).isEqualTo(isLinux);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void datagramArrivesAsItWasSentWithItsSource(boolean isEpoll) throws InterruptedException {
    for (IpAddress address : loopbacks()) {
      UdpTransport one = start(address, isEpoll);
      UdpTransport other = start(address, isEpoll);
      for (int length : new int[] {2, 1_232, Protocol.MAX_RECEIVED_BYTES, 9_000}) {
        byte[] sent = new byte[length];
        Arrays.fill(sent, (byte) length);
        assertThat(one.execute(() -> one.send(sent, other.local()))).isTrue();
        byte[] arrived = next(recorder.datagrams);
        int kept = Math.min(length, Protocol.MAX_RECEIVED_BYTES);
        assertThat(arrived).isEqualTo(Arrays.copyOf(sent, kept));
        assertThat(next(recorder.sources)).isEqualTo(one.local());
      }
      assertThat(one.counters().sent()).isEqualTo(4);
      assertThat(other.counters().received()).isEqualTo(4);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatHasArrivedIsReadBeforeATaskThatWaitsForThat(boolean isEpoll)
      throws InterruptedException {
    UdpTransport transport = start(IPV4, isEpoll);
    BlockingQueue<Integer> arrived = new LinkedBlockingQueue<>();
    transport.execute(
        () -> {
          transport.afterReading(() -> arrived.add(recorder.datagrams.size()));
          sendByAnother(transport.local());
        });
    assertThat(next(arrived)).isEqualTo(1);
  }

  /** A datagram is in the socket's buffer when this returns. */
  private static void sendByAnother(IpPort to) {
    try (DatagramSocket other = new DatagramSocket()) {
      InetAddress address = InetAddress.getByAddress(to.address().bytes());
      other.send(new DatagramPacket(new byte[2], 2, address, to.port()));
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void socketForBothFamiliesNamesIpv4SourcesAsSuch(boolean isEpoll) throws InterruptedException {
    UdpTransport both = start(IpAddress.of(new byte[16]), isEpoll);
    UdpTransport ipv4 = start(IPV4, isEpoll);
    ipv4.execute(() -> ipv4.send(new byte[2], new IpPort(IPV4, both.local().port())));
    next(recorder.datagrams);
    assertThat(next(recorder.sources)).isEqualTo(ipv4.local());
    both.execute(() -> both.send(new byte[3], ipv4.local()));
    assertThat(next(recorder.datagrams)).hasSize(3);
    assertThat(next(recorder.sources)).isEqualTo(new IpPort(IPV4, both.local().port()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sendThatTheSystemRefusesIsCountedAndNothingElse(boolean isEpoll)
      throws InterruptedException {
    UdpTransport transport = start(IPV4, isEpoll);
    IpPort broadcast = new IpPort(IpAddress.of(new byte[] {-1, -1, -1, -1}), 9);
    transport.execute(() -> transport.send(new byte[2], broadcast));
    while (transport.counters().errors() == 0) {
      LockSupport.parkNanos(1_000_000);
    }
    transport.execute(() -> transport.send(new byte[2], transport.local()));
    assertThat(next(recorder.datagrams)).hasSize(2);
    assertThat(recorder.bugs).isEmpty();
  }

  @Test
  void burstIsSentInFullOrCountedAsDropped() throws InterruptedException {
    UdpTransport transport = start(IPV4, true);
    UdpTransport other = start(IPV4, true);
    int burst = 20_000;
    CompletableFuture<Boolean> isSent = new CompletableFuture<>();
    transport.execute(
        () -> {
          for (int i = 0; i < burst; i++) {
            transport.send(new byte[1_232], other.local());
          }
          isSent.complete(true);
        });
    assertThat(isSent.orTimeout(20, TimeUnit.SECONDS).join()).isTrue();
    next(recorder.datagrams);
    TransportCounters counters = transport.counters();
    assertThat(counters.sent() + counters.dropped()).isEqualTo(burst);
    assertThat(counters.dropped()).as("more than the bound on waiting bytes").isPositive();
  }

  /** The event loop is held while more comes than the system keeps for it. */
  @Test
  void whatCameFasterThanItWasReadIsCounted() throws InterruptedException {
    Assumptions.assumeTrue(Files.exists(Path.of("/proc/self/net/udp")));
    UdpTransport slow = start(IPV4, true);
    UdpTransport fast = start(IPV4, true);
    assertThat(slow.overflowed()).isZero();
    CompletableFuture<Boolean> isSent = new CompletableFuture<>();
    slow.execute(() -> assertThat(isSent.orTimeout(60, TimeUnit.SECONDS).join()).isTrue());
    while (slow.overflowed() == 0) {
      long before = fast.counters().sent();
      fast.execute(() -> send(fast, slow.local()));
      while (fast.counters().sent() == before) {
        LockSupport.parkNanos(1_000_000);
      }
    }
    isSent.complete(true);
    next(recorder.datagrams);
    assertThat(fast.overflowed()).isZero();
    assertThat(slow.overflowed()).isPositive();
  }

  private static void send(UdpTransport transport, IpPort to) {
    for (int i = 0; i < 100; i++) {
      transport.send(new byte[1_232], to);
    }
  }

  @Test
  void theEarlierOfTwoTimesHolds() throws InterruptedException {
    UdpTransport transport = start(IPV4, true);
    transport.execute(
        () -> {
          transport.wakeAt(1_000_000, 0);
          transport.wakeAt(5, 0);
          transport.wakeAt(2_000_000, 0);
        });
    assertThat(next(recorder.wakes)).isEqualTo("wsn-udp");
    transport.execute(() -> transport.wakeAt(0, 10));
    next(recorder.wakes);
    assertThat(recorder.wakes).isEmpty();
  }

  @Test
  void bugOfTheOwnerIsTold() throws InterruptedException {
    UdpTransport transport = start(IPV4, true);
    transport.execute(() -> transport.send(new byte[1], transport.local()));
    assertThat(next(recorder.bugs)).hasMessage("one byte");
    transport.execute(
        () -> {
          throw new IllegalStateException("task");
        });
    assertThat(next(recorder.bugs)).hasMessage("task");
  }

  @Test
  void stoppedTransportTakesNoTask() {
    UdpTransport transport = start(IPV4, true);
    transports.clear();
    CompletableFuture<Boolean> isStopped = new CompletableFuture<>();
    transport.stop(() -> isStopped.complete(true));
    assertThat(isStopped.orTimeout(20, TimeUnit.SECONDS).join()).isTrue();
    while (transport.execute(() -> {})) {
      LockSupport.parkNanos(1_000_000);
    }
    assertThat(recorder.bugs).isEmpty();
  }

  @Test
  void transportsShareThreadsThatOutliveThem() throws InterruptedException {
    UdpTransport.Loops loops = UdpTransport.Loops.of(1);
    try {
      UdpTransport gone = UdpTransport.bind(IPV4, 0, loops);
      UdpTransport stays = UdpTransport.bind(IPV4, 0, loops);
      gone.start(new Recorder());
      stays.start(recorder);
      transports.add(stays);
      BlockingQueue<String> threads = new LinkedBlockingQueue<>();
      assertThat(gone.execute(() -> threads.add(Thread.currentThread().getName()))).isTrue();
      assertThat(stays.execute(() -> threads.add(Thread.currentThread().getName()))).isTrue();
      assertThat(next(threads)).isEqualTo(next(threads));

      BlockingQueue<Boolean> stopped = new LinkedBlockingQueue<>();
      gone.stop(() -> stopped.add(true));
      assertThat(next(stopped)).isTrue();
      assertThat(gone.execute(() -> {})).isFalse();
      stays.execute(() -> stays.send(new byte[] {7, 7}, stays.local()));
      assertThat(next(recorder.datagrams)).containsExactly(7, 7);
    } finally {
      loops.end();
    }
  }
}
