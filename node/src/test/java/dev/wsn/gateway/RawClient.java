package dev.wsn.gateway;

import dev.wsn.crypto.PublicKey;
import dev.wsn.gateway.channel.ChannelException;
import dev.wsn.gateway.channel.ChannelProtocol;
import dev.wsn.gateway.channel.ClientSession;
import dev.wsn.gateway.channel.Frame;
import dev.wsn.gateway.channel.HeadJson;
import dev.wsn.gateway.channel.RequestHead;
import dev.wsn.gateway.channel.ResponseHead;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.WebSocket;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import io.vertx.core.http.WebSocketConnectOptions;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** A client of the gateway in the hands of the test: every message can be changed on its way. */
final class RawClient {
  /** Kept, because Vert.x closes the sockets of a client that nobody refers to. */
  final WebSocketClient client;

  final WebSocket socket;
  final ClientSession session;
  final BlockingQueue<byte[]> messages = new LinkedBlockingQueue<>();
  final BlockingQueue<String> closes = new LinkedBlockingQueue<>();
  private final Queue<Frame> opened = new ArrayDeque<>();

  private RawClient(WebSocketClient client, WebSocket socket, ClientSession session) {
    this.client = client;
    this.socket = socket;
    this.session = session;
    WebSocket unused =
        socket
            .binaryMessageHandler(message -> messages.add(message.getBytes()))
            .closeHandler(
                closed -> closes.add(socket.closeStatusCode() + " " + socket.closeReason()));
  }

  static Future<RawClient> connect(Vertx vertx, int port, PublicKey key) {
    return connect(
        vertx, port, ClientSession.anonymous(TestRelay.CURVE, key, TestRelay.RANDOM, 16 << 20));
  }

  static Future<RawClient> connect(Vertx vertx, int port, ClientSession session) {
    WebSocketClient client =
        vertx.createWebSocketClient(
            new WebSocketClientOptions()
                .setMaxFrameSize(1 << 20)
                .setClosingTimeout(1)
                .setReceiveBufferSize(1 << 16)
                .setSendBufferSize(1 << 16));
    WebSocketConnectOptions options =
        new WebSocketConnectOptions()
            .setHost("127.0.0.1")
            .setPort(port)
            .setURI("/")
            .addSubProtocol(ChannelProtocol.NAME);
    return Awaiting.onLoop(
        vertx, () -> client.connect(options).map(socket -> new RawClient(client, socket, session)));
  }

  void send(byte[] message) {
    Future<Void> unused = socket.writeBinaryMessage(Buffer.buffer(message));
  }

  void shakeHands() throws ChannelException {
    send(session.hello());
    session.finish(Awaiting.next(messages));
  }

  ResponseHead ask(RequestHead head) throws ChannelException {
    send(seal(HeadJson.encode(head)));
    return HeadJson.decodeResponse(next());
  }

  /** A channel whose backend has answered. */
  void open() throws ChannelException {
    shakeHands();
    if (!ask(RequestHead.webSocket("/", List.of())).isSwitched()) {
      throw new AssertionError("the gateway did not open the channel");
    }
  }

  byte[] seal(Frame... frames) {
    return session.session().seal(frames);
  }

  /** The payloads of one message, joined. */
  byte[] nextMessage() throws ChannelException {
    ByteArrayOutputStream message = new ByteArrayOutputStream();
    Frame frame;
    do {
      frame = next();
      frame.writeTo(message::write);
    } while (!frame.isFinal());
    return message.toByteArray();
  }

  Frame next() throws ChannelException {
    if (opened.isEmpty()) {
      opened.addAll(session.session().open(Awaiting.next(messages)));
    }
    return opened.remove();
  }
}
