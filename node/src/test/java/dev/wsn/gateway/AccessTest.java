package dev.wsn.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.SecretKey;
import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.gateway.channel.ChannelException;
import dev.wsn.gateway.channel.ClientSession;
import dev.wsn.gateway.channel.CloseStatus;
import dev.wsn.gateway.channel.Frame;
import dev.wsn.gateway.channel.HeadJson;
import dev.wsn.gateway.channel.Opcode;
import dev.wsn.gateway.channel.RequestHead;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which clients a gateway serves, and how fast it reads them. */
final class AccessTest {
  private static final int MESSAGE = 60_000;

  private final Vertx vertx = Vertx.vertx();
  private final TestBackend backend = new TestBackend(vertx);
  private final SecretKey self = SecretKey.generate(TestRelay.RANDOM);
  private final SecretKey friend = SecretKey.generate(TestRelay.RANDOM);
  private final SecretKey stranger = SecretKey.generate(TestRelay.RANDOM);

  @AfterEach
  void stop() {
    Awaiting.done(vertx.close());
  }

  private Gateway gateway(AccessPolicy access, GatewayLimits limits) {
    Gateway gateway =
        new Gateway(
            vertx,
            self,
            TestRelay.CURVE,
            GatewayOptions.of(TestRelay.LOOPBACK, 0, backend.uri(), 1, limits),
            access,
            TestRelay::millis,
            TestRelay.RANDOM);
    Integer unused = Awaiting.result(gateway.start());
    return gateway;
  }

  private static PublicKey publicKey(SecretKey secret) {
    return TestRelay.CURVE.publicKey(secret);
  }

  private RawClient client(Gateway gateway, Optional<SecretKey> key) throws ChannelException {
    ClientSession session =
        key.map(
                secret ->
                    ClientSession.authenticated(
                        TestRelay.CURVE, secret, gateway.self(), TestRelay.RANDOM, 1 << 20))
            .orElseGet(
                () ->
                    ClientSession.anonymous(
                        TestRelay.CURVE, gateway.self(), TestRelay.RANDOM, 1 << 20));
    RawClient raw = Awaiting.result(RawClient.connect(vertx, gateway.port(), session));
    raw.shakeHands();
    return raw;
  }

  private int status(Gateway gateway, Optional<SecretKey> key) throws ChannelException {
    RawClient client = client(gateway, key);
    int status = client.ask(RequestHead.webSocket("/", List.of())).status();
    client.send(client.seal(Frame.close(CloseStatus.of(CloseStatus.NORMAL))));
    return status;
  }

  private static Path list(Path directory, String text) throws IOException {
    return Files.writeString(directory.resolve("keys"), text);
  }

  @Test
  void anAllowListServesItsKeysOnlyAndIsReadAgain(@TempDir Path directory)
      throws IOException, ChannelException {
    Path file = list(directory, "# friends\n" + Nip19.npub(publicKey(friend)) + "  # a friend\n\n");
    try (AccessList access = AccessList.open(vertx, AccessList.Mode.ALLOW, file)) {
      Gateway gateway = gateway(access, GatewayLimits.defaults());
      assertThat(status(gateway, Optional.of(friend))).isEqualTo(101);
      assertThat(status(gateway, Optional.of(stranger))).isEqualTo(403);
      assertThat(status(gateway, Optional.empty())).isEqualTo(403);
      assertThat(gateway.counters().clientsRefused()).isEqualTo(2);
      Awaiting.until(() -> gateway.counters().channelsEnded(ChannelEnd.CLIENT_REFUSED) == 2);

      Path changed = list(directory, publicKey(stranger).hex() + "\n" + publicKey(friend).hex());
      touch(changed, 1);
      Awaiting.until(() -> access.size() == 2);
      assertThat(status(gateway, Optional.of(stranger))).isEqualTo(101);

      touch(list(directory, "not a key"), 2);
      touch(list(directory, ""), 3);
      Awaiting.until(() -> access.size() == 0);
      assertThat(status(gateway, Optional.of(friend))).isEqualTo(403);
    }
  }

  /** File systems tell times apart that are a second from each other. */
  private static void touch(Path file, int count) throws IOException {
    long later = Files.getLastModifiedTime(file).toMillis() + 10_000L * count;
    Path unused = Files.setLastModifiedTime(file, FileTime.fromMillis(later));
  }

