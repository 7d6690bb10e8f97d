package dev.wsn.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.SecretKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.RecordRules;
import io.vertx.core.Vertx;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonArray;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Several things are broken at a time: the client gets through if any way exists, and says what it
 * tried if none does. The same for programs of Java and for those behind the local proxy.
 */
final class FailuresTest {
  private static final Duration LIFETIME = Duration.ofHours(2);

  private final Vertx vertx = Vertx.vertx();

  // In a field: Vert.x closes clients that the collector finds.
  private final WebSocketClient webSockets = vertx.createWebSocketClient();
  private final InstantSource clock = InstantSource.system();
  private final long now = clock.instant().getEpochSecond();
  private final RecordRules rules = new RecordRules(TestRelay.CURVE, true);
  private final MemoryResolver resolver = new MemoryResolver(rules, clock);
  private final SecretKey secret = SecretKey.generate(TestRelay.RANDOM);
  private final PublicKey key = TestRelay.CURVE.publicKey(secret);
  private final TestBackend backend = new TestBackend(vertx, "nostr");
  private final TestRelay relay = relay(secret);
  private final TestRelay impostor = relay(SecretKey.generate(TestRelay.RANDOM));
  private final BlockingQueue<NetSocket> ignored = new LinkedBlockingQueue<>();
  private final NetServer silent =
      Awaiting.result(vertx.createNetServer().connectHandler(ignored::add).listen(0, "127.0.0.1"));
  private final WsnClient client =
      WsnClient.anonymous(
          vertx, resolver, TestRelay.CURVE, true, clock, TestRelay::millis, TestRelay.RANDOM);
  private final LocalProxy proxy =
      new LocalProxy(
          vertx,
          resolver,
          TestRelay.CURVE,
          Optional.empty(),
          LocalProxyOptions.of(TestRelay.LOOPBACK, 0, true),
          clock,
          TestRelay::millis,
          TestRelay.RANDOM);

  FailuresTest() {
    Awaiting.done(proxy.start());
  }

  @AfterEach
  void stop() {
    client.close();
    Awaiting.done(vertx.close());
  }

  private TestRelay relay(SecretKey self) {
    return new TestRelay(vertx, self, backend.uri(), GatewayLimits.defaults());
  }

  private Endpoint endpoint(String word) {
    return switch (word) {
      case "good" -> relay.endpoint();
      case "impostor" -> impostor.endpoint();
      case "silent" -> Endpoint.parse("127.0.0.1:" + silent.actualPort());
      case "dead" -> Endpoint.parse("127.0.0.1:1");
      case "ipv6" -> Endpoint.parse("[2001:db8::dead]:4848");
      case "blackhole" -> Endpoint.parse("192.0.2.1:4848");
      default -> throw new IllegalArgumentException(word);
    };
  }

  private List<Endpoint> endpoints(String words) {
    List<Endpoint> all = new ArrayList<>();
    for (String word : words.split(" ", -1)) {
      all.add(endpoint(word));
    }
    return all;
  }

  private AddressRecord record(long createdAt, List<Endpoint> endpoints) {
    return rules.sign(secret, endpoints, createdAt, LIFETIME, new byte[32]);
  }

  private void breakResolver(String how) {
    switch (how) {
      case "down" -> resolver.isUnreachable = true;
      case "silent" -> resolver.isSilent = true;
      case "stale" -> resolver.staleForFast.put(key, record(now - 10, List.of(endpoint("dead"))));
      default -> assertThat(how).isEqualTo("up");
    }
  }

  private String target(String hint) {
    return Nip19.npub(key) + (hint.isEmpty() ? "" : "@" + endpoint(hint).address());
  }

  private String viaProxy(String hint) {
    var request =
        new WebSocketConnectOptions()
            .setHost("127.0.0.1")
            .setPort(proxy.port())
            .setURI("/" + target(hint));
    var socket = Awaiting.settled(webSockets.connect(request));
    if (socket.succeeded()) {
      Awaiting.done(socket.result().close());
      return "through";
    }
    assertThat(socket.cause()).isInstanceOf(UpgradeRejectedException.class);
    UpgradeRejectedException refused = (UpgradeRejectedException) socket.cause();
    JsonArray tried = refused.getBody().toJsonObject().getJsonArray("tried", new JsonArray());
    StringBuilder names = new StringBuilder(String.valueOf(refused.getStatus()));
    for (int i = 0; i < tried.size(); i++) {
      names.append(' ').append(tried.getJsonObject(i).getString("endpoint"));
    }
    return names.toString();
  }

  private String viaClient(String hint) {
    var socket = Awaiting.settled(client.connect("wsn://" + target(hint), List.of()));
    if (socket.succeeded()) {
      socket.result().start();
      return "through";
    }
    return String.valueOf(socket.cause().getMessage());
  }

  @ParameterizedTest(name = "resolver {0}, record with {1}, hint {2}, known before {3}")
  @CsvSource({
    "up,     ipv6 good,                              '',     false",
    "up,     blackhole good,                         '',     false",
    "up,     silent good,                            '',     false",
    "up,     ipv6 blackhole silent dead impostor good, '',   false",
    "up,     good,                                   silent, false",
    "stale,  ipv6 good,                              '',     false",
    "stale,  good,                                   dead,   true",
    "down,   good,                                   '',     true",
    "down,   ipv6 silent good,                       '',     true",
    "down,   good,                                   dead,   true",
    "down,   dead,                                   good,   false",
    "silent, good,                                   '',     true",
    "silent, ipv6 blackhole good,                    '',     true",
    "silent, dead,                                   good,   false",
  })
  void thereIsAWay(String how, String record, String hint, boolean isKnown) {
    resolver.records.put(key, record(now, endpoints(record)));
    if (isKnown) {
      assertThat(viaProxy("")).isEqualTo("through");
      assertThat(viaClient("")).isEqualTo("through");
    }
    breakResolver(how);
    assertThat(viaProxy(hint)).isEqualTo("through");
    assertThat(viaClient(hint)).isEqualTo("through");
  }

  @ParameterizedTest(name = "resolver {0}, record with {1}, hint {2}, known before {3}")
  @CsvSource({
    "up,     dead impostor,  '',       false, 502, dead impostor",
    "up,     dead,           impostor, false, 502, impostor dead",
    "stale,  impostor,       '',       false, 502, dead impostor",
    "down,   good,           '',       false, 503, ''",
    "down,   good,           dead,     false, 503, dead",
    "down,   good dead,      '',       true,  502, good dead",
  })
  void thereIsNoWayAndEachAttemptIsNamed(
      String how, String record, String hint, boolean isKnown, int status, String tried) {
    resolver.records.put(key, record(now, endpoints(record)));
    List<String> expected =
        tried.isEmpty() ? List.of() : endpoints(tried).stream().map(Endpoint::address).toList();
    if (isKnown) {
      assertThat(viaProxy("")).isEqualTo("through");
      assertThat(viaClient("")).isEqualTo("through");
      relay.close();
    }
    breakResolver(how);
    assertThat(List.of(viaProxy(hint).split(" ", -1)))
        .containsAll(expected)
        .hasSize(1 + expected.size())
        .startsWith(String.valueOf(status));
    String said = viaClient(hint);
    assertThat(said).isNotEqualTo("through");
    expected.forEach(each -> assertThat(said).contains(each + ": "));
  }
}
