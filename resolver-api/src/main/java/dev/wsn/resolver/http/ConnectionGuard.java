package dev.wsn.resolver.http;

import dev.wsn.record.IpAddress;
import dev.wsn.resolver.quota.Concurrency;
import dev.wsn.resolver.quota.Limit;
import dev.wsn.resolver.quota.LimitCounters;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;

/**
 * Closes connections over the limits, and those on which no complete request head came in time
 * since they opened or since the last response: a client that sends one byte a minute holds
 * nothing. Confined to the server's event loop.
 */
final class ConnectionGuard {
  /** Patience is measured in this many sweeps, so that a request costs no timer. */
  private static final int SWEEPS = 10;

  private static final IpAddress UNKNOWN = IpAddress.of(new byte[4]);

  private static final class Visitor {
    private final IpAddress peer;
    private int requests;
    private int idleSweeps;

    Visitor(IpAddress peer) {
      this.peer = peer;
    }
  }

  private final Vertx vertx;
  private final Duration patience;
  private final Concurrency connections;
  private final LimitCounters limits;
  private final Map<HttpConnection, Visitor> open = new HashMap<>();
  private long timer = -1;

  /**
   * Guards a server that is not started.
   *
   * @param limits counts the connections that are closed
   */
  ConnectionGuard(
      Vertx vertx,
      Duration patience,
      int maxConnections,
      int maxOfOneClient,
      LimitCounters limits) {
    this.vertx = vertx;
    this.patience = patience;
    this.limits = limits;
    this.connections =
        new Concurrency(
            maxConnections, maxOfOneClient, limits, Limit.CONNECTIONS, Limit.CONNECTIONS_OF_CLIENT);
  }

  /** Begins to sweep; on the event loop of the server. */
  private void start() {
    timer = vertx.setPeriodic(Math.max(1, patience.toMillis() / SWEEPS), tick -> sweep());
  }

  void stop() {
    boolean unused = timer >= 0 && vertx.cancelTimer(timer);
  }

  void opened(HttpConnection connection) {
    if (timer < 0) {
      start();
    }
    // A client that resets its connection is no error of ours; what is held ends in closeHandler.
    var ignored = connection.exceptionHandler(broken -> {});
    IpAddress peer = peer(connection.remoteAddress());
    if (!connections.enter(peer)) {
      close(connection);
      return;
    }
    open.put(connection, new Visitor(peer));
    var unused =
        connection.closeHandler(
            closed -> {
              if (open.remove(connection) != null) {
                connections.leave(peer);
              }
            });
  }

  private static IpAddress peer(SocketAddress address) {
    return IpAddress.parse(String.valueOf(address.hostAddress())).orElse(UNKNOWN);
  }

  /** A request came. */
  void began(RoutingContext ctx) {
    Visitor visitor = open.get(ctx.request().connection());
    if (visitor == null) {
      close(ctx.request().connection());
      return;
    }
    visitor.requests++;
    var unused =
        ctx.addEndHandler(
            ended -> {
              visitor.requests--;
              visitor.idleSweeps = 0;
            });
    ctx.next();
  }

  /** Who connected. */
  IpAddress peer(HttpServerRequest request) {
    Visitor visitor = open.get(request.connection());
    return visitor == null ? UNKNOWN : visitor.peer;
  }

  private void sweep() {
    for (Map.Entry<HttpConnection, Visitor> each : Map.copyOf(open).entrySet()) {
      Visitor visitor = each.getValue();
      if (visitor.requests == 0 && ++visitor.idleSweeps > SWEEPS) {
        if (visitor.idleSweeps == SWEEPS + 1) {
          limits.reached(Limit.IDLE_CONNECTIONS);
        }
        close(each.getKey());
      }
    }
  }

  private static void close(HttpConnection connection) {
    // One that is already closed is what was wanted.
    Future<Void> unused = connection.close();
  }
}
