package dev.wsn.gateway;

import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.gateway.channel.ChannelProtocol;
import dev.wsn.gateway.channel.RequestHead;
import dev.wsn.gateway.channel.WebSocketSide;
import dev.wsn.resolver.Resolver;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.NetSocket;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The event loop of a {@link LocalProxy}. */
final class LocalProxyVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(LocalProxyVerticle.class);
  private static final long STOP_MILLIS = 3_000;

  private final Resolver resolver;
  private final Secp256k1 curve;
  private final LocalProxyOptions options;
  private final InstantSource clock;
  private final LongSupplier monotonic;
  private final SecureRandom random;
  private final Set<Pipe> pipes = new LinkedHashSet<>();
  private final AtomicInteger open = new AtomicInteger();
  private final Map<HttpConnection, Runnable> visitors = new HashMap<>();
  private Optional<HttpServer> server = Optional.empty();
  private Optional<Dialer> dialer = Optional.empty();
  private Optional<KeyDialer> keys = Optional.empty();
  private Optional<Promise<Void>> emptied = Optional.empty();

  LocalProxyVerticle(
      Resolver resolver,
      Secp256k1 curve,
      LocalProxyOptions options,
      InstantSource clock,
      LongSupplier monotonic,
      SecureRandom random) {
    this.resolver = resolver;
    this.curve = curve;
    this.options = options;
    this.clock = clock;
    this.monotonic = monotonic;
    this.random = random;
  }

  @Override
  public Future<?> start() {
    Dialer carriers =
        new Dialer(vertx, options.carrierPurpose(), options.endpointTimeout(), monotonic, random);
    EndpointDialer endpoints =
        new EndpointDialer(
            vertx, carriers, curve, random, options.endpointTimeout(), options.maxMessageBytes());
    HttpServer http =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setHost(options.listenAddress().toString())
                    .setPort(options.listenPort())
                    .setHttp2ClearTextEnabled(false)
                    .setPerMessageWebSocketCompressionSupported(false)
                    .setPerFrameWebSocketCompressionSupported(false))
            .connectionHandler(this::visit)
            .requestHandler(this::serve);
    dialer = Optional.of(carriers);
    keys = Optional.of(new KeyDialer(resolver, endpoints, options.isLocal(), clock, context));
    server = Optional.of(http);
    return http.listen();
  }

  int port() {
    return server.map(HttpServer::actualPort).orElse(0);
  }

  int openWebSockets() {
    return open.get();
  }

  private void visit(HttpConnection connection) {
    if (visitors.size() + open.get() >= options.maxConnections() || emptied.isPresent()) {
      Future<Void> unused = connection.close();
      return;
    }
    visitors.put(connection, () -> {});
    HttpConnection unused = connection.closeHandler(closed -> leave(connection).run());
  }

  /** Forgets a connection; the result is what to do if it left before it was answered. */
  private Runnable leave(HttpConnection connection) {
    Runnable whenGone = visitors.remove(connection);
    return whenGone == null ? () -> {} : whenGone;
  }

  private void serve(HttpServerRequest request) {
    String path = request.path() == null ? "/" : request.path();
    if (!Browsers.isOwnHost(request)) {
      answer(request, 403, "host-not-allowed", "This proxy is only for this machine.", List.of());
    } else if (!Browsers.isAllowed(request, options.allowedOrigins())) {
      String detail = "Web pages of other machines may not use this proxy unless it allows them.";
      answer(request, 403, "origin-not-allowed", detail, List.of());
    } else if (path.equals("/")) {
      servePage(request);
    } else if (!UpgradeRequest.isWebSocket(request)) {
      HttpServerResponse unused = request.response().putHeader("Upgrade", "websocket");
      String detail = "This address is for WebSockets: ws://127.0.0.1:" + port() + "/<npub>.";
      answer(request, 426, "upgrade-required", detail, List.of());
    } else {
      UpgradeRequest.read(request)
          .ifPresentOrElse(
              this::connect,
              () -> answer(request, 400, "malformed-request", "not WebSocket 13", List.of()));
    }
  }

  private void connect(UpgradeRequest upgrade) {
    String target = upgrade.request().uri();
    int end = endOfKey(target);
    String path = end == target.length() ? "/" : target.substring(end);
    path = path.startsWith("?") ? "/" + path : path;
    PublicKey key;
    try {
      key = Nip19.parsePublicKey(target.substring(1, end));
    } catch (MalformedKeyException malformed) {
      String detail = "After the first slash comes a key: " + malformed.getMessage();
      answer(upgrade.request(), 400, "malformed-key", detail, List.of());
      return;
    }
    if (!RequestHead.isPath(path)) {
      String detail = "The path after the key has a dot segment or a character that may not be.";
      answer(upgrade.request(), 400, "malformed-request", detail, List.of());
      return;
    }
    connect(upgrade, key, RequestHead.webSocket(path, upgrade.protocols()));
  }

  private static int endOfKey(String target) {
    int end = 1;
    while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
      end++;
    }
    return end;
  }

  private void connect(UpgradeRequest upgrade, PublicKey key, RequestHead head) {
    Promise<EndpointDialer.Channel> promise = Promise.promise();
    Alarm alarm = new Alarm(vertx);
    alarm.set(
        options.overallTimeout().toMillis(),
        () -> fail(promise, ConnectFailure.of(ConnectFailure.Kind.TIMEOUT, "It took too long.")));
    HttpConnection connection = upgrade.request().connection();
    if (visitors.containsKey(connection)) {
      visitors.put(connection, () -> fail(promise, new CancellationException()));
    }
    Future<EndpointDialer.Channel> unused =
        keys.orElseThrow()
            .connect(key, head)
            .onFailure(cause -> fail(promise, cause))
            .onSuccess(
                channel -> {
                  if (!promise.tryComplete(channel)) {
                    channel.socket().abort(ChannelEnd.STOPPED);
                  }
                });
    accept(upgrade, promise.future().onComplete(done -> alarm.cancel()));
  }

  private static void fail(Promise<?> promise, Throwable cause) {
    boolean unused = promise.tryFail(cause);
  }

  private void accept(UpgradeRequest upgrade, Future<EndpointDialer.Channel> connected) {
    Future<EndpointDialer.Channel> unused =
        connected
            .onSuccess(channel -> accept(upgrade, channel))
            .onFailure(cause -> refuse(upgrade.request(), cause));
  }

  private void accept(UpgradeRequest upgrade, EndpointDialer.Channel channel) {
    visitors.remove(upgrade.request().connection());
    Future<NetSocket> unused =
        upgrade
            .accept(channel.answer().protocol())
            .onSuccess(socket -> join(socket, channel.socket()))
            .onFailure(gone -> channel.socket().abort(ChannelEnd.STOPPED));
  }

  private void join(NetSocket socket, ChannelSocket channel) {
    FrameSocket app =
        new FrameSocket(
            vertx,
            socket,
            WebSocketSide.SERVER,
            FrameSocket.Use.PIPED,
            ChannelProtocol.MAX_PAYLOAD_BYTES,
            options.maxMessageBytes(),
            options.appTiming(),
            monotonic,
            random);
    open.incrementAndGet();
    Pipe[] pipe = new Pipe[1];
    pipe[0] =
        Pipe.join(
            app,
            channel,
            end -> {
              LOG.debug("channel ended: {}", end);
              open.decrementAndGet();
              pipes.remove(pipe[0]);
              if (pipes.isEmpty()) {
                emptied.ifPresent(LocalProxyVerticle::complete);
              }
            });
    pipes.add(pipe[0]);
  }

  private static void refuse(HttpServerRequest request, Throwable cause) {
    if (cause instanceof ConnectFailure failure) {
      if (failure.kind() == ConnectFailure.Kind.RESOLVER_UNREACHABLE) {
        HttpServerResponse unused = request.response().putHeader("Retry-After", "5");
      }
      answer(request, failure.status(), failure.kind().type(), failure.detail(), failure.tried());
    } else if (!(cause instanceof CancellationException)) {
      LOG.error("connecting failed in a way that it should not", cause);
      answer(request, 500, "internal-error", "This is a bug of the proxy.", List.of());
    }
  }

  private static void answer(
      HttpServerRequest request,
      int status,
      String type,
      String detail,
      List<ConnectFailure.Tried> tried) {
    JsonObject problem =
        new JsonObject()
            .put("type", "/problems/" + type)
            .put("title", type.replace('-', ' '))
            .put("status", status)
            .put("detail", detail);
    if (!tried.isEmpty()) {
      JsonArray list = new JsonArray();
      for (ConnectFailure.Tried one : tried) {
        list =
            list.add(new JsonObject().put("endpoint", one.endpoint()).put("reason", one.reason()));
      }
      problem = problem.put("tried", list);
    }
    end(request.response().setStatusCode(status), "application/problem+json", problem.encode());
  }

  private static void end(HttpServerResponse response, String type, String body) {
    Future<Void> unused =
        response
            .putHeader("Content-Type", type)
            .putHeader("X-Content-Type-Options", "nosniff")
            .putHeader("Connection", "close")
            .end(body);
  }

  private void servePage(HttpServerRequest request) {
    String page =
        """
        This is the local proxy of wsn. Give a Nostr app the relay address

          ws://127.0.0.1:%d/<npub of the relay>

        and it reaches that relay by its key, encrypted, wherever it is now.
        """;
    end(request.response(), "text/plain; charset=utf-8", page.formatted(port()));
  }

  private static void complete(Promise<Void> promise) {
    boolean unused = promise.tryComplete();
  }

  @Override
  public Future<?> stop() {
    Promise<Void> empty = Promise.promise();
    emptied = Optional.of(empty);
    List.copyOf(pipes).forEach(Pipe::stop);
    if (pipes.isEmpty()) {
      complete(empty);
    }
    Alarm patience = new Alarm(vertx);
    patience.set(STOP_MILLIS, () -> complete(empty));
    return empty
        .future()
        .onComplete(done -> patience.cancel())
        .compose(done -> server.map(HttpServer::close).orElse(Future.succeededFuture()))
        .eventually(() -> dialer.map(Dialer::close).orElse(Future.succeededFuture()));
  }
}
