package dev.wsn.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.SecretKey;
import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.gateway.channel.ChannelProtocol;
import dev.wsn.record.Endpoint;
import dev.wsn.record.IpPort;
import dev.wsn.record.RecordRules;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What applications and relays see when somebody sits on the lines between them. */
final class OnTheLineTest {
  private static final String CUT_OFF = "1014 the far side was cut off";

  private final Vertx vertx = Vertx.vertx();
  private final WebSocketClient client = vertx.createWebSocketClient();
  private final NetClient tcp = vertx.createNetClient();
  private final RecordRules rules = new RecordRules(TestRelay.CURVE, true);
  private final MemoryResolver resolver = new MemoryResolver(rules, InstantSource.system());
  private final SecretKey key = SecretKey.generate(TestRelay.RANDOM);
  private final TestBackend backend = new TestBackend(vertx);
  private final HostileLine toBackend = new HostileLine(vertx, backend.uri().getPort());
  private final TestRelay relay =
      new TestRelay(
          vertx, key, URI.create("ws://127.0.0.1:" + toBackend.port()), GatewayLimits.defaults());
  private final HostileLine toGateway = new HostileLine(vertx, relay.gateway.port());
  private final LocalProxy proxy =
      new LocalProxy(
          vertx,
          resolver,
          TestRelay.CURVE,
          Optional.empty(),
          LocalProxyOptions.of(TestRelay.LOOPBACK, 0, true),
          InstantSource.system(),
          TestRelay::millis,
          TestRelay.RANDOM);
  private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> closes = new LinkedBlockingQueue<>();

  @BeforeEach
  void start() {
    Awaiting.done(proxy.start());
    Endpoint endpoint = Endpoint.of(new IpPort(TestRelay.LOOPBACK, toGateway.port()), Endpoint.WSN);
    long now = InstantSource.system().instant().getEpochSecond();
    resolver.records.put(
        relay.publicKey,
        rules.sign(key, List.of(endpoint), now, Duration.ofHours(2), new byte[32]));
  }

  @AfterEach
  void stop() {
    Awaiting.done(vertx.close());
  }

  private WebSocket connect() {
    WebSocketConnectOptions options =
        new WebSocketConnectOptions()
            .setHost("127.0.0.1")
            .setPort(proxy.port())
            .setURI("/" + relay.publicKey.hex());
    return Awaiting.result(
        Awaiting.onLoop(vertx, () -> client.connect(options).onSuccess(this::listen)));
  }

  private void listen(WebSocket app) {
    Awaiting.nothing(
        app.textMessageHandler(texts::add)
            .closeHandler(closed -> closes.add(app.closeStatusCode() + " " + app.closeReason())));
  }

  private void assertNothingIsLeft() {
    Awaiting.until(() -> proxy.openWebSockets() == 0);
    Awaiting.until(() -> relay.gateway.connections() == 0);
  }

  @Test
  void aCutBetweenProxyAndGatewayIsReportedToBothEnds() {
    WebSocket app = connect();
    assertThat(app.isClosed()).isFalse();

    Awaiting.next(toGateway.connections).cut();

    assertThat(Awaiting.next(closes)).isEqualTo(CUT_OFF);
    assertThat(Awaiting.next(backend.closes)).isEqualTo(CUT_OFF);
    Awaiting.until(() -> relay.gateway.counters().channelsEnded(ChannelEnd.TRUNCATED) == 1);
    assertNothingIsLeft();
  }

  @Test
  void aCutBetweenGatewayAndBackendIsReportedToTheApp() {
    WebSocket app = connect();
    assertThat(app.isClosed()).isFalse();

    Awaiting.next(toBackend.connections).cut();

    assertThat(Awaiting.next(closes)).isEqualTo(CUT_OFF);
    assertNothingIsLeft();
  }

  @Test
  void anAppThatIsCutOffIsReportedToTheBackend() {
    HostileLine toProxy = new HostileLine(vertx, proxy.port());
    Awaiting.nothing(
        Awaiting.result(
            client.connect(
                new WebSocketConnectOptions()
                    .setHost("127.0.0.1")
                    .setPort(toProxy.port())
                    .setURI("/" + relay.publicKey.hex()))));

    Awaiting.next(toProxy.connections).cut();

    assertThat(Awaiting.next(backend.closes)).isEqualTo(CUT_OFF);
    assertNothingIsLeft();
  }

