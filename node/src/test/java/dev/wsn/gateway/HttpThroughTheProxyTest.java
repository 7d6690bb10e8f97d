package dev.wsn.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.SecretKey;
import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.gateway.channel.ChannelException;
import dev.wsn.gateway.channel.Frame;
import dev.wsn.gateway.channel.HeadJson;
import dev.wsn.gateway.channel.HttpField;
import dev.wsn.gateway.channel.Opcode;
import dev.wsn.gateway.channel.RequestHead;
import dev.wsn.record.Endpoint;
import dev.wsn.record.IpPort;
import dev.wsn.record.RecordRules;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.ProxyOptions;
import io.vertx.core.net.ProxyType;
import io.vertx.core.net.SocketAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * HTTP between a client and a server that know nothing of wsn, the client of the JDK, through local
 * proxy and gateway. {@code -Dexchange.megabytes=1024} streams that much each way.
 */
final class HttpThroughTheProxyTest {
  private static final int CHUNK = FileServer.CHUNK;
  private static final long STREAMED = Integer.getInteger("exchange.megabytes", 24) * (1L << 20);

  private final Vertx vertx = Vertx.vertx();

  // In a field: Vert.x closes clients that the collector finds.
  private final io.vertx.core.http.HttpClient browser = vertx.createHttpClient();
  private final RecordRules rules = new RecordRules(TestRelay.CURVE, true);
  private final MemoryResolver resolver = new MemoryResolver(rules, InstantSource.system());
  private final SecretKey key = SecretKey.generate(TestRelay.RANDOM);
  private final String npub = Nip19.npub(TestRelay.CURVE.publicKey(key));
  private final HttpClient client = HttpClient.newHttpClient();
  private FileServer files;
  private TestBackend nostr;
  private Gateway gateway;
  private LocalProxy proxy;

  @BeforeEach
  void start() {
    files = new FileServer(vertx);
    nostr = new TestBackend(vertx, "nostr");
    gateway = gateway(Backend.of(nostr.uri()), Backend.of(files.uri()));
    publish(gateway);
    proxy =
        proxy(
            Optional.of(SecretKey.of(HexFormat.of().parseHex("11".repeat(32)))),
            LocalProxyOptions.of(TestRelay.LOOPBACK, 0, true));
  }

  private LocalProxy proxy(Optional<SecretKey> self, LocalProxyOptions options) {
    LocalProxy started =
        new LocalProxy(
            vertx,
            resolver,
            TestRelay.CURVE,
            self,
            options,
            InstantSource.system(),
            TestRelay::millis,
            TestRelay.RANDOM);
    Awaiting.done(started.start());
    return started;
  }

  private Gateway gateway(Backend... backends) {
    Gateway started =
        new Gateway(
            vertx,
            key,
            TestRelay.CURVE,
            new GatewayOptions(
                TestRelay.LOOPBACK, 0, List.of(backends), 1, GatewayLimits.defaults()),
            AccessPolicy.EVERYONE,
            TestRelay::millis,
            TestRelay.RANDOM);
    Integer unused = Awaiting.result(started.start());
    return started;
  }

  private void publish(Gateway at) {
    var endpoint = Endpoint.of(new IpPort(TestRelay.LOOPBACK, at.port()), Endpoint.WSN);
    long now = InstantSource.system().instant().getEpochSecond();
    resolver.records.put(
        at.self(), rules.sign(key, List.of(endpoint), now, Duration.ofHours(2), new byte[32]));
  }

  @AfterEach
  void stop() {
    Awaiting.done(vertx.close());
  }

  private HttpRequest.Builder to(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + proxy.port() + path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) {
    return send(request, HttpResponse.BodyHandlers.ofString());
  }

  private <T> HttpResponse<T> send(HttpRequest.Builder request, HttpResponse.BodyHandler<T> body) {
    try {
      return client.send(request.timeout(Duration.ofMinutes(5)).build(), body);
    } catch (IOException | InterruptedException failed) {
      throw new AssertionError(failed);
    }
  }

