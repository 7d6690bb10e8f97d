package dev.wsn.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.SecretKey;
import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.RecordRules;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.http.WebSocketFrame;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An application and a relay that know nothing of wsn, with the local proxy and the gateway between
 * them, over real sockets. Both ends are the WebSocket of Vert.x, which is not ours.
 */
final class ThroughTheProxyTest {
  private final Vertx vertx = Vertx.vertx();
  private final RecordRules rules = new RecordRules(TestRelay.CURVE, true);
  private final MemoryResolver resolver = new MemoryResolver(rules, InstantSource.system());
  private final SecretKey key = SecretKey.generate(TestRelay.RANDOM);
  private final WebSocketClient client =
      vertx.createWebSocketClient(
          new WebSocketClientOptions()
              .setMaxFrameSize(TestBackend.MAX_FRAME)
              .setMaxMessageSize(TestBackend.MAX_FRAME));
  private TestBackend backend;
  private TestRelay relay;
  private LocalProxy proxy;

  /** What an application received. */
  private static final class App {
    final WebSocket socket;
    final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    final BlockingQueue<Buffer> binaries = new LinkedBlockingQueue<>();
    final BlockingQueue<Buffer> pongs = new LinkedBlockingQueue<>();
    final BlockingQueue<String> closes = new LinkedBlockingQueue<>();

    App(WebSocket socket) {
      this.socket = socket;
      WebSocket unused =
          socket
              .textMessageHandler(texts::add)
              .binaryMessageHandler(binaries::add)
              .pongHandler(pongs::add)
              .closeHandler(
                  closed -> closes.add(socket.closeStatusCode() + " " + socket.closeReason()));
    }
  }

  @BeforeEach
  void start() {
    backend = new TestBackend(vertx, "nostr", "other");
    relay = new TestRelay(vertx, key, backend.uri(), GatewayLimits.defaults());
    publish();
    proxy =
        new LocalProxy(
            vertx,
            resolver,
            TestRelay.CURVE,
            Optional.empty(),
            LocalProxyOptions.of(TestRelay.LOOPBACK, 0, true),
            InstantSource.system(),
            TestRelay::millis,
            TestRelay.RANDOM);
    Integer unused = Awaiting.result(proxy.start());
  }

  @AfterEach
  void stop() {
    Awaiting.done(vertx.close());
  }

  private void publish() {
    long now = InstantSource.system().instant().getEpochSecond();
    AddressRecord record =
        rules.sign(key, List.of(relay.endpoint()), now, Duration.ofHours(2), new byte[32]);
    resolver.records.put(relay.publicKey, record);
  }

  private WebSocketConnectOptions to(String path) {
    return new WebSocketConnectOptions().setHost("127.0.0.1").setPort(proxy.port()).setURI(path);
  }

  private App connect() {
    return Awaiting.result(
        Awaiting.onLoop(
            vertx, () -> client.connect(to("/" + Nip19.npub(relay.publicKey))).map(App::new)));
  }

  @Test
  void textAndBinaryArriveAsTheyWere() {
    App app = connect();

    Future<?> unused = app.socket.writeTextMessage("[\"REQ\",\"é😀\"]");
    unused = app.socket.writeBinaryMessage(Buffer.buffer(new byte[] {0, -1, 2}));
    unused = app.socket.writeTextMessage("");

    assertThat(Awaiting.next(app.texts)).isEqualTo("[\"REQ\",\"é😀\"]");
    assertThat(Awaiting.next(app.binaries).getBytes()).containsExactly(0, -1, 2);
    assertThat(Awaiting.next(app.texts)).isEmpty();
    assertThat(relay.gateway.counters().channelsOpened()).isEqualTo(1);
  }

  @Test
  void aMegabyteInOneFramePasses() {
    App app = connect();
    byte[] big = new byte[1 << 20];
    TestRelay.RANDOM.nextBytes(big);

    Future<?> unused = app.socket.writeFrame(WebSocketFrame.binaryFrame(Buffer.buffer(big), true));

    assertThat(Awaiting.next(app.binaries).getBytes()).isEqualTo(big);
  }

  @Test
  void textIsCutBetweenBytesAndJoinedAgain() {
    App app = connect();
    // Two bytes a letter at odd offsets: a piece ends inside a letter.
    String text = "x" + "é".repeat(200_000);

    Future<?> unused = app.socket.writeFrame(WebSocketFrame.textFrame(text, true));

    assertThat(Awaiting.next(backend.texts)).isEqualTo(text);
    assertThat(Awaiting.next(app.texts)).isEqualTo(text);
  }

