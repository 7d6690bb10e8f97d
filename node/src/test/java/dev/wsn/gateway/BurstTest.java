package dev.wsn.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.SecretKey;
import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.gateway.channel.ChannelException;
import dev.wsn.gateway.channel.CloseStatus;
import dev.wsn.gateway.channel.Frame;
import dev.wsn.gateway.channel.HeadJson;
import dev.wsn.gateway.channel.Opcode;
import dev.wsn.gateway.channel.RequestHead;
import dev.wsn.gateway.channel.ResponseHead;
import dev.wsn.gateway.channel.Upgrade;
import dev.wsn.gateway.channel.WebSocketDecoder;
import dev.wsn.gateway.channel.WebSocketEncoder;
import dev.wsn.gateway.channel.WebSocketSide;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several frames in one message of the channel, both ways, over real sockets. */
final class BurstTest {
  private static final int COUNT = 200;
  private static final String REFUSED = "1002 null";
  private static final Pattern KEY = Pattern.compile("(?i)sec-websocket-key: *([^\r]+)\r\n");

  private final Vertx vertx = Vertx.vertx();
  private final TestBackend backend = new TestBackend(vertx, "nostr");
  private final SecretKey key = SecretKey.generate(TestRelay.RANDOM);
  private final TestRelay relay =
      new TestRelay(vertx, key, backend.uri(), GatewayLimits.defaults());

  @AfterEach
  void stop() {
    Awaiting.done(vertx.close());
  }

  private RawClient connect(TestRelay to) {
    return Awaiting.result(RawClient.connect(vertx, to.gateway.port(), to.publicKey));
  }

  private RawClient open() throws ChannelException {
    RawClient client = connect(relay);
    client.open();
    return client;
  }

  private static Frame frame(Opcode opcode, boolean isFinal, String payload) {
    return new Frame(opcode, isFinal, payload.getBytes(StandardCharsets.UTF_8));
  }

  private static Frame text(String text) {
    return frame(Opcode.TEXT, true, text);
  }

  private void assertEnded(ChannelEnd end) {
    Awaiting.until(() -> relay.gateway.counters().channelsEnded(end) == 1);
    Awaiting.until(() -> relay.gateway.connections() == 0);
  }

  @Test
  void aBurstKeepsItsOrderAndItsBoundaries() throws ChannelException {
    RawClient client = open();
    List<Frame> burst = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      burst.add(text("number " + i));
      if (i % 7 == 0) {
        burst.add(frame(Opcode.PING, true, "ping " + i));
      }
      if (i % 11 == 0) {
        burst.add(frame(Opcode.BINARY, false, "b"));
        burst.add(Frame.ping());
        burst.add(frame(Opcode.CONTINUATION, false, ""));
        burst.add(frame(Opcode.CONTINUATION, true, " " + i));
      }
    }
    client.send(client.seal(burst.toArray(Frame[]::new)));