  @Test
  void aBitChangedOnTheWayToTheGatewayEndsTheChannelAndReachesNobody() {
    WebSocket app = connect();
    Awaiting.next(toGateway.connections).flipToFar();

    Awaiting.nothing(app.writeTextMessage("pay 1"));

    assertThat(Awaiting.next(closes)).isEqualTo(CUT_OFF);
    assertThat(backend.texts).isEmpty();
    Awaiting.until(() -> relay.gateway.counters().channelsEnded(ChannelEnd.BAD_TAG) == 1);
    assertNothingIsLeft();
  }

  @Test
  void aBitChangedOnTheWayToTheProxyEndsTheChannelAndReachesNobody() {
    WebSocket app = connect();
    Awaiting.next(toGateway.connections).flipToNear();

    Awaiting.nothing(app.writeTextMessage("question"));

    assertThat(Awaiting.next(backend.texts)).isEqualTo("question");
    assertThat(Awaiting.next(closes)).isEqualTo(CUT_OFF);
    assertThat(texts).isEmpty();
    assertNothingIsLeft();
  }

  /** Upgrades by hand, sends these bytes, and returns all that came back until the end. */
  private byte[] converse(int port, String target, String fields, byte[] bytes) {
    Buffer received = Buffer.buffer();
    BlockingQueue<byte[]> ended = new LinkedBlockingQueue<>();
    String head =
        "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            .formatted(target);
    String key = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
    NetSocket socket = Awaiting.result(tcp.connect(port, "127.0.0.1"));
    Awaiting.nothing(
        socket
            .handler(
                some -> {
                  boolean isUpgraded = received.length() > 0;
                  Awaiting.nothing(received.appendBuffer(some));
                  if (!isUpgraded) {
                    Awaiting.nothing(socket.write(Buffer.buffer(bytes)));
                  }
                })
            .closeHandler(closed -> ended.add(received.getBytes())));
    Awaiting.nothing(socket.write(head + key + fields + "\r\n"));
    return Awaiting.next(ended);
  }

  @Test
  void theUpgradeIsAnsweredExactly() {
    byte[] close = {(byte) 0x88, (byte) 0x80, 0, 0, 0, 0};

    byte[] all =
        converse(
            relay.gateway.port(),
            "/",
            "Sec-WebSocket-Protocol: x, wsn.v1\r\nSec-WebSocket-Extensions: permessage-deflate\r\n",
            close);

    String text = new String(all, StandardCharsets.ISO_8859_1);
    assertThat(text)
        .startsWith("HTTP/1.1 101 Switching Protocols\r\n")
        .containsIgnoringCase("\r\nupgrade: websocket\r\n")
        .containsIgnoringCase("\r\nconnection: upgrade\r\n")
        .containsIgnoringCase("\r\nsec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")
        .containsIgnoringCase("\r\nsec-websocket-protocol: " + ChannelProtocol.NAME + "\r\n")
        .doesNotContainIgnoringCase("extensions")
        .doesNotContainIgnoringCase("content-length")
        .doesNotContainIgnoringCase("transfer-encoding");
    Awaiting.until(() -> relay.gateway.counters().channelsEnded(ChannelEnd.HANDSHAKE_REFUSED) == 1);
  }

  @Test
  void bytesThatAreNoFramesAreClosedWithTheSameCode() {
    byte[] noise = new byte[4000];
    TestRelay.RANDOM.nextBytes(noise);
    noise[0] = (byte) 0xf2;

    byte[] all = converse(relay.gateway.port(), "/", "Sec-WebSocket-Protocol: wsn.v1\r\n", noise);

    assertThat(all).endsWith(0x88, 0x02, 0x03, 0xea);
    Awaiting.until(() -> relay.gateway.counters().channelsEnded(ChannelEnd.BAD_WEBSOCKET) == 1);
    Awaiting.until(() -> relay.gateway.connections() == 0);
  }

  @Test
  void anAppThatSpeaksNonsenseIsClosedAndTheRelayTold() {
    byte[] unmasked = {(byte) 0x81, 0x01, 'x'};

    byte[] all = converse(proxy.port(), "/" + relay.publicKey.hex(), "", unmasked);

    assertThat(all).endsWith(0x88, 0x02, 0x03, 0xea);
    assertThat(Awaiting.next(backend.closes)).isEqualTo(CUT_OFF);
    assertNothingIsLeft();
  }
}
