package dev.wsn.resolver.http;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Closes connections over the limit, and those on which no complete request head came in time since
 * they opened or since the last response: a client that sends one byte a minute holds nothing.
 * Confined to the server's event loop.
 */
final class ConnectionGuard {
  private static final class Waiting {
    private int requests;
    private long timer;
  }

  private final Vertx vertx;
  private final int maxConnections;
  private final Duration patience;
  private final Map<HttpConnection, Waiting> open = new HashMap<>();

  ConnectionGuard(Vertx vertx, int maxConnections, Duration patience) {
    this.vertx = vertx;
    this.maxConnections = maxConnections;
    this.patience = patience;
  }

  void opened(HttpConnection connection) {
    if (open.size() >= maxConnections) {
      close(connection);
      return;
    }
    Waiting waiting = new Waiting();
    open.put(connection, waiting);
    arm(connection, waiting);
    var unused =
        connection.closeHandler(
            closed -> {
              open.remove(connection);
              disarm(waiting);
            });
  }

  void began(RoutingContext ctx) {
    HttpConnection connection = ctx.request().connection();
    Waiting waiting = open.get(connection);
    if (waiting == null) {
      close(connection);
      return;
    }
    disarm(waiting);
    waiting.requests++;
    ctx.addEndHandler(
        ended -> {
          waiting.requests--;
          if (waiting.requests == 0 && open.containsKey(connection)) {
            arm(connection, waiting);
          }
        });
    ctx.next();
  }

  private void arm(HttpConnection connection, Waiting waiting) {
    waiting.timer = vertx.setTimer(patience.toMillis(), fired -> close(connection));
  }

  private void disarm(Waiting waiting) {
    boolean unused = vertx.cancelTimer(waiting.timer);
  }

  private static void close(HttpConnection connection) {
    // One that is already closed is what was wanted.
    Future<Void> unused = connection.close();
  }
}
