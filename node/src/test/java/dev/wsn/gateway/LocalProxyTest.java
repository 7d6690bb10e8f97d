package dev.wsn.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.SecretKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.IpPort;
import dev.wsn.record.RecordRules;
import dev.wsn.resolver.ResolvePolicy;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How the local proxy finds a relay, and what it says when it cannot. */
final class LocalProxyTest {
  private static final long NOON = 1_795_000_000;

  private final Vertx vertx = Vertx.vertx();
  private final WebSocketClient client = vertx.createWebSocketClient();
  private final HttpClient http = vertx.createHttpClient();
  private final NetClient tcp = vertx.createNetClient();
  private volatile long now = NOON;
  private final InstantSource clock = () -> Instant.ofEpochSecond(now);
  private final RecordRules rules = new RecordRules(TestRelay.CURVE, true);
  private final MemoryResolver resolver = new MemoryResolver(rules, clock);
  private final SecretKey secret = SecretKey.generate(TestRelay.RANDOM);
  private final PublicKey key = TestRelay.CURVE.publicKey(secret);
  private final TestBackend backend = new TestBackend(vertx, "nostr");
  private final LocalProxyOptions options =
      LocalProxyOptions.of(TestRelay.LOOPBACK, 0, true)
          .withAllowedOrigins(List.of("https://app.example"))
          .withTimeouts(Duration.ofSeconds(3), Duration.ofSeconds(15));
  private final LocalProxy proxy = start(options);

  @AfterEach
  void stop() {
    Awaiting.done(vertx.close());
  }

  private LocalProxy start(LocalProxyOptions chosen) {
    LocalProxy started =
        new LocalProxy(
            vertx,
            resolver,
            TestRelay.CURVE,
            Optional.empty(),
            chosen,
            clock,
            TestRelay::millis,
            TestRelay.RANDOM);
    Awaiting.done(started.start());
    return started;
  }

  private TestRelay relay(SecretKey self) {
    return new TestRelay(vertx, self, backend.uri(), GatewayLimits.defaults());
  }

  private static Endpoint at(int port) {
    return Endpoint.of(new IpPort(TestRelay.LOOPBACK, port), Endpoint.WSN);
  }

  private AddressRecord record(long createdAt, Endpoint... endpoints) {
    return rules.sign(secret, List.of(endpoints), createdAt, Duration.ofHours(2), new byte[32]);
  }

  private void publish(Endpoint... endpoints) {
    resolver.records.put(key, record(NOON, endpoints));
  }

  private WebSocketConnectOptions to(LocalProxy which, String path) {
    return new WebSocketConnectOptions().setHost("127.0.0.1").setPort(which.port()).setURI(path);
  }

  private WebSocket connect() {
    return Awaiting.result(client.connect(to(proxy, "/" + Nip19.npub(key))));
  }

  private JsonObject refusal(int status, WebSocketConnectOptions request) {
    Throwable refused = Awaiting.failure(client.connect(request));
    assertThat(refused).isInstanceOf(UpgradeRejectedException.class);
    UpgradeRejectedException rejected = (UpgradeRejectedException) refused;
    assertThat(rejected.getHeaders().get("Content-Type")).isEqualTo("application/problem+json");
    JsonObject problem = rejected.getBody().toJsonObject();
    assertThat(rejected.getStatus()).as(problem.encode()).isEqualTo(status);
    assertThat(problem.getInteger("status")).isEqualTo(status);
    return problem;
  }

  private JsonObject refusal(int status) {
    return refusal(status, to(proxy, "/" + Nip19.npub(key)));
  }

  /** A TCP server that accepts and says nothing. */
  private NetServer silent(BlockingQueue<NetSocket> accepted) {
    NetServer server = vertx.createNetServer().connectHandler(accepted::add);
    return Awaiting.result(server.listen(0, "127.0.0.1"));
  }

  private int deadPort() {
    NetServer server = silent(new LinkedBlockingQueue<>());
    int port = server.actualPort();
    Awaiting.done(server.close());
    return port;
  }

  @Test
  void aKeyThatNobodyKnowsIs404() {
    assertThat(refusal(404).getString("type")).isEqualTo("/problems/key-unknown");
  }

  @Test
  void aKeyThatWasWithdrawnIs410() {
    publish();

    assertThat(refusal(410).getString("type")).isEqualTo("/problems/key-withdrawn");
  }

