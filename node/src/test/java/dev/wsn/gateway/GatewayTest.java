package dev.wsn.gateway;

import static org.assertj.core.api.Assertions.assertThat;

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
import dev.wsn.gateway.channel.ResponseHead;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.UpgradeRejectedException;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketConnectOptions;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a gateway does with clients that are not as they should be, over real sockets. */
final class GatewayTest {
  private static final String REFUSED = "1002 null";

  private final Vertx vertx = Vertx.vertx();
  private final HttpClient http = vertx.createHttpClient();
  private final WebSocketClient webSockets = vertx.createWebSocketClient();
  private final TestBackend backend = new TestBackend(vertx, "nostr");
  private final TestRelay relay =
      new TestRelay(
          vertx, SecretKey.generate(TestRelay.RANDOM), backend.uri(), GatewayLimits.defaults());

  @AfterEach
  void stop() {
    Awaiting.done(vertx.close());
  }

  private RawClient connect() {
    return connect(relay.publicKey);
  }

  private RawClient connect(PublicKey key) {
    return Awaiting.result(RawClient.connect(vertx, relay.gateway.port(), key));
  }

  private static Frame text(String text) {
    return new Frame(Opcode.TEXT, true, text.getBytes(StandardCharsets.UTF_8));
  }

  private void assertEnded(ChannelEnd end) {
    Awaiting.until(() -> relay.gateway.counters().channelsEnded(end) == 1);
    Awaiting.until(() -> relay.gateway.connections() == 0);
  }

  @Test
  void messagesGoThere() throws ChannelException {
    RawClient client = connect();
    client.open();

    client.send(client.seal(text("hello")));

    assertThat(client.next().payload()).asString().isEqualTo("hello");
  }

