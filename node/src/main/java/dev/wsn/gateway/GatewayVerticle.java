package dev.wsn.gateway;

import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.gateway.channel.ChannelProtocol;
import dev.wsn.gateway.channel.WebSocketSide;
import dev.wsn.record.IpAddress;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.net.NetSocket;
import io.vertx.core.net.SocketAddress;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One event loop of a gateway: accepts connections, answers plain requests itself, and hands
 * upgraded connections to {@link GatewayChannel}. Decides nothing about the protocol.
 */
final class GatewayVerticle extends VerticleBase {
  private static final int BACKLOG = 1024;
  private static final long STOP_MILLIS = 3_000;

  /** Silence of a backend or of who reads its answer after which an HTTP exchange is given up. */
  private static final int EXCHANGE_IDLE_SECONDS = 120;

  /** Connections to one backend for HTTP; those of clients are bounded long before. */
  private static final int MAX_EXCHANGES = 65_535;

  /** A connection that has not become a channel. */
  private record Visitor(IpAddress address, Admission.Lease lease, Alarm alarm) {}

  private final Gateway.Shared shared;
  private final int listenPort;
  private final Map<HttpConnection, Visitor> visitors = new HashMap<>();
  private final Set<GatewayChannel> channels = new LinkedHashSet<>();
  private Optional<HttpServer> server = Optional.empty();
  private Optional<Dialer> dialer = Optional.empty();
  private Optional<HttpClient> client = Optional.empty();
  private Optional<FrontPage> page = Optional.empty();
  private Optional<Promise<Void>> emptied = Optional.empty();

  GatewayVerticle(Gateway.Shared shared, int listenPort) {
    this.shared = shared;
    this.listenPort = listenPort;
  }