    int pongs = 0;
    for (int i = 0; i < COUNT; i++) {
      List<String> wanted = i % 11 == 0 ? List.of("number " + i, "b " + i) : List.of("number " + i);
      for (String message : wanted) {
        Frame next = client.next();
        while (next.opcode() == Opcode.PONG) {
          pongs++;
          next = client.next();
        }
        assertThat(next.isFinal()).isTrue();
        assertThat(next.opcode()).isEqualTo(message.startsWith("b") ? Opcode.BINARY : Opcode.TEXT);
        assertThat(next.payload()).asString().isEqualTo(message);
      }
    }
    assertThat(backend.pings).hasSize(29 + 19);
    assertThat(pongs).isBetween(1, 29 + 19);
  }

  @Test
  void aMessageMayBeginInOneMessageOfTheChannelAndEndInAnother() throws ChannelException {
    RawClient client = open();

    client.send(client.seal(text("first"), frame(Opcode.TEXT, false, "be")));
    client.send(client.seal(frame(Opcode.CONTINUATION, false, "gin ")));
    client.send(client.seal(Frame.ping(), frame(Opcode.CONTINUATION, true, "end"), text("last")));

    assertThat(Awaiting.next(backend.texts)).isEqualTo("first");
    assertThat(Awaiting.next(backend.texts)).isEqualTo("begin end");
    assertThat(Awaiting.next(backend.texts)).isEqualTo("last");
  }

  @Test
  void theHeadMayComeTogetherWithTheFirstMessages() throws ChannelException {
    RawClient client = connect(relay);
    client.shakeHands();

    Frame head = HeadJson.encode(RequestHead.webSocket("/", List.of()));
    client.send(client.seal(head, text("one"), frame(Opcode.TEXT, false, "t")));
    client.send(client.seal(frame(Opcode.CONTINUATION, true, "wo"), text("three")));

    assertThat(HeadJson.decodeResponse(client.next()).isSwitched()).isTrue();
    for (String wanted : List.of("one", "two", "three")) {
      assertThat(client.next().payload()).asString().isEqualTo(wanted);
    }
  }

  @Test
  void aRequestMayComeTogetherWithItsBodyAndItsEnd() throws ChannelException {
    RawClient client = connect(relay);
    client.shakeHands();
    client.session.session().streamBodies();

    // The backend of this test speaks WebSocket only, and says so.
    Frame head = HeadJson.encode(RequestHead.http("GET", "/", List.of()));
    client.send(client.seal(head, frame(Opcode.BINARY, true, "")));

    ResponseHead answer = HeadJson.decodeResponse(client.next());
    assertThat(answer.status()).isGreaterThanOrEqualTo(400);
    Frame next = client.next();
    while (next.opcode() != Opcode.CLOSE) {
      next = client.next();
    }
  }

  @Test
  void aCloseIsTheLastFrameOfItsMessage() throws ChannelException {
    RawClient client = open();

    client.send(client.seal(text("before"), Frame.close(new CloseStatus(4000, "bye"))));

    assertThat(Awaiting.next(backend.texts)).isEqualTo("before");
    assertThat(Awaiting.next(backend.closes)).isEqualTo("4000 bye");
  }

  @Test
  void aFrameBehindTheCloseIsRefusedAndTheCloseNotBelieved() throws ChannelException {
    RawClient client = open();

    client.send(
        client.seal(text("before"), Frame.close(new CloseStatus(4000, "bye")), text("behind")));

    assertThat(Awaiting.next(backend.texts)).isEqualTo("before");
    assertThat(Awaiting.next(backend.closes)).isEqualTo("1014 the far side was cut off");
    assertThat(backend.texts).isEmpty();
    Frame last = client.next();
    while (last.opcode() != Opcode.CLOSE) {
      last = client.next();
    }
    assertThat(CloseStatus.decode(last.payload()).code()).isEqualTo(CloseStatus.PROTOCOL_ERROR);
    assertThat(Awaiting.next(client.closes)).isEqualTo(REFUSED);
    assertEnded(ChannelEnd.OUT_OF_ORDER);
  }

  @Test
  void aMessageWithoutAFrameEndsTheChannel() throws ChannelException {
    RawClient client = open();

    client.send(client.seal());

    assertThat(CloseStatus.decode(client.next().payload()).code())
        .isEqualTo(CloseStatus.PROTOCOL_ERROR);
    assertThat(Awaiting.next(client.closes)).isEqualTo(REFUSED);
    assertEnded(ChannelEnd.BAD_FRAME);
  }

  /** Whether the gateway has read for half a second no more than before. */
  private boolean isSteady() {
    long before = relay.gateway.counters().bytesReceived();
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(500));
    return relay.gateway.counters().bytesReceived() == before && before > 1000;
  }

  /** The far side stops in the middle of a message of the channel: what is left of it waits. */
  @Test
  void aBackendThatStopsInTheMiddleOfAMessageLosesNothing() throws ChannelException {
    RawClient client = open();
    ServerWebSocket atBackend = Awaiting.next(backend.accepted);
    Awaiting.nothing(atBackend.pause());
    int messages = 400;
    Frame[] burst = new Frame[60];
    for (int i = 0; i < messages; i++) {
      for (int j = 0; j < burst.length; j++) {
        burst[j] = text(i + " " + j + " ".repeat(1000));
      }
      client.send(client.seal(burst));
    }
    Awaiting.until(this::isSteady);
    assertThat(relay.gateway.counters().bytesReceived()).isLessThan(messages * 60_000L);
    Awaiting.nothing(atBackend.resume());

    for (int i = 0; i < messages; i++) {
      for (int j = 0; j < burst.length; j++) {
        assertThat(client.next().payload()).asString().startsWith(i + " " + j + " ");
      }
    }
  }

  /** A backend that answers the upgrade, and writes these bytes at once when it hears anything. */
  private URI backendThatSays(byte[] answer, BlockingQueue<NetSocket> connections) {
    NetServer server =
        Awaiting.result(
            vertx
                .createNetServer()
                .connectHandler(
                    socket -> {
                      connections.add(socket);
                      Awaiting.nothing(socket.handler(bytes -> reply(socket, bytes, answer)));
                    })
                .listen(0, "127.0.0.1"));
    return URI.create("ws://127.0.0.1:" + server.actualPort() + "/");
  }

  private static void reply(NetSocket socket, Buffer bytes, byte[] answer) {
    Matcher request = KEY.matcher(bytes.toString(StandardCharsets.ISO_8859_1));
    Buffer out = Buffer.buffer(answer);
    if (request.find()) {
      String head =
          "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
              + "Sec-WebSocket-Accept: %s\r\n\r\n".formatted(Upgrade.answer(request.group(1)));
      out = Buffer.buffer(head);
    }
    Awaiting.nothing(socket.write(out));
  }

  /** A client that has asked this backend something through a gateway. */
  private RawClient whoAsked(URI backend) throws ChannelException {
    TestRelay burst =
        new TestRelay(
            vertx, SecretKey.generate(TestRelay.RANDOM), backend, GatewayLimits.defaults());
    RawClient client = connect(burst);
    client.open();
    client.send(client.seal(text("ask")));
    return client;
  }

  @Test
  void whatABackendSaysTogetherIsSealedTogether() throws ChannelException {
    WebSocketEncoder encoder = WebSocketEncoder.of(WebSocketSide.SERVER, TestRelay.RANDOM);
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    for (int i = 0; i < 20; i++) {
      answer.writeBytes(encoder.encode(text("answer " + i)));
    }
    answer.writeBytes(encoder.encode(Frame.close(new CloseStatus(4000, "enough"))));
    BlockingQueue<NetSocket> connections = new LinkedBlockingQueue<>();
    RawClient client = whoAsked(backendThatSays(answer.toByteArray(), connections));

    List<Frame> together = client.session.session().open(Awaiting.next(client.messages));
    assertThat(together).hasSizeGreaterThan(1);
    List<Frame> all = new ArrayList<>(together);
    while (all.size() < 21) {
      all.addAll(client.session.session().open(Awaiting.next(client.messages)));
    }
    for (int i = 0; i < 20; i++) {
      assertThat(all.get(i).payload()).asString().isEqualTo("answer " + i);
    }
    assertThat(CloseStatus.decode(all.get(20).payload()).code()).isEqualTo(4000);
    assertThat(connections).hasSize(1);
  }

  /** A message that is longer than one batch, small ones before and behind it. */
  @Test
  void longAndShortMessagesOfABackendKeepTheirOrder() throws ChannelException {
    WebSocketEncoder encoder = WebSocketEncoder.of(WebSocketSide.SERVER, TestRelay.RANDOM);
    ByteArrayOutputStream answer = new ByteArrayOutputStream();
    int[] lengths = {0, 1, 125, 126, 16_363, 16_364, 16_365, 3, 40_000, 65_535, 65_536, 2, 200_000};
    for (int length : lengths) {
      answer.writeBytes(encoder.encode(new Frame(Opcode.BINARY, true, new byte[length])));
    }
    BlockingQueue<NetSocket> connections = new LinkedBlockingQueue<>();
    RawClient client = whoAsked(backendThatSays(answer.toByteArray(), connections));

    for (int length : lengths) {
      assertThat(client.nextMessage()).hasSize(length);
    }
    assertThat(connections).hasSize(1);
  }

  /** What a client sent before it went is delivered, although the gateway dials meanwhile. */
  @Test
  void whatCameTogetherWithTheHeadOutlivesItsClient() throws ChannelException {
    Vertx epoll = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    BlockingQueue<NetSocket> dialled = new LinkedBlockingQueue<>();
    BlockingQueue<Buffer> requests = new LinkedBlockingQueue<>();
    NetServer slow =
        Awaiting.result(
            vertx
                .createNetServer()
                .connectHandler(
                    socket -> {
                      Awaiting.nothing(socket.handler(requests::add));
                      dialled.add(socket);
                    })
                .listen(0, "127.0.0.1"));
    TestRelay far =
        new TestRelay(
            epoll,
            SecretKey.generate(TestRelay.RANDOM),
            URI.create("ws://127.0.0.1:" + slow.actualPort() + "/"),
            GatewayLimits.defaults());
    HostileLine line = new HostileLine(vertx, far.gateway.port());
    RawClient client = Awaiting.result(RawClient.connect(vertx, line.port(), far.publicKey));
    client.shakeHands();
    Frame head = HeadJson.encode(RequestHead.webSocket("/", List.of()));
    client.send(client.seal(head, text("early"), text("bird")));
    NetSocket backendSide = Awaiting.next(dialled);
    Buffer request = Awaiting.next(requests);

    Awaiting.next(line.connections).cut();
    if (epoll.isNativeTransportEnabled()) {
      // The other transport does not see the end while it does not read.
      Awaiting.until(() -> far.gateway.connections() == 0);
    }
    reply(backendSide, request, new byte[0]);

    WebSocketDecoder decoder = new WebSocketDecoder(true, 1000, 1000);
    List<String> heard = new ArrayList<>();
    while (heard.size() < 3) {
      decoder.append(Awaiting.next(requests).getBytes());
      for (var next = decoder.next(); next.isPresent(); next = decoder.next()) {
        heard.add(new String(next.get().payload(), StandardCharsets.UTF_8));
      }
    }
    assertThat(heard.subList(0, 2)).containsExactly("early", "bird");
    assertThat(heard.get(2)).endsWith("the far side was cut off");
    Awaiting.done(epoll.close());
  }
}
