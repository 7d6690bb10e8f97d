package dev.wsn.cli;

import dev.wsn.node.DhtNode;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import dev.wsn.record.RecordRules;
import dev.wsn.resolver.ListenException;
import dev.wsn.resolver.http.ResolverRoutes;
import dev.wsn.resolver.http.ResolverServer;
import io.vertx.core.Vertx;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node of the DHT with its resolver over HTTP. Thread-safe. */
final class RunningNode implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RunningNode.class);
  private static final ListenAddress STANDARD_HTTP =
      new ListenAddress(IpAddress.of(new byte[] {127, 0, 0, 1}), 4880);

  private final DhtNode dht;
  private final Vertx vertx;
  private final ResolverServer server;
  private final IpPort http;
  private final AtomicBoolean hasFailed;

  private RunningNode(
      DhtNode dht, Vertx vertx, ResolverServer server, IpPort http, AtomicBoolean hasFailed) {
    this.dht = dht;
    this.vertx = vertx;
    this.server = server;
    this.http = http;
    this.hasFailed = hasFailed;
  }

  /**
   * Starts both.
   *
   * @param http where the resolver listens; null for the standard place, or any free port of the
   *     loopback interface when that is taken
   * @throws ListenException if the UDP or the HTTP port is taken
   */
  static RunningNode start(Host host, DhtNode.Options options, @Nullable ListenAddress http) {
    AtomicBoolean hasFailed = new AtomicBoolean();
    DhtNode dht =
        DhtNode.start(
            options,
            bug -> {
              hasFailed.set(true);
              host.stop().request();
            });
    Vertx vertx = Vertx.vertx();
    try {
      boolean isLocal = options.parameters().isLocal();
      RecordRules rules = new RecordRules(options.curve(), isLocal);
      var routes = new ResolverRoutes(vertx, dht.resolver(), dht::status, rules, options.clock());
      Opened opened = open(vertx, routes, http);
      return new RunningNode(dht, vertx, opened.server, opened.address, hasFailed);
    } catch (RuntimeException failure) {
      dht.close();
      Answers.await(vertx.close(), "closing");
      throw failure;
    }
  }

  private record Opened(ResolverServer server, IpPort address) {}

  private static Opened open(Vertx vertx, ResolverRoutes routes, @Nullable ListenAddress http) {
    if (http != null) {
      return listen(vertx, routes, http);
    }
    try {
      return listen(vertx, routes, STANDARD_HTTP);
    } catch (ListenException taken) {
      LOG.warn("{}; the resolver takes another port, choose one with --http", taken.getMessage());
      return listen(vertx, routes, new ListenAddress(STANDARD_HTTP.address(), 0));
    }
  }

  private static Opened listen(Vertx vertx, ResolverRoutes routes, ListenAddress at) {
    ResolverServer server =
        new ResolverServer(vertx, routes.router(), ResolverServer.Options.defaults());
    return new Opened(
        server, Answers.await(server.start(at.address(), at.port()), "starting the resolver"));
  }

  /** The node. */
  DhtNode dht() {
    return dht;
  }

  /** Root of the resolver. */
  String httpUrl() {
    return "http://" + http;
  }

  /** Whether a bug or a damaged database has stopped the node. */
  boolean hasFailed() {
    return hasFailed.get();
  }

  /** Stops both; blocks for some seconds at most. */
  @Override
  public void close() {
    try {
      Answers.await(server.stop(), "stopping the resolver");
    } finally {
      dht.close();
      Answers.await(vertx.close(), "closing");
    }
  }
}