  @Test
  void aResolverThatCannotAskIs503() {
    resolver.isUnreachable = true;

    JsonObject problem = refusal(503);

    assertThat(problem.getString("type")).isEqualTo("/problems/resolver-unreachable");
    assertThat(problem.getString("detail")).isEqualTo("no node answered");
  }

  @Test
  void endpointsThatFailAre502AndEachIsNamed() {
    NetServer silent = silent(new LinkedBlockingQueue<>());
    NetServer noWebSocket =
        Awaiting.result(
            vertx
                .createNetServer()
                .connectHandler(
                    socket ->
                        Awaiting.nothing(
                            socket.handler(
                                any -> Awaiting.nothing(socket.write("SSH-2.0-x\r\n\r\n")))))
                .listen(0, "127.0.0.1"));
    Endpoint dead = at(deadPort());
    publish(dead, at(silent.actualPort()), at(noWebSocket.actualPort()));

    JsonObject problem = refusal(502);

    assertThat(problem.getString("type")).isEqualTo("/problems/relay-unreachable");
    assertThat(problem.getJsonArray("tried")).hasSize(3);
    assertThat(problem.getJsonArray("tried").getJsonObject(0).getString("endpoint"))
        .isEqualTo(dead.address());
    // The others are dialled side by side.
    assertThat(problem.getJsonArray("tried").encode())
        .contains("did not finish the handshake in time", "no wsn gateway");
    assertThat(resolver.asked).containsExactly(ResolvePolicy.FAST, ResolvePolicy.QUORUM);
  }

  @Test
  void aGatewayThatDoesNotHoldTheKeyIsNotUsed() {
    TestRelay impostor = relay(SecretKey.generate(TestRelay.RANDOM));
    publish(impostor.endpoint());

    JsonObject problem = refusal(502);

    assertThat(problem.getJsonArray("tried").getJsonObject(0).getString("reason"))
        .isEqualTo("what answers there does not hold the key");
    assertThat(backend.accepted).isEmpty();
  }

  @Test
  void theNextEndpointIsTried() {
    TestRelay impostor = relay(SecretKey.generate(TestRelay.RANDOM));
    TestRelay real = relay(secret);
    publish(at(deadPort()), impostor.endpoint(), real.endpoint());

    assertThat(connect().isClosed()).isFalse();
    assertThat(resolver.asked).containsExactly(ResolvePolicy.FAST);

    // The one that worked is tried first from now on.
    long refusedBefore = impostor.gateway.counters().channelsOpened();
    assertThat(connect().isClosed()).isFalse();
    assertThat(impostor.gateway.counters().channelsOpened()).isEqualTo(refusedBefore);
    assertThat(real.gateway.counters().channelsOpened()).isEqualTo(2);
  }

  @Test
  void aRelayThatMovedIsFound() {
    TestRelay moved = relay(secret);
    resolver.staleForFast.put(key, record(NOON - 10, at(deadPort())));
    publish(moved.endpoint());

    assertThat(connect().isClosed()).isFalse();

    assertThat(resolver.asked).containsExactly(ResolvePolicy.FAST, ResolvePolicy.QUORUM);
    // The older record never wins again, although the fast answer still has it.
    assertThat(connect().isClosed()).isFalse();
    assertThat(resolver.asked)
        .containsExactly(ResolvePolicy.FAST, ResolvePolicy.QUORUM, ResolvePolicy.FAST);
  }

  @Test
  void whatWasSeenServesWhileTheResolverIsAwayUntilItExpires() {
    TestRelay relay = relay(secret);
    publish(relay.endpoint());
    assertThat(connect().isClosed()).isFalse();

    resolver.isUnreachable = true;
    assertThat(connect().isClosed()).isFalse();

    now = NOON + Duration.ofHours(2).toSeconds();
    assertThat(refusal(503).getString("type")).isEqualTo("/problems/resolver-unreachable");
  }

  @Test
  void onlyWsnEndpointsAreDialled() {
    BlockingQueue<NetSocket> accepted = new LinkedBlockingQueue<>();
    NetServer server = silent(accepted);
    IpPort address = new IpPort(TestRelay.LOOPBACK, server.actualPort());
    publish(Endpoint.of(address, "ws"), Endpoint.of(address, "http"));

    JsonObject problem = refusal(502);

    assertThat(problem.getString("detail")).contains("no wsn endpoint");
    assertThat(accepted).isEmpty();
  }

