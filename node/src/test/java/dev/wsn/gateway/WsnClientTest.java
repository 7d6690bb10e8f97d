package dev.wsn.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.SecretKey;
import dev.wsn.gateway.channel.CloseStatus;
import dev.wsn.gateway.channel.HttpField;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.IpPort;
import dev.wsn.record.RecordRules;
import dev.wsn.resolver.client.RememberingResolver;
import dev.wsn.resolver.client.SeenFile;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java client against a gateway with a relay and a file server behind it. */
final class WsnClientTest {
  private final Vertx vertx = Vertx.vertx();
  private final RecordRules rules = new RecordRules(TestRelay.CURVE, true);
  private final MemoryResolver resolver = new MemoryResolver(rules, InstantSource.system());
  private final SecretKey key = SecretKey.generate(TestRelay.RANDOM);
  private final SecretKey self = SecretKey.generate(TestRelay.RANDOM);
  private final TestBackend nostr = new TestBackend(vertx, "nostr");
  private final HttpServer files =
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
                                  String client = request.getHeader("X-Wsn-Client");
                                  Future<?> unusedSent =
                                      request
                                          .response()
                                          .setStatusCode(201)
                                          .putHeader("X-Client", client)
                                          .end(
                                              Buffer.buffer(request.method() + " ")
                                                  .appendBuffer(body));
                                });
                  })
              .listen(0));
  private final Gateway gateway =
      new Gateway(
          vertx,
          key,
          TestRelay.CURVE,
          new GatewayOptions(
              TestRelay.LOOPBACK,
              0,
              List.of(
                  Backend.of(nostr.uri()),
                  Backend.of(URI.create("http://127.0.0.1:" + files.actualPort()))),
              1,
              GatewayLimits.defaults()),
          AccessPolicy.EVERYONE,
          TestRelay::millis,
          TestRelay.RANDOM);
  private final WsnClient client =
      WsnClient.authenticated(
          vertx,
          resolver,
          TestRelay.CURVE,
          self,
          true,
          InstantSource.system(),
          TestRelay::millis,
          TestRelay.RANDOM);

  WsnClientTest() {
    int port = Awaiting.result(gateway.start());
    Endpoint endpoint = Endpoint.of(new IpPort(TestRelay.LOOPBACK, port), Endpoint.WSN);
    long now = InstantSource.system().instant().getEpochSecond();
    resolver.records.put(
        gateway.self(), rules.sign(key, List.of(endpoint), now, Duration.ofHours(2), new byte[32]));
  }

  @AfterEach
  void stop() {
    client.close();
    Awaiting.done(vertx.close());
  }

  /** On epoll, which notices the end of a connection that nobody reads. */
  @Test
  void connectionThatIsCutBeforeTheStartIsTold() {
    HostileLine line = new HostileLine(vertx, gateway.port());
    Endpoint endpoint = Endpoint.of(new IpPort(TestRelay.LOOPBACK, line.port()), Endpoint.WSN);
    long now = InstantSource.system().instant().getEpochSecond();
    resolver.records.put(
        gateway.self(), rules.sign(key, List.of(endpoint), now, Duration.ofHours(2), new byte[32]));
    Vertx epoll = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    try (WsnClient other =
        WsnClient.anonymous(
            epoll,
            resolver,
            TestRelay.CURVE,
            true,
            InstantSource.system(),
            TestRelay::millis,
            TestRelay.RANDOM)) {
      WsnSocket socket =
          Awaiting.result(other.connect(Nip19.npub(gateway.self()), List.of("nostr")));
      Awaiting.next(line.connections).cut();
      Awaiting.until(() -> gateway.connections() == 0);
      BlockingQueue<CloseStatus> closes = new LinkedBlockingQueue<>();
      socket.onClose(closes::add).start();
      assertThat(Awaiting.next(closes).code()).isEqualTo(CloseStatus.BAD_GATEWAY);
    }
    Awaiting.done(epoll.close());
  }

  @Test
  void messagesOfAnySizeGoBothWays() {
    BlockingQueue<String> texts = new LinkedBlockingQueue<>();
    BlockingQueue<byte[]> binaries = new LinkedBlockingQueue<>();
    BlockingQueue<CloseStatus> closes = new LinkedBlockingQueue<>();
    WsnSocket socket =
        Awaiting.result(
            client.connect("wsn://" + Nip19.npub(gateway.self()) + "/path", List.of("nostr")));
    socket.onText(texts::add).onBinary(binaries::add).onClose(closes::add).start();
    assertThat(socket.protocol()).isEqualTo("nostr");

    socket.send("é".repeat(200_000));
    socket.send("");
    socket.send(new byte[300_000]);

    assertThat(Awaiting.next(texts)).isEqualTo("é".repeat(200_000));
    assertThat(Awaiting.next(texts)).isEmpty();
    assertThat(Awaiting.next(binaries)).hasSize(300_000);
    socket.send("close 4001 enough");
    assertThat(Awaiting.next(closes)).isEqualTo(new CloseStatus(4001, "enough"));
  }

  @Test
  void anHttpRequestHasAnAnswer() {
    byte[] body = new byte[500_000];
    List<HttpField> fields = List.of(new HttpField("Content-Type", "image/png"));
    WsnClient.Answer answer =
        Awaiting.result(client.request(gateway.self(), "PUT", "/upload", fields, body));
    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.fields())
        .contains(new HttpField("X-Client", TestRelay.CURVE.publicKey(self).hex()));
    assertThat(answer.body()).hasSize(body.length + "PUT ".length());
    WsnClient.Answer got =
        Awaiting.result(client.request(gateway.self(), "GET", "/", List.of(), new byte[0]));
    assertThat(new String(got.body(), StandardCharsets.UTF_8)).isEqualTo("GET ");
  }

  /** What a client of a program that starts now says of the key, when it cannot connect. */
  private String startedAndRefused(Path seen) {
    try (RememberingResolver remembering =
            new RememberingResolver(resolver, new SeenFile(seen), InstantSource.system());
        WsnClient started =
            WsnClient.anonymous(
                vertx,
                remembering,
                TestRelay.CURVE,
                true,
                InstantSource.system(),
                TestRelay::millis,
                TestRelay.RANDOM)) {
      String npub = Nip19.npub(gateway.self());
      return String.valueOf(Awaiting.failure(started.connect(npub, List.of())).getMessage());
    }
  }

  @Test
  void aClientThatRemembersIsNotTakenBackToAnOlderAddressByARestart(@TempDir Path directory) {
    AddressRecord older = Objects.requireNonNull(resolver.records.get(gateway.self()));
    Endpoint nowhere = Endpoint.of(IpPort.parse("127.0.0.1:1").orElseThrow(), Endpoint.WSN);
    resolver.records.put(
        gateway.self(),
        rules.sign(
            key, List.of(nowhere), older.createdAt() + 1, Duration.ofHours(2), new byte[32]));
    Path seen = directory.resolve("seen");
    assertThat(startedAndRefused(seen)).contains("127.0.0.1:1:").doesNotContain("has seen one of");

    resolver.records.put(gateway.self(), older);

    assertThat(startedAndRefused(seen)).contains("has seen one of").contains(seen.toString());
  }

  @Test
  void aKeyThatIsNowhereIsSaidSo() {
    resolver.records.clear();
    assertThat(Awaiting.failure(client.connect(Nip19.npub(gateway.self()), List.of())))
        .hasMessageContaining("no live record");
  }
}
