package dev.wsn.resolver.http;

import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import dev.wsn.resolver.ListenException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import java.net.BindException;
import java.net.SocketException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * An HTTP/1.1 server of a router, with limits on everything a stranger sends: request line,
 * headers, connections, and how long they may be silent. All handlers run on one event loop. Start
 * it once.
 */
public final class ResolverServer {
  /** Longest request line; an nprofile has up to 5000 characters. */
  static final int MAX_REQUEST_LINE = 8192;

  /** Most bytes of headers. */
  static final int MAX_HEADER_BYTES = 8192;

  private static final int MAX_CHUNK_BYTES = 8192;
  private static final Pattern BROKEN_ENCODING = Pattern.compile("%(?![0-9A-Fa-f]{2})");

  /**
   * The limits that operators may choose.
   *
   * @param maxConnections open at one time; more are closed as they come
   * @param patience how long a connection may go without a complete request head
   * @param idle how long a connection may go without a byte while a response is due; longer than
   *     any answer takes
   */
  public record Options(int maxConnections, Duration patience, Duration idle) {
    /** What a resolver uses unless told otherwise: 1024 connections, 30 s, 60 s. */
    public static Options defaults() {
      return new Options(1024, Duration.ofSeconds(30), Duration.ofSeconds(60));
    }
  }

  private final HttpServer server;

  /**
   * A server that is not started.
   *
   * @param router answers every request, errors included
   */
  public ResolverServer(Vertx vertx, Router router, Options options) {
    ConnectionGuard guard =
        new ConnectionGuard(vertx, options.maxConnections(), options.patience());
    Router root = Router.router(vertx);
    root.route().handler(guard::began);
    root.route("/*").subRouter(router);
    this.server =
        vertx
            .createHttpServer(httpOptions(options))
            .connectionHandler(guard::opened)
            .invalidRequestHandler(ResolverServer::refuseInvalid)
            .requestHandler(request -> route(request, root));
  }

  private static HttpServerOptions httpOptions(Options options) {
    return new HttpServerOptions()
        .setMaxInitialLineLength(MAX_REQUEST_LINE)
        .setMaxHeaderSize(MAX_HEADER_BYTES)
        .setMaxChunkSize(MAX_CHUNK_BYTES)
        .setHttp2ClearTextEnabled(false)
        .setHandle100ContinueAutomatically(false)
        .setIdleTimeoutUnit(TimeUnit.MILLISECONDS)
        .setIdleTimeout(Math.toIntExact(options.idle().toMillis()));
  }

  /**
   * Starts listening.
   *
   * @param address a literal of this machine
   * @param port 1..65535, or 0 for any that is free
   * @return where it listens; fails with {@link ListenException}
   */
  public Future<IpPort> start(IpAddress address, int port) {
    return server
        .listen(SocketAddress.inetSocketAddress(port, address.toString()))
        .map(listening -> new IpPort(address, listening.actualPort()))
        .recover(failure -> Future.failedFuture(explain(failure, address, port)));
  }

  /** Stops listening and closes every connection. */
  public Future<Void> stop() {
    return server.close();
  }

  private static Throwable explain(Throwable failure, IpAddress address, int port) {
    String where = "port " + port + " on " + address;
    String said = String.valueOf(failure.getMessage());
    if (failure instanceof BindException && said.contains("in use")) {
      return new ListenException(
          where + " is in use: another program, perhaps another wsn, listens there", failure);
    }
    if (failure instanceof BindException && said.contains("assign")) {
      return new ListenException(address + " is no address of this machine", failure);
    }
    if (failure instanceof SocketException && said.contains("ermission")) {
      return new ListenException("listening at " + where + " is not permitted", failure);
    }
    if (failure instanceof SocketException || failure instanceof UnresolvedAddressException) {
      return new ListenException("cannot listen at " + where + ": " + said, failure);
    }
    return failure;
  }

  private static void route(HttpServerRequest request, Router root) {
    // Vert.x Web takes a path that it cannot decode for a bug of ours.
    if (BROKEN_ENCODING.matcher(request.uri()).find()) {
      refuseInvalid(request);
    } else {
      root.handle(request);
    }
  }

  private static void refuseInvalid(HttpServerRequest request) {
    // The type behind decoderResult is Netty's, which this package may not use; its text names the
    // cause.
    String cause = String.valueOf(request.decoderResult());
    Problem problem = Problems.MALFORMED_REQUEST;
    if (cause.contains("TooLongHttpLine")) {
      problem = Problems.URI_TOO_LONG;
    } else if (cause.contains("TooLongHttpHeader")) {
      problem = Problems.HEADERS_TOO_LARGE;
    }
    // The header alone would leave the connection open.
    Future<Void> unused =
        Reply.of(problem)
            .with("Connection", "close")
            .send(request)
            .eventually(() -> request.connection().close());
  }
}