  @Test
  void requestAndAnswerPassWithTheirFields() {
    HttpRequest.Builder request = to("/" + npub + "/echo?a=b&c=%20").header("Range", "bytes=0-1");
    HttpResponse<String> answer = send(request.header("X-Wsn-Client", "forged"));
    JsonObject seen = new JsonObject(answer.body());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("X-Answer")).contains("yes");
    assertThat(seen.getString("uri")).isEqualTo("/echo?a=b&c=%20");
    assertThat(seen.getString("range")).isEqualTo("bytes=0-1");
    assertThat(seen.getString("x-forwarded-for")).isEqualTo("127.0.0.1");
    assertThat(seen.getString("x-forwarded-proto")).isEqualTo("wsn");
    assertThat(seen.getString("x-wsn-client"))
        .isEqualTo("4f355bdcb7cc0af728ef3cceb9615d90684bb5b2ca5f859ab0f0b704075871aa");
    assertThat(send(to("/" + npub + "/nothing")).statusCode()).isEqualTo(404);
    assertThat(send(to("/" + npub + "/nothing")).body()).isEqualTo("no such file");
  }

  @Test
  void methodsPass() {
    HttpRequest.Builder head = to("/" + npub + "/zeros?12345");
    HttpResponse<String> length = send(head.method("HEAD", HttpRequest.BodyPublishers.noBody()));
    assertThat(length.headers().firstValue("Content-Length")).contains("12345");
    HttpResponse<String> gone = send(to("/" + npub + "/gone").DELETE());
    assertThat(gone.statusCode()).isEqualTo(204);
    assertThat(gone.body()).isEmpty();
    assertThat(Awaiting.next(files.requests).method().name()).isEqualTo("HEAD");
    assertThat(Awaiting.next(files.requests).method().name()).isEqualTo("DELETE");
    HttpResponse<String> traced =
        send(to("/" + npub + "/echo").method("TRACE", HttpRequest.BodyPublishers.noBody()));
    assertThat(traced.statusCode()).isEqualTo(400);
  }

  /** A body of that many zeros whose length is not announced, or is. */
  private static InputStream zeros(long length, MessageDigest digest) {
    return new InputStream() {
      private long left = length;

      @Override
      public int read() {
        throw new UnsupportedOperationException("reads are of arrays");
      }

      @Override
      public int read(byte[] bytes, int from, int count) {
        int taken = (int) Math.min(left, count);
        Arrays.fill(bytes, from, from + taken, (byte) 0);
        digest.update(bytes, from, taken);
        left -= taken;
        return taken == 0 && count > 0 ? -1 : taken;
      }
    };
  }

  @Test
  void anUploadOfAnySizeIsStreamed() {
    for (long length : new long[] {0, 1, CHUNK + 1, STREAMED}) {
      MessageDigest sent = FileServer.sha256();
      HttpRequest.BodyPublisher body =
          HttpRequest.BodyPublishers.ofInputStream(() -> zeros(length, sent));
      HttpRequest.BodyPublisher announced =
          length == 0 ? body : HttpRequest.BodyPublishers.fromPublisher(body, length);
      HttpResponse<String> chunked = send(to("/" + npub + "/upload").PUT(body));
      assertThat(chunked.body()).isEqualTo(HexFormat.of().formatHex(sent.digest()));
      HttpResponse<String> whole = send(to("/" + npub + "/upload").PUT(announced));
      assertThat(whole.body()).isEqualTo(HexFormat.of().formatHex(sent.digest()));
    }
  }

  @Test
  void aDownloadOfAnySizeIsStreamed() throws IOException {
    HttpResponse<InputStream> answer =
        send(to("/" + npub + "/zeros?" + STREAMED), HttpResponse.BodyHandlers.ofInputStream());
    long received = 0;
    byte[] bytes = new byte[CHUNK];
    try (InputStream body = answer.body()) {
      for (int count = body.read(bytes); count >= 0; count = body.read(bytes)) {
        received += count;
      }
    }
    assertThat(received).isEqualTo(STREAMED);
  }

  @Test
  void aClientThatDoesNotReadHoldsTheBackendBack() throws IOException {
    long much = 1L << 32;
    HttpResponse<InputStream> answer =
        send(to("/" + npub + "/zeros?" + much), HttpResponse.BodyHandlers.ofInputStream());
    long[] before = {-1};
    // Buffers of sockets on the way fill up, and then nothing more is written.
    Awaiting.until(
        () -> {
          long now = files.written.get();
          boolean stands = now > 0 && now == before[0];
          before[0] = now;
          LockSupport.parkNanos(300_000_000);
          return stands;
        });
    assertThat(files.written.get()).isLessThan(much / 8);
    answer.body().close();
    Awaiting.until(() -> gateway.counters().channelsEnded(ChannelEnd.CLOSED) > 0);
  }

  @Test
  void anAnswerThatWasCutOffIsNotMistakenForAWholeOne() {
    HttpRequest request = to("/" + npub + "/cut").timeout(Duration.ofSeconds(20)).build();
    assertThat(
            client
                .sendAsync(request, HttpResponse.BodyHandlers.ofString())
                .handle((answer, failure) -> failure)
                .join())
        .isNotNull();
  }

  @Test
  void aBackendThatIsDownIsSaidSo() {
    files.close();
    HttpResponse<String> answer = send(to("/" + npub + "/echo"));
    assertThat(answer.statusCode()).isEqualTo(502);
    assertThat(new JsonObject(answer.body()).getString("type")).endsWith("relay-refused");
    Awaiting.until(() -> gateway.counters().channelsEnded(ChannelEnd.BACKEND_DOWN) == 1);
  }

  @Test
  void theDocumentOfTheRelayComesFromTheRelayAndFilesFromTheFileServer() {
    HttpResponse<String> document = send(to("/" + npub).header("Accept", "application/nostr+json"));
    // The relay of this test has no document.
    assertThat(document.statusCode()).isEqualTo(400);
    assertThat(files.requests).isEmpty();
    assertThat(send(to("/" + npub + "/echo")).statusCode()).isEqualTo(200);
    assertThat(files.requests).hasSize(1);
  }

  @Test
  void appsThatPutTheirPathsAtTheRootHaveAHostOrAPortOfTheKey() {
    LocalProxy second =
        proxy(
            Optional.empty(),
            LocalProxyOptions.of(TestRelay.LOOPBACK, 0, true)
                .withForwards(
                    List.of(new LocalProxyOptions.Forward(0, TestRelay.CURVE.publicKey(key)))));
    HttpRequest.Builder forwarded =
        HttpRequest.newBuilder(
            URI.create("http://127.0.0.1:" + second.forwardedPorts().get(0) + "/echo"));
    assertThat(new JsonObject(send(forwarded).body()).getString("uri")).isEqualTo("/echo");
    RequestOptions byHost =
        new RequestOptions()
            .setServer(SocketAddress.inetSocketAddress(proxy.port(), "127.0.0.1"))
            .setHost(npub + ".localhost")
            .setPort(proxy.port())
            .setURI("/echo");
    Buffer body =
        Awaiting.result(
            browser
                .request(byHost)
                .compose(request -> request.send().compose(answer -> answer.body())));
    assertThat(body.toJsonObject().getString("uri")).isEqualTo("/echo");
  }

  @Test
  void programsThatSpeakSocksReachNamesOfKeys() {
    LocalProxy second =
        proxy(Optional.empty(), LocalProxyOptions.of(TestRelay.LOOPBACK, 0, true).withSocks(0));
    var socks =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setProxyOptions(
                    new ProxyOptions()
                        .setType(ProxyType.SOCKS5)
                        .setHost("127.0.0.1")
                        .setPort(second.socksPort())));
    Buffer body =
        Awaiting.result(
            socks
                .request(HttpMethod.GET, 80, npub + ".wsn", "/echo")
                .compose(request -> request.send().compose(answer -> answer.body())));
    assertThat(body.toJsonObject().getString("uri")).isEqualTo("/echo");
    for (String other : List.of("example.com", "127.0.0.1", "npub1.wsn")) {
      Throwable unused =
          Awaiting.failure(
              socks
                  .request(HttpMethod.GET, 80, other, "/echo")
                  .compose(request -> request.send().compose(answer -> answer.body())));
    }
    Awaiting.done(socks.close());
    assertThat(files.requests).hasSize(1);
  }

  @Test
  void aHintIsDialledWithoutAnyResolver() {
    resolver.records.clear();
    assertThat(send(to("/" + npub + "/echo")).statusCode()).isEqualTo(404);
    String hinted = "/" + npub + "@127.0.0.1:" + gateway.port() + "/echo";
    assertThat(send(to(hinted)).statusCode()).isEqualTo(200);
  }

  @Test
  void theStatusPageTellsWhatIsOpenAndWhatFailed() throws IOException {
    HttpResponse<InputStream> open =
        send(to("/" + npub + "/zeros?" + (1L << 32)), HttpResponse.BodyHandlers.ofInputStream());
    HttpResponse<String> unused = send(to("/" + npub.substring(0, 5)));
    HttpRequest.Builder page = to("/").header("Accept", "application/json");
    JsonObject status = new JsonObject(send(page).body());
    JsonObject channel = status.getJsonArray("channels").getJsonObject(0);
    assertThat(channel.getString("key")).isEqualTo(npub);
    assertThat(channel.getString("endpoint")).isEqualTo("127.0.0.1:" + gateway.port());
    assertThat(channel.getString("what")).isEqualTo("GET /zeros");
    assertThat(channel.getLong("bytes_received")).isPositive();
    assertThat(send(to("/")).body()).contains("Open channels: 1", "GET /zeros");
    open.body().close();
    resolver.records.clear();
    resolver.isUnreachable = true;
    String other = Nip19.npub(TestRelay.CURVE.publicKey(SecretKey.generate(TestRelay.RANDOM)));
    assertThat(send(to("/" + other + "/")).statusCode()).isEqualTo(503);
    assertThat(send(to("/")).body()).contains(other, "no node answered");
  }

  private RawClient raw() throws ChannelException {
    RawClient raw = Awaiting.result(RawClient.connect(vertx, gateway.port(), gateway.self()));
    raw.shakeHands();
    return raw;
  }

  @Test
  void aBodyThatIsNotAsLongAsAnnouncedEndsTheChannel() throws ChannelException {
    for (int sent : new int[] {9, 11}) {
      RawClient raw = raw();
      List<HttpField> fields = List.of(new HttpField("Content-Length", "10"));
      raw.send(raw.seal(HeadJson.encode(RequestHead.http("PUT", "/upload", fields))));
      raw.send(raw.seal(new Frame(Opcode.BINARY, true, new byte[sent])));
      assertThat(raw.next().opcode()).isEqualTo(Opcode.CLOSE);
    }
    Awaiting.until(() -> gateway.counters().channelsEnded(ChannelEnd.BAD_HEAD) == 2);
  }

  @Test
  void aLengthThatIsSaidTwiceIsRefused() throws ChannelException {
    RawClient raw = raw();
    List<HttpField> twice =
        List.of(new HttpField("Content-Length", "1"), new HttpField("content-length", "2"));
    raw.send(raw.seal(HeadJson.encode(RequestHead.http("PUT", "/upload", twice))));
    assertThat(raw.next().opcode()).isEqualTo(Opcode.CLOSE);
    Awaiting.until(() -> gateway.counters().channelsEnded(ChannelEnd.BAD_HEAD) == 1);
    assertThat(files.requests).isEmpty();
  }

  @Test
  void fieldsThatFrameAMessageOrSayWhoAsksAreDropped() throws ChannelException {
    RawClient raw = raw();
    List<HttpField> fields =
        List.of(
            new HttpField("Transfer-Encoding", "chunked"),
            new HttpField("Connection", "keep-alive"),
            new HttpField("Host", "other.example"),
            new HttpField("X-Wsn-Client", "forged"));
    raw.send(raw.seal(HeadJson.encode(RequestHead.http("GET", "/echo", fields))));
    raw.send(raw.seal(new Frame(Opcode.BINARY, true, new byte[0])));
    assertThat(HeadJson.decodeResponse(raw.next()).status()).isEqualTo(200);
    JsonObject seen = new JsonObject(Buffer.buffer(raw.next().payload()));
    assertThat(seen.getString("host")).isEqualTo("127.0.0.1:" + files.uri().getPort());
    assertThat(seen.fieldNames()).doesNotContain("transfer-encoding", "x-wsn-client");
  }
}