  @Test
  void aDenyListServesEveryoneElse(@TempDir Path directory) throws IOException, ChannelException {
    Path file = list(directory, publicKey(stranger).hex());
    try (AccessList access = AccessList.open(vertx, AccessList.Mode.DENY, file)) {
      Gateway gateway = gateway(access, GatewayLimits.defaults());
      assertThat(status(gateway, Optional.of(friend))).isEqualTo(101);
      assertThat(status(gateway, Optional.empty())).isEqualTo(101);
      assertThat(status(gateway, Optional.of(stranger))).isEqualTo(403);
    }
  }

  @Test
  void aListThatIsNoneIsRefusedWithItsLine(@TempDir Path directory) throws IOException {
    Path file = list(directory, publicKey(friend).hex() + "\nfriend\n");
    assertThatThrownBy(() -> AccessList.open(vertx, AccessList.Mode.ALLOW, file))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("keys:2: ");
  }

  @Test
  void anotherServerDecides() throws ChannelException {
    BlockingQueue<JsonObject> questions = new LinkedBlockingQueue<>();
    HttpServer server =
        Awaiting.result(
            vertx
                .createHttpServer()
                .requestHandler(
                    request -> {
                      Future<?> unused =
                          request
                              .body()
                              .onSuccess(
                                  body -> {
                                    questions.add(body.toJsonObject());
                                    boolean isFriend =
                                        publicKey(friend)
                                            .hex()
                                            .equals(body.toJsonObject().getString("client"));
                                    Future<?> unusedSent =
                                        request
                                            .response()
                                            .setStatusCode(isFriend ? 200 : 403)
                                            .end("because");
                                  });
                    })
                .listen(0, "127.0.0.1"));
    URI uri = URI.create("http://127.0.0.1:" + server.actualPort() + "/may");
    Gateway gateway = gateway(new AccessCallout(vertx, uri), GatewayLimits.defaults());
    assertThat(status(gateway, Optional.of(friend))).isEqualTo(101);
    JsonObject question = Awaiting.next(questions);
    assertThat(question.getString("npub")).isEqualTo(Nip19.npub(publicKey(friend)));
    assertThat(question.getString("address")).isEqualTo("127.0.0.1");
    assertThat(status(gateway, Optional.empty())).isEqualTo(403);
    assertThat(Awaiting.next(questions).fieldNames()).containsExactly("address");
    Awaiting.done(server.close());
    assertThat(status(gateway, Optional.of(friend))).isEqualTo(403);
  }

  @Test
  void aClientIsReadNoFasterThanItMaySend() throws ChannelException {
    GatewayLimits slow =
        new GatewayLimits(
            10,
            10,
            10,
            10,
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            Duration.ofMinutes(2),
            Duration.ofMinutes(1),
            1 << 20,
            100,
            200_000);
    Gateway gateway = gateway(AccessPolicy.EVERYONE, slow);
    RawClient client = client(gateway, Optional.empty());
    assertThat(client.ask(RequestHead.webSocket("/", List.of())).isSwitched()).isTrue();
    long begin = TestRelay.millis();
    int messages = 15;
    for (int i = 0; i < messages; i++) {
      client.send(client.seal(new Frame(Opcode.BINARY, true, new byte[MESSAGE])));
    }
    int received = 0;
    while (received < messages * MESSAGE) {
      received += client.next().payload().length;
    }
    // 900,000 bytes, of which two seconds' worth pass at once.
    assertThat(TestRelay.millis() - begin).isGreaterThan(1_500);
    assertThat(gateway.counters().limits().of(GatewayLimit.BYTES_OF_SOURCE)).isPositive();
  }

  @Test
  void aHeadIsReadBeforeAnybodyIsAsked() throws ChannelException {
    BlockingQueue<String> asked = new LinkedBlockingQueue<>();
    AccessPolicy never =
        caller -> {
          asked.add("asked");
          return Future.failedFuture("out of order");
        };
    Gateway gateway = gateway(never, GatewayLimits.defaults());
    RawClient client = client(gateway, Optional.of(friend));
    assertThat(asked).isEmpty();
    client.send(client.seal(HeadJson.encode(RequestHead.webSocket("/", List.of()))));
    assertThat(HeadJson.decodeResponse(client.next()).status()).isEqualTo(403);
    assertThat(asked).hasSize(1);
  }
}