  @Test
  void privateAddressesAreDialledInLocalModeOnly() {
    BlockingQueue<NetSocket> accepted = new LinkedBlockingQueue<>();
    NetServer server = silent(accepted);
    publish(at(server.actualPort()));
    LocalProxy global = start(LocalProxyOptions.of(TestRelay.LOOPBACK, 0, false));

    JsonObject problem = refusal(502, to(global, "/" + Nip19.npub(key)));

    assertThat(problem.getString("detail")).contains("no wsn endpoint that may be dialled");
    assertThat(accepted).isEmpty();
  }

  @Test
  void whatTakesTooLongIs504() {
    NetServer silent = silent(new LinkedBlockingQueue<>());
    publish(at(silent.actualPort()));
    LocalProxy hasty = start(options.withTimeouts(Duration.ofSeconds(30), Duration.ofMillis(300)));

    JsonObject problem = refusal(504, to(hasty, "/" + Nip19.npub(key)));

    assertThat(problem.getString("type")).isEqualTo("/problems/timeout");
  }

  @Test
  void aBackendThatIsDownIs502AndARefusalKeepsItsStatus() {
    TestRelay relay = relay(secret);
    publish(relay.endpoint());
    backend.close();

    JsonObject problem = refusal(502);

    assertThat(problem.getJsonArray("tried").getJsonObject(0).getString("reason"))
        .contains("502")
        .contains("backend");
  }

  @ParameterizedTest
  @CsvSource({
    "/npub1qqq, malformed-key",
    "/deadbeef, malformed-key",
    "/nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5, malformed-key",
    "/%20, malformed-key",
  })
  void aKeyThatIsNoneIs400(String path, String type) {
    JsonObject problem = refusal(400, to(proxy, path));

    assertThat(problem.getString("type")).isEqualTo("/problems/" + type);
    assertThat(problem.getString("detail")).doesNotContain("nsec1vl0");
    assertThat(resolver.asked).isEmpty();
  }

  @Test
  void aPathThatWouldLeaveTheBackendIs400() {
    JsonObject problem = refusal(400, to(proxy, "/" + Nip19.npub(key) + "/a/%2e%2e/b"));

    assertThat(problem.getString("type")).isEqualTo("/problems/malformed-request");
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://evil.example", "null", "http://127.0.0.1.evil.example", "x"})
  void aForeignWebPageIs403(String origin) {
    JsonObject problem = refusal(403, to(proxy, "/" + Nip19.npub(key)).putHeader("Origin", origin));

    assertThat(problem.getString("type")).isEqualTo("/problems/origin-not-allowed");
    assertThat(resolver.asked).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://app.example",
        "http://localhost:5173",
        "http://127.0.0.1",
        "http://[::1]:1"
      })
  void aWebPageOfThisMachineOrAnAllowedOneMayPass(String origin) {
    publish(relay(secret).endpoint());

    WebSocket socket =
        Awaiting.result(client.connect(to(proxy, "/" + key.hex()).putHeader("Origin", origin)));

    assertThat(socket.isClosed()).isFalse();
  }

  @Test
  void aNameThatPointsHereIs403() {
    JsonObject problem =
        refusal(403, to(proxy, "/" + Nip19.npub(key)).putHeader("Host", "evil.example"));

    assertThat(problem.getString("type")).isEqualTo("/problems/host-not-allowed");
  }

  @ParameterizedTest
  @CsvSource({"/, 200, text/plain", "/KEY, 404, application/problem+json"})
  void plainRequestsAreAnswered(String path, int status, String type) {
    String target = path.replace("KEY", key.hex());
    var response =
        Awaiting.result(
            http.request(HttpMethod.GET, proxy.port(), "127.0.0.1", target)
                .compose(HttpClientRequest::send));

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.getHeader("Content-Type")).startsWith(type);
  }

  @Test
  void anAppThatLeavesWhileTheRelayIsDialledLeavesNothingBehind() {
    BlockingQueue<NetSocket> accepted = new LinkedBlockingQueue<>();
    NetServer server = silent(accepted);
    publish(at(server.actualPort()));
    NetSocket app = Awaiting.result(tcp.connect(proxy.port(), "127.0.0.1"));
    Awaiting.nothing(
        app.write(
            "GET /%s HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\n".formatted(key.hex())
                + "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"));
    NetSocket dialled = Awaiting.next(accepted);
    BlockingQueue<String> closes = new LinkedBlockingQueue<>();
    Awaiting.nothing(dialled.handler(any -> {}).closeHandler(closed -> closes.add("closed")));

    Awaiting.nothing(app.close());

    assertThat(Awaiting.next(closes)).isEqualTo("closed");
    assertThat(proxy.openWebSockets()).isZero();
  }
}