  @Test
  void aClientMayProveItsOwnKey() throws ChannelException {
    SecretKey own = SecretKey.generate(TestRelay.RANDOM);
    ClientSession session =
        ClientSession.authenticated(
            TestRelay.CURVE, own, relay.publicKey, TestRelay.RANDOM, 1 << 20);
    RawClient client = Awaiting.result(RawClient.connect(vertx, relay.gateway.port(), session));
    client.open();

    client.send(client.seal(text("it is me")));

    assertThat(client.next().payload()).asString().isEqualTo("it is me");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 48, 49, 50, 97, 60_000})
  void randomBytesAreClosedAndCounted(int length) {
    RawClient client = connect();
    byte[] bytes = new byte[length];
    TestRelay.RANDOM.nextBytes(bytes);
    if (length > 0) {
      bytes[0] = 1;
    }

    client.send(bytes);

    assertThat(Awaiting.next(client.closes)).isEqualTo(REFUSED);
    assertThat(client.messages).isEmpty();
    assertEnded(ChannelEnd.HANDSHAKE_REFUSED);
  }

  @Test
  void aTextMessageIsClosed() {
    RawClient client = connect();

    var unused = client.socket.writeTextMessage("hello");

    assertThat(Awaiting.next(client.closes)).isEqualTo(REFUSED);
    assertEnded(ChannelEnd.BAD_WEBSOCKET);
  }

  @Test
  void aMessageThatIsTooLongIsClosedLikeAnyOther() {
    RawClient client = connect();

    client.send(new byte[70_000]);

    assertThat(Awaiting.next(client.closes)).isEqualTo(REFUSED);
    assertEnded(ChannelEnd.TOO_LARGE);
  }

  @Test
  void aClientThatExpectsAnotherKeyGetsNoAnswer() throws ChannelException {
    SecretKey other = SecretKey.generate(TestRelay.RANDOM);
    RawClient client = connect(TestRelay.CURVE.publicKey(other));

    client.send(client.session.hello());

    assertThat(Awaiting.next(client.closes)).isEqualTo(REFUSED);
    assertEnded(ChannelEnd.HANDSHAKE_REFUSED);
  }

  @Test
  void aTamperedMessageEndsTheChannelWithoutAWord() throws ChannelException {
    RawClient client = connect();
    client.open();
    byte[] message = client.seal(text("hello"));
    message[3] ^= 1;

    client.send(message);

    assertThat(Awaiting.next(client.closes)).isEqualTo(REFUSED);
    assertThat(client.messages).isEmpty();
    assertThat(Awaiting.next(backend.closes)).startsWith("1014");
    assertThat(backend.texts).isEmpty();
    assertEnded(ChannelEnd.BAD_TAG);
  }

  @Test
  void aReplayedMessageEndsTheChannel() throws ChannelException {
    RawClient client = connect();
    client.open();
    byte[] message = client.seal(text("once"));

    client.send(message);
    client.send(message);

    assertThat(Awaiting.next(client.closes)).isEqualTo(REFUSED);
    assertThat(Awaiting.next(backend.texts)).isEqualTo("once");
    assertThat(backend.texts).isEmpty();
    assertEnded(ChannelEnd.BAD_TAG);
  }

  @Test
  void messagesOutOfOrderEndTheChannel() throws ChannelException {
    RawClient client = connect();
    client.open();
    byte[] first = client.seal(text("first"));
    byte[] second = client.seal(text("second"));

    client.send(second);
    client.send(first);

    assertThat(Awaiting.next(client.closes)).isEqualTo(REFUSED);
    assertThat(backend.texts).isEmpty();
    assertEnded(ChannelEnd.BAD_TAG);
  }

  @Test
  void aCarrierThatClosesBeforeTheChannelIsCalledTruncated() throws ChannelException {
    RawClient client = connect();
    client.open();

    var unused = client.socket.close((short) 1000, "done");

    assertThat(Awaiting.next(backend.closes)).isEqualTo("1014 the far side was cut off");
    assertEnded(ChannelEnd.TRUNCATED);
  }

  @Test
  void anAuthenticatedClientIsToldInsideWhatItDidWrong() throws ChannelException {
    RawClient client = connect();
    client.open();

    client.send(client.seal(new Frame(Opcode.CONTINUATION, true, new byte[1])));

    Frame close = client.next();
    assertThat(CloseStatus.decode(close.payload()).code()).isEqualTo(CloseStatus.PROTOCOL_ERROR);
    assertThat(Awaiting.next(client.closes)).isEqualTo(REFUSED);
    assertEnded(ChannelEnd.OUT_OF_ORDER);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "[", "{\"path\":\"/../admin\"}", "{\"path\":\"http://other/\"}"})
  void aHeadThatIsNoneEndsTheChannel(String json) throws ChannelException {
    RawClient client = connect();
    client.shakeHands();

    byte[] payload = json.getBytes(StandardCharsets.UTF_8);
    client.send(client.seal(new Frame(Opcode.HEAD, true, payload)));

    assertThat(client.next().opcode()).isEqualTo(Opcode.CLOSE);
    assertThat(backend.accepted).isEmpty();
    assertEnded(ChannelEnd.BAD_HEAD);
  }

  @ParameterizedTest
  @CsvSource({"'', media", "'', blossom"})
  void aServiceThatDoesNotExistIsRefusedCleanly(String method, String service)
      throws ChannelException {
    RawClient client = connect();
    client.shakeHands();

    ResponseHead answer = client.ask(new RequestHead(method, service, "/", List.of(), List.of()));

    assertThat(answer.status()).isEqualTo(404);
    assertThat(client.next().opcode()).isEqualTo(Opcode.CLOSE);
    client.send(client.seal(Frame.close(CloseStatus.of(CloseStatus.NORMAL))));
    assertThat(Awaiting.next(client.closes)).isEqualTo("1000 null");
    assertEnded(ChannelEnd.CLOSED);
  }

  @Test
  void aBackendThatIsDownIsSaidInsideTheChannel() throws ChannelException {
    backend.close();
    RawClient client = connect();
    client.shakeHands();

    ResponseHead answer = client.ask(RequestHead.webSocket("/", List.of()));

    assertThat(answer)
        .isEqualTo(ResponseHead.failed(502, "the backend of this gateway cannot be reached"));
    assertThat(client.next().opcode()).isEqualTo(Opcode.CLOSE);
    client.send(client.seal(Frame.close(CloseStatus.of(CloseStatus.NORMAL))));
    assertThat(Awaiting.next(client.closes)).isEqualTo("1000 null");
    assertEnded(ChannelEnd.BACKEND_DOWN);
  }

  @Test
  void aRefusalOfTheBackendKeepsItsStatus() throws ChannelException {
    TestRelay strict =
        new TestRelay(
            vertx,
            relay.key,
            URI.create(backend.uri().toString().replace("/base", "")),
            GatewayLimits.defaults());
    RawClient client =
        Awaiting.result(RawClient.connect(vertx, strict.gateway.port(), strict.publicKey));
    client.shakeHands();

    ResponseHead answer = client.ask(RequestHead.webSocket("/forbidden", List.of()));

    assertThat(answer.status()).isEqualTo(403);
  }

  @Test
  void whatFollowsTheCloseIsNotCarried() throws ChannelException {
    RawClient client = connect();
    client.open();

    client.send(client.seal(Frame.close(new CloseStatus(4000, "bye"))));
    client.send(client.seal(text("too late")));

    assertThat(Awaiting.next(backend.closes)).isEqualTo("4000 bye");
    assertThat(backend.texts).isEmpty();
  }

  @Test
  void aHeadMayBeFollowedAtOnce() throws ChannelException {
    RawClient client = connect();
    client.shakeHands();

    client.send(client.seal(HeadJson.encode(RequestHead.webSocket("/", List.of()))));
    client.send(client.seal(text("early")));

    assertThat(HeadJson.decodeResponse(client.next()).isSwitched()).isTrue();
    assertThat(client.next().payload()).asString().isEqualTo("early");
  }

  private record Answer(int status, MultiMap headers, String body) {}

  private Answer get(HttpMethod method, String accept) {
    RequestOptions options =
        new RequestOptions()
            .setHost("127.0.0.1")
            .setPort(relay.gateway.port())
            .setMethod(method)
            .setURI("/")
            .putHeader("Accept", accept);
    return Awaiting.result(
        http.request(options)
            .compose(
                request ->
                    // The body is asked for on the event loop, before it can pass by.
                    request
                        .send()
                        .compose(
                            response ->
                                response
                                    .body()
                                    .map(
                                        body ->
                                            new Answer(
                                                response.statusCode(),
                                                response.headers(),
                                                body.toString())))));
  }

  @Test
  void aBrowserGetsAPageAndNostrItsDocument() {
    Answer page = get(HttpMethod.GET, "text/html");
    assertThat(page.status()).isEqualTo(200);
    assertThat(page.body()).contains("wsn://npub1").contains("wsn.v1");

    Answer document = get(HttpMethod.GET, "application/nostr+json");
    assertThat(document.headers().get("Access-Control-Allow-Origin")).isEqualTo("*");
    assertThat(new JsonObject(document.body()).getString("self")).isEqualTo(relay.publicKey.hex());

    assertThat(get(HttpMethod.OPTIONS, "*/*").status()).isEqualTo(200);
    assertThat(get(HttpMethod.HEAD, "*/*").status()).isEqualTo(200);
    assertThat(get(HttpMethod.POST, "*/*").status()).isEqualTo(405);
    assertThat(relay.gateway.counters().plainRequests()).isEqualTo(5);
  }

  @Test
  void aPlainWebSocketIsToldWhatThisIs() {
    Throwable refused =
        Awaiting.failure(
            webSockets.connect(
                new WebSocketConnectOptions()
                    .setHost("127.0.0.1")
                    .setPort(relay.gateway.port())
                    .setURI("/")));

    assertThat(refused)
        .isInstanceOfSatisfying(
            UpgradeRejectedException.class,
            rejected -> {
              assertThat(rejected.getStatus()).isEqualTo(400);
              assertThat(rejected.getBody().toString()).contains("wsn.v1");
            });
    Awaiting.until(() -> relay.gateway.connections() == 0);
  }
}