  @Override
  public Future<?> start() {
    GatewayLimits limits = shared.limits();
    Dialer toBackend =
        new Dialer(
            vertx,
            () -> shared.limits().backendPurpose(),
            limits.backendTimeout(),
            shared.clock(),
            shared.random());
    HttpServer http =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setHost(shared.options().listenAddress().toString())
                    .setPort(listenPort)
                    .setAcceptBacklog(BACKLOG)
                    .setHttp2ClearTextEnabled(false)
                    .setPerMessageWebSocketCompressionSupported(false)
                    .setPerFrameWebSocketCompressionSupported(false))
            .connectionHandler(this::visit)
            .requestHandler(this::serve);
    HttpClient exchanges =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setConnectTimeout((int) limits.backendTimeout().toMillis())
                .setIdleTimeout(EXCHANGE_IDLE_SECONDS),
            new PoolOptions().setHttp1MaxSize(MAX_EXCHANGES));
    dialer = Optional.of(toBackend);
    client = Optional.of(exchanges);
    page = Optional.of(new FrontPage(shared, exchanges));
    server = Optional.of(http);
    return http.listen();
  }

  int port() {
    return server.map(HttpServer::actualPort).orElse(0);
  }

  private void visit(HttpConnection connection) {
    IpAddress address = addressOf(connection.remoteAddress());
    Optional<Admission.Lease> lease = lease(address);
    if (lease.isEmpty()) {
      Future<Void> unused = connection.close();
      return;
    }
    Alarm alarm = new Alarm(vertx);
    Visitor visitor = new Visitor(address, lease.get(), alarm);
    visitors.put(connection, visitor);
    alarm.set(
        shared.limits().handshakeTimeout().toMillis(),
        () -> {
          shared.counters().reached(GatewayLimit.UPGRADE_TIME);
          Future<Void> unused = connection.close();
        });
    // A client that resets its connection is no error of ours.
    HttpConnection unused = connection.exceptionHandler(broken -> {});
    unused =
        connection.closeHandler(
            closed -> {
              if (visitors.remove(connection) != null) {
                visitor.alarm().cancel();
                visitor.lease().release();
              }
            });
  }

  private Optional<Admission.Lease> lease(IpAddress address) {
    if (emptied.isPresent()) {
      shared.counters().reached(GatewayLimit.STOPPING);
      return Optional.empty();
    }
    return shared
        .admission()
        .admit(address, shared.clock().getAsLong(), shared.counters()::reached);
  }

  private static IpAddress addressOf(SocketAddress remote) {
    String host = remote == null ? "" : remote.hostAddress();
    int zone = host == null ? -1 : host.indexOf('%');
    String literal = host == null ? "" : zone < 0 ? host : host.substring(0, zone);
    // An address that cannot be read counts as one source of its own, which is the strict choice.
    return IpAddress.parse(literal).orElse(IpAddress.of(new byte[16]));
  }

  private void serve(HttpServerRequest request) {
    Optional<UpgradeRequest> upgrade = UpgradeRequest.read(request);
    Visitor visitor = visitors.get(request.connection());
    if (visitor == null) {
      Future<Void> unused = request.connection().close();
    } else if (!UpgradeRequest.isWebSocket(request)) {
      shared.counters().plainRequest();
      page.orElseThrow().serve(request);
    } else if (upgrade.isEmpty()) {
      shared.counters().plainRequest();
      FrontPage.refuse(
          request.response().putHeader("Sec-WebSocket-Version", "13"), 426, "not WebSocket 13");
    } else if (!upgrade.get().protocols().contains(ChannelProtocol.NAME)) {
      shared.counters().plainRequest();
      String detail = "This is a wsn gateway. It speaks the WebSocket subprotocol %s only.";
      FrontPage.refuse(request.response(), 400, detail.formatted(ChannelProtocol.NAME));
    } else if (!mayShakeHands(visitor)) {
      FrontPage.refuse(
          request.response().putHeader("Retry-After", "1"), 429, "too many connections lately");
    } else {
      open(upgrade.get(), visitor);
    }
  }

  private boolean mayShakeHands(Visitor visitor) {
    return shared
        .admission()
        .mayShakeHands(visitor.address(), shared.clock().getAsLong(), shared.counters()::reached);
  }

  private void open(UpgradeRequest upgrade, Visitor visitor) {
    visitors.remove(upgrade.request().connection());
    Future<NetSocket> unused =
        upgrade
            .accept(ChannelProtocol.NAME)
            .onSuccess(socket -> start(socket, visitor))
            .onFailure(
                gone -> {
                  visitor.alarm().cancel();
                  visitor.lease().release();
                });
  }

  private void start(NetSocket socket, Visitor visitor) {
    GatewayLimits limits = shared.limits();
    FrameSocket carrier =
        new FrameSocket(
            vertx,
            socket,
            WebSocketSide.SERVER,
            FrameSocket.Use.CARRIER,
            ChannelProtocol.MAX_NOISE_MESSAGE_BYTES,
            ChannelProtocol.MAX_NOISE_MESSAGE_BYTES,
            limits.carrierTiming(),
            shared.clock(),
            shared.random());
    long[] counted = {0};
    Runnable countSent =
        () -> {
          shared.counters().sent(carrier.sentBytes() - counted[0]);
          counted[0] = carrier.sentBytes();
        };
    carrier.onGone(
        () -> {
          countSent.run();
          visitor.lease().release();
        });
    carrier.pace(
        bytes -> {
          shared.counters().received(bytes);
          countSent.run();
          long pause = visitor.lease().read(bytes, shared.clock().getAsLong());
          if (pause > 0) {
            shared.counters().reached(GatewayLimit.BYTES_OF_SOURCE);
          }
          return pause;
        });
    GatewayChannel channel =
        new GatewayChannel(
            vertx,
            shared,
            dialer.orElseThrow(),
            client.orElseThrow(),
            carrier,
            visitor.address(),
            visitor.alarm());
    channels.add(channel);
    channel.start(
        end -> {
          shared.counters().ended(end);
          channels.remove(channel);
          if (channels.isEmpty()) {
            emptied.ifPresent(GatewayVerticle::complete);
          }
        });
  }

  private static void complete(Promise<Void> promise) {
    boolean unused = promise.tryComplete();
  }

  @Override
  public Future<?> stop() {
    Promise<Void> empty = Promise.promise();
    emptied = Optional.of(empty);
    List.copyOf(channels).forEach(GatewayChannel::stop);
    if (channels.isEmpty()) {
      complete(empty);
    }
    Alarm patience = new Alarm(vertx);
    patience.set(STOP_MILLIS, () -> complete(empty));
    return empty
        .future()
        .onComplete(done -> patience.cancel())
        .compose(done -> server.map(HttpServer::close).orElse(Future.succeededFuture()))
        .eventually(() -> dialer.map(Dialer::close).orElse(Future.succeededFuture()))
        .eventually(() -> client.map(HttpClient::close).orElse(Future.succeededFuture()))
        .onComplete(done -> List.copyOf(channels).forEach(late -> late.abort(ChannelEnd.STOPPED)));
  }
}
