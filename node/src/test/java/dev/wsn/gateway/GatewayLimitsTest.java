package dev.wsn.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsn.crypto.SecretKey;
import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.gateway.channel.ChannelException;
import dev.wsn.gateway.channel.Frame;
import dev.wsn.gateway.channel.Opcode;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.net.NetClient;
import java.net.BindException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a gateway grants and no more: time, connections, memory. */
final class GatewayLimitsTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(300);

  private final Vertx vertx = Vertx.vertx();
  private final NetClient tcp = vertx.createNetClient();
  private final TestBackend backend = new TestBackend(vertx);

  @AfterEach
  void stop() {
    Awaiting.done(vertx.close());
  }

  private TestRelay relay(GatewayLimits limits) {
    return new TestRelay(vertx, SecretKey.generate(TestRelay.RANDOM), backend.uri(), limits);
  }

  private static GatewayLimits limits(
      Duration handshake, Duration ping, Duration idle, Duration write) {
    return new GatewayLimits(
        100, 100, 100, 100, handshake, LONG, ping, idle, write, 1 << 20, 1_000, 0);
  }

  private RawClient connect(TestRelay relay) {
    return Awaiting.result(RawClient.connect(vertx, relay.gateway.port(), relay.publicKey));
  }

  /** Connects, sends, and reports the end of the connection. */
  private BlockingQueue<String> closesOf(TestRelay relay, String bytes) {
    BlockingQueue<String> closes = new LinkedBlockingQueue<>();
    Awaiting.done(
        Awaiting.onLoop(
            vertx,
            () ->
                tcp.connect(relay.gateway.port(), "127.0.0.1")
                    .compose(
                        socket ->
                            socket
                                .handler(dropped -> {})
                                .closeHandler(closed -> closes.add("closed"))
                                .write(bytes)
                                .otherwiseEmpty())));
    return closes;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GET / HTTP/1.1\r\n", "\u0000\u0001\u0002"})
  void aConnectionThatSaysNothingUsefulIsClosed(String bytes) {
    TestRelay relay = relay(limits(SHORT, LONG, LONG.plus(LONG), LONG));

    assertThat(Awaiting.next(closesOf(relay, bytes))).isEqualTo("closed");
    Awaiting.until(() -> relay.gateway.connections() == 0);
    if (!bytes.startsWith("\u0000")) {
      assertThat(relay.gateway.counters().limits().of(GatewayLimit.UPGRADE_TIME)).isEqualTo(1);
    }
  }

  @Test
  void aHandshakeThatDoesNotComeIsNotWaitedFor() {
    TestRelay relay = relay(limits(SHORT, LONG, LONG.plus(LONG), LONG));

    RawClient silent = connect(relay);

    assertThat(Awaiting.next(silent.closes)).isEqualTo("1002 null");
    Awaiting.until(() -> relay.gateway.counters().channelsEnded(ChannelEnd.HANDSHAKE_TIMEOUT) == 1);
  }

  @Test
  void aHeadThatDoesNotComeIsNotWaitedFor() throws ChannelException {
    TestRelay relay = relay(limits(SHORT, LONG, LONG.plus(LONG), LONG));
    RawClient client = connect(relay);

    client.shakeHands();

    assertThat(Awaiting.next(client.closes)).isEqualTo("1002 null");
    Awaiting.until(() -> relay.gateway.counters().channelsEnded(ChannelEnd.HANDSHAKE_TIMEOUT) == 1);
  }

  @Test
  void aClientThatAnswersPingsMayBeSilent() throws ChannelException {
    TestRelay relay = relay(limits(LONG, SHORT, SHORT.multipliedBy(20), LONG));
    RawClient client = connect(relay);
    client.open();
    AtomicInteger pings = new AtomicInteger();
    Awaiting.nothing(
        client.socket.frameHandler(
            frame -> {
              if (frame.isPing()) {
                pings.incrementAndGet();
              }
            }));

    Awaiting.until(() -> pings.get() >= 25);

    assertThat(client.closes).isEmpty();
    assertThat(relay.gateway.connections()).isEqualTo(1);
  }

  @Test
  void aClientThatDoesNotAnswerPingsIsGivenUp() throws ChannelException {
    TestRelay relay = relay(limits(LONG, SHORT, SHORT.multipliedBy(3), LONG));
    RawClient client = connect(relay);
    client.open();

    // Paused, Vert.x reads a few frames more and then nothing: no ping is answered any more.
    Awaiting.nothing(client.socket.pause());
    ServerWebSocket atBackend = Awaiting.next(backend.accepted);
    for (int i = 0; i < 400; i++) {
      Awaiting.nothing(atBackend.writeBinaryMessage(Buffer.buffer(new byte[60_000])));
    }

    Awaiting.until(() -> relay.gateway.counters().channelsEnded(ChannelEnd.IDLE) == 1);
    assertThat(Awaiting.next(backend.closes)).isEqualTo("1014 the far side is stuck");
  }

  @Test
  void aClientThatDoesNotReadIsGivenUpAndItsConnectionCut() throws ChannelException {
    TestRelay relay = relay(limits(LONG, Duration.ofMillis(600), Duration.ofSeconds(1), SHORT));
    RawClient client = connect(relay);
    client.open();

    Awaiting.nothing(client.socket.pause());
    ServerWebSocket atBackend = Awaiting.next(backend.accepted);
    for (int i = 0; i < 400; i++) {
      Awaiting.nothing(atBackend.writeBinaryMessage(Buffer.buffer(new byte[60_000])));
    }

    Awaiting.until(() -> relay.gateway.counters().channelsEnded(ChannelEnd.WRITE_STALLED) == 1);
    assertThat(Awaiting.next(backend.closes)).isEqualTo("1014 the far side is stuck");
    Awaiting.until(() -> relay.gateway.connections() == 0);
  }

  @Test
  void aSlowReaderHoldsTheBackendBackAndLosesNothing() throws ChannelException {
    TestRelay relay = relay(GatewayLimits.defaults());
    RawClient client = connect(relay);
    client.open();
    ServerWebSocket atBackend = Awaiting.next(backend.accepted);
    Awaiting.nothing(client.socket.pause());
    // 48 MB: the socket buffers of the two connections, which the kernel sizes, hold some 20 MB.
    int count = 800;
    AtomicInteger written = new AtomicInteger();
    for (int i = 0; i < count; i++) {
      byte[] message = new byte[60_000];
      message[0] = (byte) i;
      Awaiting.nothing(
          atBackend
              .writeBinaryMessage(Buffer.buffer(message))
              .onSuccess(done -> written.incrementAndGet()));
    }

    // What is not written yet waits in the backend, not in the gateway: all that may be under way
    // are the buffers of four sockets, of the kernel and of Vert.x.
    Awaiting.until(() -> isSteady(written));
    assertThat(written.get()).isLessThan(count - 50);

    Awaiting.nothing(client.socket.resume());
    for (int i = 0; i < count; i++) {
      byte[] first = client.nextMessage();
      assertThat(first).hasSize(60_000);
      assertThat(first[0]).isEqualTo((byte) i);
    }
    assertThat(written.get()).isEqualTo(count);
    assertThat(client.closes).isEmpty();
  }

  /** Whether a counter has moved, and then did not for half a second. */
  private static boolean isSteady(AtomicInteger counter) {
    int before = counter.get();
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
    return counter.get() == before && before > 0;
  }

  @Test
  void aBackendThatDoesNotReadHoldsTheClientBack() throws ChannelException {
    TestRelay relay = relay(GatewayLimits.defaults());
    RawClient client = connect(relay);
    client.open();
    ServerWebSocket atBackend = Awaiting.next(backend.accepted);
    Awaiting.nothing(atBackend.pause());
    AtomicInteger written = new AtomicInteger();
    int count = 800;
    for (int i = 0; i < count; i++) {
      byte[] sealed = client.seal(new Frame(Opcode.BINARY, true, new byte[60_000]));
      Awaiting.nothing(
          client
              .socket
              .writeBinaryMessage(Buffer.buffer(sealed))
              .onSuccess(done -> written.incrementAndGet()));
    }

    Awaiting.until(() -> isSteady(written));
    assertThat(written.get()).isLessThan(count - 50);

    Awaiting.nothing(atBackend.resume());
    for (int i = 0; i < count; i++) {
      assertThat(client.nextMessage()).hasSize(60_000);
    }
  }

  @Test
  void connectionsOverTheLimitAreClosedAtOnce() {
    GatewayLimits two =
        new GatewayLimits(
            2, 2, 100, 100, LONG, LONG, LONG, LONG.plus(LONG), LONG, 1 << 20, 1_000, 0);
    TestRelay relay = relay(two);
    RawClient first = connect(relay);
    RawClient second = connect(relay);

    assertThat(Awaiting.next(closesOf(relay, ""))).isEqualTo("closed");
    assertThat(relay.gateway.counters().limits().of(GatewayLimit.CONNECTIONS)).isEqualTo(1);

    Awaiting.nothing(first.socket.close());
    Awaiting.until(() -> relay.gateway.connections() == 1);
    assertThat(connect(relay).closes).isEmpty();
    assertThat(second.closes).isEmpty();
  }

  @Test
  void handshakesOverTheRateAreToldToWait() {
    GatewayLimits one =
        new GatewayLimits(
            100, 100, 1, 1, LONG, LONG, LONG, LONG.plus(LONG), LONG, 1 << 20, 1_000, 0);
    TestRelay relay = relay(one);
    RawClient first = connect(relay);

    Throwable refused =
        Awaiting.failure(RawClient.connect(vertx, relay.gateway.port(), relay.publicKey));

    assertThat(refused)
        .isInstanceOfSatisfying(
            UpgradeRejectedException.class,
            rejected -> {
              assertThat(rejected.getStatus()).isEqualTo(429);
              assertThat(rejected.getHeaders().get("Retry-After")).isEqualTo("1");
            });
    assertThat(first.closes).isEmpty();
    assertThat(relay.gateway.counters().limits().of(GatewayLimit.HANDSHAKES)).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://127.0.0.1:7777",
        "wss://127.0.0.1:7777",
        "ws://user@127.0.0.1:7777",
        "ws://127.0.0.1:7777/?a=b",
        "ws:///path",
        "127.0.0.1",
      })
  void aBackendThatIsNoneIsRefused(String backendUri) {
    assertThatThrownBy(
            () ->
                GatewayOptions.of(
                    TestRelay.LOOPBACK, 0, URI.create(backendUri), 1, GatewayLimits.defaults()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("backend");
  }

  @Test
  void aPortInUseIsSaid() {
    int taken =
        Awaiting.result(vertx.createNetServer().connectHandler(any -> {}).listen(0, "127.0.0.1"))
            .actualPort();
    Gateway second =
        new Gateway(
            Vertx.vertx(),
            SecretKey.generate(TestRelay.RANDOM),
            TestRelay.CURVE,
            GatewayOptions.of(
                TestRelay.LOOPBACK, taken, backend.uri(), 2, GatewayLimits.defaults()),
            AccessPolicy.EVERYONE,
            TestRelay::millis,
            TestRelay.RANDOM);

    assertThat(Awaiting.failure(second.start())).isInstanceOf(BindException.class);
  }
}