  @Test
  void fragmentsStayOneMessage() {
    App app = connect();

    Future<?> unused = app.socket.writeFrame(WebSocketFrame.textFrame("one ", false));
    unused = app.socket.writePing(Buffer.buffer("between"));
    unused = app.socket.writeFrame(WebSocketFrame.continuationFrame(Buffer.buffer("two "), false));
    unused = app.socket.writeFrame(WebSocketFrame.continuationFrame(Buffer.buffer("three"), true));

    assertThat(Awaiting.next(app.texts)).isEqualTo("one two three");
    assertThat(Awaiting.next(backend.pings)).hasToString("between");
  }

  @Test
  void pingsReachTheFarEndAndPongsComeBack() {
    App app = connect();
    Future<?> unused = app.socket.writePing(Buffer.buffer("there"));

    assertThat(Awaiting.next(backend.pings)).hasToString("there");
    assertThat(Awaiting.next(app.pongs)).hasToString("there");

    unused = Awaiting.next(backend.accepted).writePing(Buffer.buffer("back"));
    assertThat(Awaiting.next(backend.pongs)).hasToString("back");
    assertThat(app.pongs).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1000 done", "4001 auth required: é", "3000 x", "1012 restart"})
  void theBackendsCloseReachesTheApp(String close) {
    App app = connect();

    Future<?> unused = app.socket.writeTextMessage("close " + close);

    assertThat(Awaiting.next(app.closes)).isEqualTo(close);
    assertThat(Awaiting.next(backend.closes)).isEqualTo(close);
    Awaiting.until(() -> relay.gateway.counters().channelsEnded(ChannelEnd.CLOSED) == 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1000 done", "4444 because", "1001 tab closed"})
  void theAppsCloseReachesTheBackend(String close) {
    App app = connect();
    String[] parts = close.split(" ", 2);

    Future<?> unused = app.socket.close(Short.parseShort(parts[0]), parts[1]);

    assertThat(Awaiting.next(backend.closes)).isEqualTo(close);
    Awaiting.until(() -> relay.gateway.counters().channelsEnded(ChannelEnd.CLOSED) == 1);
    Awaiting.until(() -> proxy.openWebSockets() == 0 && relay.gateway.connections() == 0);
  }

  @Test
  void thePathTheQueryAndTheSubprotocolReachTheBackend() {
    WebSocket socket =
        Awaiting.result(
            client.connect(
                to("/" + relay.publicKey.hex() + "/inbox?a=b%20c")
                    .addSubProtocol("unknown")
                    .addSubProtocol("other")));

    ServerWebSocket atBackend = Awaiting.next(backend.accepted);
    assertThat(atBackend.uri()).isEqualTo("/base/inbox?a=b%20c");
    assertThat(atBackend.subProtocol()).isEqualTo("other");
    assertThat(socket.subProtocol()).isEqualTo("other");
    assertThat(atBackend.headers().get("X-Forwarded-For")).isEqualTo("127.0.0.1");
  }

  @Test
  void aMessageOverTheLimitClosesWith1009() {
    App app = connect();

    Future<?> unused =
        app.socket.writeFrame(
            WebSocketFrame.binaryFrame(Buffer.buffer(new byte[(1 << 20) + 1]), true));

    assertThat(Awaiting.next(app.closes)).startsWith("1009");
    assertThat(Awaiting.next(backend.closes)).startsWith("1009");
    Awaiting.until(() -> relay.gateway.counters().channelsEnded(ChannelEnd.TOO_LARGE) == 1);
  }

  @Test
  void invalidTextIsForTheEndsToJudge() {
    App app = connect();
    byte[] notUtf8 = {(byte) 0xff, (byte) 0xfe};

    Future<?> unused = app.socket.writeFrame(WebSocketFrame.textFrame("a", false));
    unused = app.socket.writeFrame(WebSocketFrame.continuationFrame(Buffer.buffer(notUtf8), true));

    assertThat(Awaiting.next(backend.texts)).isEqualTo("a\ufffd\ufffd");
  }

  @Test
  void manyChannelsAtOnceDoNotMix() {
    App[] apps = new App[20];
    for (int i = 0; i < apps.length; i++) {
      apps[i] = connect();
    }
    for (int round = 0; round < 50; round++) {
      for (int i = 0; i < apps.length; i++) {
        Future<?> unused = apps[i].socket.writeTextMessage(i + ":" + round);
      }
    }
    for (int i = 0; i < apps.length; i++) {
      for (int round = 0; round < 50; round++) {
        assertThat(Awaiting.next(apps[i].texts)).isEqualTo(i + ":" + round);
      }
    }
  }

  @Test
  void stoppingTheGatewaySaysSoToBothSides() {
    App app = connect();

    relay.close();

    assertThat(Awaiting.next(app.closes)).startsWith("1001");
    assertThat(Awaiting.next(backend.closes)).startsWith("1001");
  }
}
