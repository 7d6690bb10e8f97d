package dev.wsn.gateway;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.http.WebSocketFrame;
import io.vertx.core.http.WebSocketFrameType;
import java.net.URI;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * A WebSocket server that we did not write: that of Vert.x. Sends every message back; {@code close
 * <code> <reason>} makes it close.
 */
final class TestBackend implements AutoCloseable {
  static final int MAX_FRAME = 4 << 20;

  final BlockingQueue<ServerWebSocket> accepted = new LinkedBlockingQueue<>();
  final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
  final BlockingQueue<String> closes = new LinkedBlockingQueue<>();
  final BlockingQueue<Buffer> pings = new LinkedBlockingQueue<>();
  final BlockingQueue<Buffer> pongs = new LinkedBlockingQueue<>();
  private final HttpServer server;

  TestBackend(Vertx vertx, String... protocols) {
    server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setHost("127.0.0.1")
                    .setPort(0)
                    .setWebSocketClosingTimeout(1)
                    .setReceiveBufferSize(1 << 16)
                    .setSendBufferSize(1 << 16)
                    .setMaxWebSocketFrameSize(MAX_FRAME)
                    .setMaxWebSocketMessageSize(MAX_FRAME)
                    .setWebSocketSubProtocols(List.of(protocols)))
            .webSocketHandshakeHandler(
                handshake -> {
                  Future<?> unused =
                      handshake.path().startsWith("/forbidden")
                          ? handshake.reject(403)
                          : handshake.accept();
                })
            .webSocketHandler(this::serve);
    HttpServer unused = Awaiting.result(server.listen());
  }

  private void serve(ServerWebSocket socket) {
    accepted.add(socket);
    ServerWebSocket unused =
        (ServerWebSocket)
            socket
                .frameHandler(this::control)
                .closeHandler(
                    closed -> closes.add(socket.closeStatusCode() + " " + socket.closeReason()))
                .binaryMessageHandler(message -> echo(socket, message))
                .textMessageHandler(text -> answer(socket, text));
  }

  private static void echo(ServerWebSocket socket, Buffer message) {
    Future<?> unused = socket.writeBinaryMessage(message);
  }

  private void control(WebSocketFrame frame) {
    if (frame.isPing()) {
      pings.add(frame.binaryData().copy());
    } else if (frame.type() == WebSocketFrameType.PONG) {
      pongs.add(frame.binaryData().copy());
    }
  }

  private void answer(ServerWebSocket socket, String text) {
    texts.add(text);
    Future<?> unused;
    if (text.startsWith("close ")) {
      String[] parts = text.split(" ", 3);
      unused = socket.close(Short.parseShort(parts[1]), parts[2]);
    } else {
      unused = socket.writeTextMessage(text);
    }
  }

  URI uri() {
    return URI.create("ws://127.0.0.1:" + server.actualPort() + "/base");
  }

  @Override
  public void close() {
    Awaiting.done(server.close());
  }
}
