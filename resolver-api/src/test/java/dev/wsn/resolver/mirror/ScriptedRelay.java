package dev.wsn.resolver.mirror;

import dev.wsn.record.NostrEvent;
import dev.wsn.resolver.EventJson;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.ServerWebSocket;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** A relay on the loopback interface that says what a test wants, true or not. */
final class ScriptedRelay implements AutoCloseable {
  private final Queue<JsonArray> heard = new ConcurrentLinkedQueue<>();
  private final HttpServer server;
  private final boolean isSecure;

  /** Listens at a port, 0 for any. */
  ScriptedRelay(
      Vertx vertx,
      HttpServerOptions options,
      int port,
      BiConsumer<ServerWebSocket, JsonArray> answer) {
    this.isSecure = options.isSsl();
    this.server =
        vertx
            .createHttpServer(options)
            .webSocketHandler(
                socket -> {
                  var unused =
                      socket.textMessageHandler(
                          text -> {
                            JsonArray message = new JsonArray(text);
                            heard.add(message);
                            answer.accept(socket, message);
                          });
                });
    await(server.listen(port, "127.0.0.1"));
  }

  ScriptedRelay(Vertx vertx, BiConsumer<ServerWebSocket, JsonArray> answer) {
    this(vertx, new HttpServerOptions(), 0, answer);
  }

  static <T> T await(Future<T> future) {
    return future.toCompletionStage().toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }

  static void say(ServerWebSocket socket, Object... elements) {
    sayText(socket, new JsonArray(List.of(elements)).encode());
  }

  static void sayText(ServerWebSocket socket, String text) {
    Future<Void> unused = socket.writeTextMessage(text);
  }

  static JsonObject json(NostrEvent event) {
    return new JsonObject(io.vertx.core.buffer.Buffer.buffer(EventJson.write(event)));
  }

  /** Answers questions with events and EOSE, whatever was asked, and takes every event. */
  static BiConsumer<ServerWebSocket, JsonArray> having(NostrEvent... events) {
    return (socket, message) -> {
      if (message.getString(0).equals("REQ")) {
        for (NostrEvent event : events) {
          say(socket, "EVENT", message.getString(1), json(event));
        }
        say(socket, "EOSE", message.getString(1));
      } else if (message.getString(0).equals("EVENT")) {
        say(socket, "OK", message.getJsonObject(1).getString("id"), true, "");
      }
    };
  }

  int port() {
    return server.actualPort();
  }

  MirrorAddress address() {
    String scheme = isSecure ? "wss" : "ws";
    return MirrorAddress.parse(scheme + "://127.0.0.1:" + port()).orElseThrow();
  }

  /** Messages of this verb so far. */
  List<JsonArray> heard(String verb) {
    return heard.stream().filter(each -> each.getString(0).equals(verb)).toList();
  }

  @Override
  public void close() {
    await(server.close());
  }
}
