package dev.wsn.gateway;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.gateway.channel.ChannelProtocol;
import dev.wsn.gateway.channel.HeadJson;
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
import io.vertx.core.net.NetSocket;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The event loop of a {@link LocalProxy}. */
final class LocalProxyVerticle extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(LocalProxyVerticle.class);
  private static final long STOP_MILLIS = 3_000;

  private final Resolver resolver;
  private final Secp256k1 curve;
  private final Optional<SecretKey> self;
  private final LocalProxyOptions options;
  private final InstantSource clock;
  private final LongSupplier monotonic;
  private final SecureRandom random;
  private final ProxyStatus status;
  private final Map<ProxyStatus.Open, Runnable> stopping = new LinkedHashMap<>();
  private final AtomicInteger webSockets = new AtomicInteger();
  private final Map<HttpConnection, Runnable> visitors = new HashMap<>();
  private final List<HttpServer> servers = new CopyOnWriteArrayList<>();
  private Optional<HttpServer> server = Optional.empty();
  private Optional<SocksListener> socks = Optional.empty();
  private volatile int socksPort;
  private Optional<Dialer> dialer = Optional.empty();
  private Optional<KeyDialer> keys = Optional.empty();
  private Optional<Promise<Void>> emptied = Optional.empty();

  LocalProxyVerticle(
      Resolver resolver,
      Secp256k1 curve,
      Optional<SecretKey> self,
      LocalProxyOptions options,
      InstantSource clock,
      LongSupplier monotonic,
      SecureRandom random) {
    this.resolver = resolver;
    this.curve = curve;
    this.self = self;
    this.options = options;
    this.clock = clock;
    this.monotonic = monotonic;
    this.random = random;
    this.status = new ProxyStatus(monotonic);
  }

  @Override
  public Future<?> start() {
    Dialer carriers =
        new Dialer(vertx, options::carrierPurpose, options.endpointTimeout(), monotonic, random);
    EndpointDialer endpoints =
        new EndpointDialer(
            vertx,
            carriers,
            curve,
            random,
            self,
            options.endpointTimeout(),
            options.maxMessageBytes());
    dialer = Optional.of(carriers);
    keys =
        Optional.of(new KeyDialer(vertx, resolver, endpoints, options.isLocal(), clock, context));
    Future<?> listening =
        listen(options.listenPort(), Optional.empty())
            .onSuccess(http -> server = Optional.of(http));
    for (LocalProxyOptions.Forward forward : options.forwards()) {
      listening = listening.compose(done -> listen(forward.port(), Optional.of(forward.key())));
    }
    return options.socksPort() < 0 ? listening : listening.compose(done -> listenForSocks());
  }

  private Future<Integer> listenForSocks() {
    String host = options.listenAddress().toString();
    SocksListener listener =
        new SocksListener(vertx, host, options.socksPort(), port(), options.maxConnections());
    socks = Optional.of(listener);
    return listener.start().onSuccess(port -> socksPort = port);
  }

  int socksPort() {
    return socksPort;
  }

  private Future<HttpServer> listen(int port, Optional<PublicKey> forwarded) {
    return vertx
        .createHttpServer(
            new HttpServerOptions()
                .setHost(options.listenAddress().toString())
                .setPort(port)
                .setHttp2ClearTextEnabled(false)
                .setHandle100ContinueAutomatically(true)
                .setPerMessageWebSocketCompressionSupported(false)
                .setPerFrameWebSocketCompressionSupported(false))
        .connectionHandler(this::visit)
        .requestHandler(request -> serve(request, forwarded))
        .listen()
        .onSuccess(servers::add);
  }

  int port() {
    return server.map(HttpServer::actualPort).orElse(0);
  }

  List<Integer> forwardedPorts() {
    return servers.stream().skip(1).map(HttpServer::actualPort).toList();
  }

  int openWebSockets() {
    return webSockets.get();
  }

  private void visit(HttpConnection connection) {
    if (visitors.size() + webSockets.get() >= options.maxConnections() || emptied.isPresent()) {
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

  private void serve(HttpServerRequest request, Optional<PublicKey> forwarded) {
    Optional<PublicKey> fixed = forwarded.or(() -> ProxyTarget.hostKey(request));
    boolean isRoot = fixed.isEmpty() && (request.uri().isEmpty() || request.uri().equals("/"));
    if (!Browsers.isOwnHost(request)) {
      String detail = "This proxy is only for this machine.";
      ProxyAnswers.problem(request, 403, "host-not-allowed", detail);
    } else if (!Browsers.isAllowed(request, options.allowedOrigins())) {
      String detail = "Web pages of other machines may not use this proxy unless it allows them.";
      ProxyAnswers.problem(request, 403, "origin-not-allowed", detail);
    } else if (isRoot) {
      servePage(request);
    } else {
      route(request, fixed);
    }
  }

  private void route(HttpServerRequest request, Optional<PublicKey> fixed) {
    ProxyTarget target;
    try {
      target = ProxyTarget.read(request.uri(), fixed);
    } catch (ProxyTarget.MalformedTargetException malformed) {
      ProxyAnswers.problem(request, 400, malformed.type(), malformed.detail());
      return;
    }
    if (UpgradeRequest.isWebSocket(request)) {
      UpgradeRequest.read(request)
          .ifPresentOrElse(
              upgrade -> connect(upgrade, target),
              () -> ProxyAnswers.problem(request, 400, "malformed-request", "not WebSocket 13"));
    } else {
      exchange(request, target);
    }
  }

  private void exchange(HttpServerRequest request, ProxyTarget target) {
    RequestHead head;
    OptionalLong length;
    try {
      head =
          RequestHead.http(
              request.method().name(), target.path(), HttpFields.passed(request.headers()));
      length = HttpFields.length(request.headers());
    } catch (IllegalArgumentException malformed) {
      ProxyAnswers.problem(
          request, 400, "malformed-request", "This method or header cannot go through a channel.");
      return;
    }
    if (!HeadJson.fits(HeadJson.encode(head))) {
      ProxyAnswers.problem(request, 431, "headers-too-large", "The head is over 16 KiB.");
      return;
    }
    HttpServerRequest paused = request.pause();
    String what = request.method().name() + " " + withoutQuery(target.path());
    Future<ChannelSocket> opened =
        keys.orElseThrow()
            .open(target.key(), target.hints())
            .onFailure(cause -> failed(target.key(), what, cause));
    Future<ChannelSocket> unused =
        limited(request, opened, late -> late.abort(ChannelEnd.STOPPED))
            .onSuccess(
                channel -> {
                  ProxyStatus.Open open = status.opened(target.key(), what, channel);
                  ProxyExchange exchange =
                      new ProxyExchange(paused, channel, end -> ended(open, end));
                  stopping.put(open, exchange::stop);
                  exchange.start(head, length);
                })
            .onFailure(cause -> ProxyAnswers.failure(request, cause));
  }

  /** A query may hold what is nobody's business. */
  private static String withoutQuery(String path) {
    int query = path.indexOf('?');
    return query < 0 ? path : path.substring(0, query);
  }

  private void failed(PublicKey key, String what, Throwable cause) {
    status.failed(key, what, String.valueOf(cause.getMessage()));
  }

  private void connect(UpgradeRequest upgrade, ProxyTarget target) {
    RequestHead head = RequestHead.webSocket(target.path(), upgrade.protocols());
    Future<EndpointDialer.Channel> connected =
        keys.orElseThrow()
            .connect(target.key(), target.hints(), head)
            .onFailure(cause -> failed(target.key(), "WebSocket", cause));
    Future<EndpointDialer.Channel> unused =
        limited(upgrade.request(), connected, late -> late.socket().abort(ChannelEnd.STOPPED))
            .onSuccess(channel -> accept(upgrade, target.key(), channel))
            .onFailure(cause -> ProxyAnswers.failure(upgrade.request(), cause));
  }

  /** Fails when it takes too long or the application goes away; what comes later is discarded. */
  private <T> Future<T> limited(
      HttpServerRequest request, Future<T> connecting, Consumer<T> discard) {
    Promise<T> promise = Promise.promise();
    Alarm alarm = new Alarm(vertx);
    alarm.set(
        options.overallTimeout().toMillis(),
        () -> fail(promise, ConnectFailure.of(ConnectFailure.Kind.TIMEOUT, "It took too long.")));
    HttpConnection connection = request.connection();
    if (visitors.containsKey(connection)) {
      visitors.put(connection, () -> fail(promise, new CancellationException()));
    }
    Future<T> unused =
        connecting
            .onFailure(cause -> fail(promise, cause))
            .onSuccess(
                result -> {
                  if (!promise.tryComplete(result)) {
                    discard.accept(result);
                  }
                });
    return promise
        .future()
        .onComplete(
            done -> {
              alarm.cancel();
              visitors.computeIfPresent(connection, (same, cancel) -> () -> {});
            });
  }

  private static void fail(Promise<?> promise, Throwable cause) {
    boolean unused = promise.tryFail(cause);
  }

  private void accept(UpgradeRequest upgrade, PublicKey key, EndpointDialer.Channel channel) {
    visitors.remove(upgrade.request().connection());
    Future<NetSocket> unused =
        upgrade
            .accept(channel.answer().protocol())
            .onSuccess(socket -> join(socket, key, channel.socket()))
            .onFailure(gone -> channel.socket().abort(ChannelEnd.STOPPED));
  }

  private void join(NetSocket socket, PublicKey key, ChannelSocket channel) {
    FrameSocket app =
        new FrameSocket(
            vertx,
            socket,
            WebSocketSide.SERVER,
            FrameSocket.Use.PIPED,
            ChannelProtocol.PIECE_BYTES,
            options.maxMessageBytes(),
            options.appTiming(),
            monotonic,
            random);
    webSockets.incrementAndGet();
    ProxyStatus.Open open = status.opened(key, "WebSocket", channel);
    Pipe pipe =
        Pipe.join(
            app,
            channel,
            end -> {
              webSockets.decrementAndGet();
              ended(open, end);
            });
    stopping.put(open, pipe::stop);
  }

  private void ended(ProxyStatus.Open open, ChannelEnd end) {
    LOG.debug("channel ended: {}", end);
    stopping.remove(open);
    status.ended(open, end);
    if (stopping.isEmpty()) {
      emptied.ifPresent(LocalProxyVerticle::complete);
    }
  }

  private void servePage(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    if (String.valueOf(request.getHeader("Accept")).contains("application/json")) {
      ProxyAnswers.end(response, "application/json", status.json().encode());
      return;
    }
    String page =
        """
        This is the local proxy of wsn. Give a Nostr app the relay address

          ws://127.0.0.1:%d/<npub of the relay>

        and it reaches that relay by its key, encrypted, wherever it is now.

        %s\
        """;
    String text = page.formatted(port(), status.text());
    ProxyAnswers.end(response, "text/plain; charset=utf-8", text);
  }

  private static void complete(Promise<Void> promise) {
    boolean unused = promise.tryComplete();
  }

  @Override
  public Future<?> stop() {
    Promise<Void> empty = Promise.promise();
    emptied = Optional.of(empty);
    List.copyOf(stopping.values()).forEach(Runnable::run);
    if (stopping.isEmpty()) {
      complete(empty);
    }
    Alarm patience = new Alarm(vertx);
    patience.set(STOP_MILLIS, () -> complete(empty));
    return empty
        .future()
        .onComplete(done -> patience.cancel())
        .eventually(() -> socks.map(SocksListener::stop).orElse(Future.succeededFuture()))
        .compose(done -> Future.join(servers.stream().map(HttpServer::close).toList()))
        .eventually(() -> dialer.map(Dialer::close).orElse(Future.succeededFuture()));
  }
}
