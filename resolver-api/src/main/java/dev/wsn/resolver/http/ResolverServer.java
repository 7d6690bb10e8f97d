package dev.wsn.resolver.http;

import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import dev.wsn.resolver.ListenException;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.ext.web.Router;
import java.io.IOException;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;

/**
 * An HTTP/1.1 server, with TLS also an HTTP/2 one, with limits on everything a stranger sends:
 * request line, headers, connections, streams, and how long they may be silent. All handlers run on
 * one event loop. Start it once.
 */
public final class ResolverServer {
  /** Longest request line; an nprofile has up to 5000 characters. */
  static final int MAX_REQUEST_LINE = 8192;

  /** Most bytes of headers. */
  static final int MAX_HEADER_BYTES = 8192;

  /** Longest WebSocket message. */
  public static final int MAX_MESSAGE_BYTES = 64 * 1024;

  private static final int MAX_CHUNK_BYTES = 8192;
  private static final int MAX_STREAMS = 100;
  private static final long TICK_MILLIS = 1_000;
  private static final int COMPRESSED_FROM_BYTES = 512;
  private static final long STOP_SECONDS = 3;
  private static final Pattern BROKEN_ENCODING = Pattern.compile("%(?![0-9A-Fa-f]{2})");

  /**
   * The limits that operators may choose.
   *
   * @param maxConnections open at one time; more are closed as they come
   * @param maxOfOneClient open at one time from one IPv4 address or IPv6 /64
   * @param patience how long a connection may go without a complete request head
   * @param idle how long a connection may go without a byte while a response is due; longer than
   *     any answer takes
   * @param certificate the chain and key for TLS, which then also offers HTTP/2; without them it is
   *     HTTP/1.1 in the clear
   */
  public record Options(
      int maxConnections,
      int maxOfOneClient,
      Duration patience,
      Duration idle,
      Optional<KeyCertOptions> certificate) {
    /** What a resolver uses unless told otherwise: 12,000 connections, 256 of one, 30 s twice. */
    public static Options defaults() {
      return new Options(
          12_000, 256, Duration.ofSeconds(30), Duration.ofSeconds(30), Optional.empty());
    }

    /** The same limits, with this certificate. */
    public Options with(KeyCertOptions shown) {
      return new Options(maxConnections, maxOfOneClient, patience, idle, Optional.of(shown));
    }
  }

  /** How long a TLS handshake may take. */
  private static final int HANDSHAKE_SECONDS = 10;

  private final Vertx vertx;
  private final ResolverRoutes routes;
  private final ConnectionGuard guard;
  private final Router router;
  private final HttpServer server;
  private long ticking = -1;

  /**
   * A server that is not started.
   *
   * @param routes answer every request, errors included
   */
  public ResolverServer(Vertx vertx, ResolverRoutes routes, Options options) {
    this.vertx = vertx;
    this.routes = routes;
    this.guard =
        new ConnectionGuard(
            vertx,
            options.patience(),
            options.maxConnections(),
            options.maxOfOneClient(),
            routes.limits());
    this.router = routes.router(guard);
    this.server =
        vertx
            .createHttpServer(httpOptions(options))
            .connectionHandler(guard::opened)
            .invalidRequestHandler(ResolverServer::refuseInvalid)
            .requestHandler(request -> route(request, router));
  }

  /** The router of this server, for handlers that see every request; before it is started. */
  public Router router() {
    return router;
  }

  private static HttpServerOptions httpOptions(Options options) {
    HttpServerOptions clear = new HttpServerOptions();
    HttpServerOptions http =
        options
            .certificate()
            .map(
                certificate ->
                    clear
                        .setSsl(true)
                        .setUseAlpn(true)
                        .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
                        .setKeyCertOptions(certificate))
            .orElse(clear);
    return http.setMaxInitialLineLength(MAX_REQUEST_LINE)
        .setMaxHeaderSize(MAX_HEADER_BYTES)
        .setMaxChunkSize(MAX_CHUNK_BYTES)
        .setInitialSettings(
            new Http2Settings()
                .setMaxConcurrentStreams(MAX_STREAMS)
                .setMaxHeaderListSize(MAX_HEADER_BYTES)
                .setPushEnabled(false))
        .setCompressionSupported(true)
        .setCompressionContentSizeThreshold(COMPRESSED_FROM_BYTES)
        .setPerMessageWebSocketCompressionSupported(false)
        .setPerFrameWebSocketCompressionSupported(false)
        .setMaxWebSocketFrameSize(MAX_MESSAGE_BYTES)
        .setMaxWebSocketMessageSize(MAX_MESSAGE_BYTES)
        .setStrictThreadMode(true)
        // With it, connections are not seen, and so not bounded, before a request is complete.
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
        .onSuccess(listening -> ticking = vertx.setPeriodic(TICK_MILLIS, tick -> routes.tick()))
        .recover(failure -> Future.failedFuture(explain(failure, address, port)));
  }

  /**
   * Shows another certificate from now on; open connections keep theirs.
   *
   * @return fails if it cannot be used, and then the one before stays
   */
  public Future<Boolean> renew(KeyCertOptions certificate) {
    return server.updateSSLOptions(
        new ServerSSLOptions()
            .setSslHandshakeTimeout(HANDSHAKE_SECONDS)
            .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS)
            .setKeyCertOptions(certificate));
  }

  /** Accepts nobody any more, lets requests under way end for some seconds, closes the rest. */
  public Future<Void> stop() {
    boolean unused = ticking >= 0 && vertx.cancelTimer(ticking);
    guard.stop();
    return server.shutdown(STOP_SECONDS, TimeUnit.SECONDS);
  }

  private static Throwable explain(Throwable failure, IpAddress address, int port) {
    String where = "port " + port + " on " + address;
    String said = String.valueOf(failure.getMessage());
    // Netty's epoll throws an IOException where the JDK throws a BindException.
    if (failure instanceof IOException && said.contains("in use")) {
      return new ListenException(
          where + " is in use: another program, perhaps another wsn, listens there", failure);
    }
    if (failure instanceof IOException && said.contains("assign")) {
      return new ListenException(address + " is no address of this machine", failure);
    }
    if (failure instanceof IOException && said.contains("ermission")) {
      return new ListenException("listening at " + where + " is not permitted", failure);
    }
    if (failure instanceof IOException || failure instanceof UnresolvedAddressException) {
      return new ListenException("cannot listen at " + where + ": " + said, failure);
    }
    return failure;
  }

  private static void route(HttpServerRequest request, Router router) {
    // Vert.x Web takes a path that it cannot decode for a bug of ours.
    if (request.uri().indexOf('%') >= 0 && BROKEN_ENCODING.matcher(request.uri()).find()) {
      refuseInvalid(request);
    } else {
      router.handle(request);
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
