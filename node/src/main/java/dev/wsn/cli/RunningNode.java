package dev.wsn.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wsn.monitor.CountedResolver;
import dev.wsn.monitor.HttpMeters;
import dev.wsn.monitor.Meters;
import dev.wsn.monitor.Monitor;
import dev.wsn.monitor.NodeMeters;
import dev.wsn.monitor.ResolverMeters;
import dev.wsn.node.DhtNode;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import dev.wsn.record.RecordRules;
import dev.wsn.resolver.ListenException;
import dev.wsn.resolver.NetworkStatus;
import dev.wsn.resolver.cache.AnswerCache;
import dev.wsn.resolver.http.Backend;
import dev.wsn.resolver.http.ResolverRoutes;
import dev.wsn.resolver.http.ResolverServer;
import dev.wsn.resolver.mirror.MirrorCounts;
import dev.wsn.resolver.quota.Limit;
import dev.wsn.resolver.quota.LimitCounters;
import io.vertx.core.Vertx;
import io.vertx.core.net.KeyCertOptions;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node of the DHT with its resolver over HTTP. Thread-safe. */
final class RunningNode implements AutoCloseable, Monitoring.Subject {
  private static final Logger LOG = LoggerFactory.getLogger(RunningNode.class);
  private static final ListenAddress STANDARD_HTTP =
      new ListenAddress(IpAddress.of(new byte[] {127, 0, 0, 1}), 4880);

  private final DhtNode dht;
  private final Vertx vertx;
  private final ResolverServer server;
  private final IpPort http;
  private final boolean isTls;
  private final Optional<ResolverOption.StartedDns> dns;
  private final AtomicBoolean hasFailed;
  private final DhtNode.Options options;
  private final Counted counted;

  /** What is counted at the faces of the resolver. */
  private record Counted(
      CountedResolver resolver,
      HttpMeters http,
      AnswerCache cache,
      LimitCounters limits,
      MirrorCounts mirrors) {}

  private RunningNode(
      DhtNode dht,
      Vertx vertx,
      Opened opened,
      Optional<ResolverOption.StartedDns> dns,
      AtomicBoolean hasFailed,
      DhtNode.Options options,
      Counted counted) {
    this.dht = dht;
    this.vertx = vertx;
    this.server = opened.server();
    this.http = opened.address();
    this.isTls = opened.isTls();
    this.dns = dns;
    this.hasFailed = hasFailed;
    this.options = options;
    this.counted = counted;
  }

  /**
   * Starts both.
   *
   * @param http where the resolver listens; null for the standard place, or any free port of the
   *     loopback interface when that is taken
   * @param resolving what the resolver allows
   * @throws ListenException if the UDP or the HTTP port is taken
   */
  static RunningNode start(
      Host host, DhtNode.Options options, @Nullable ListenAddress http, ResolverOption resolving) {
    AtomicBoolean hasFailed = new AtomicBoolean();
    // The database and the event loops start side by side.
    CompletableFuture<Vertx> loops = CompletableFuture.supplyAsync(Servers::loops);
    DhtNode dht;
    try {
      dht =
          DhtNode.start(
              options,
              bug -> {
                hasFailed.set(true);
                host.stop().request();
              });
    } catch (RuntimeException failure) {
      Answers.await(loops.join().close(), "closing");
      throw failure;
    }
    Vertx vertx = loops.join();
    try {
      boolean isLocal = options.parameters().isLocal();
      RecordRules rules = new RecordRules(options.curve(), isLocal);
      LongSupplier millis = options.monotonicMillis();
      MirrorCounts mirrors = new MirrorCounts();
      CountedResolver asked =
          new CountedResolver(resolving.mirrored(vertx, host, dht, rules, mirrors), millis);
      Backend backend =
          resolving.backend(
              vertx,
              host,
              asked,
              dht.topics(),
              dht::status,
              new ResolverOption.Reach(rules, options.curve(), isLocal));
      Counted counted =
          new Counted(
              asked, new HttpMeters(millis), backend.cache(), backend.quotas().limits(), mirrors);
      ResolverRoutes routes = new ResolverRoutes(vertx, backend);
      Optional<ResolverOption.StartedDns> dns = resolving.startDns(vertx, host, backend);
      ResolverServer.Options plain = ResolverServer.Options.defaults();
      ResolverServer.Options serving =
          resolving.tls().read(vertx, host.clock().instant()).map(plain::with).orElse(plain);
      Opened opened = open(new Serving(vertx, routes, counted, serving), http);
      return new RunningNode(dht, vertx, opened, dns, hasFailed, options, counted);
    } catch (RuntimeException failure) {
      dht.close();
      Answers.await(vertx.close(), "closing");
      throw failure;
    }
  }

  private record Opened(ResolverServer server, IpPort address, boolean isTls) {}

  /** What the resolver is made of, whatever port it gets. */
  private record Serving(
      Vertx vertx, ResolverRoutes routes, Counted counted, ResolverServer.Options options) {
    Opened listen(ListenAddress at) {
      ResolverServer server = new ResolverServer(vertx, routes, options);
      counted.http().watch(server.router());
      return new Opened(
          server,
          Answers.await(server.start(at.address(), at.port()), "starting the resolver"),
          options.certificate().isPresent());
    }
  }

  private static Opened open(Serving serving, @Nullable ListenAddress http) {
    if (http != null) {
      return serving.listen(http);
    }
    try {
      return serving.listen(STANDARD_HTTP);
    } catch (ListenException taken) {
      LOG.warn("{}; the resolver takes another port, choose one with --http", taken.getMessage());
      return serving.listen(new ListenAddress(STANDARD_HTTP.address(), 0));
    }
  }

  /**
   * Shows the certificate that is in the files now, if the resolver has one; after a mistake the
   * one before stays.
   *
   * @param tls where it is
   */
  void renew(TlsOption tls, Instant now) {
    try {
      Optional<KeyCertOptions> read = tls.read(vertx, now);
      if (read.isPresent()) {
        boolean isNew = Answers.await(server.renew(read.get()), "taking over the certificate");
        LOG.info("certificate read again{}", isNew ? "" : ", it is the same");
      }
    } catch (CommandFailure wrong) {
      LOG.warn("the certificate stays as it was: {}", wrong.text());
    }
  }

  /** The node. */
  DhtNode dht() {
    return dht;
  }

  /** Root of the resolver. */
  String httpUrl() {
    return (isTls ? "https://" : "http://") + http;
  }

  /** Where npubs are answered over DNS, if anywhere. */
  Optional<IpPort> dns() {
    return dns.map(ResolverOption.StartedDns::address);
  }

  /** Whether a bug or a damaged database has stopped the node. */
  boolean hasFailed() {
    return hasFailed.get();
  }

  @Override
  public void addTo(Meters meters) {
    NodeMeters.add(meters, dht);
    if (options.storage() instanceof DhtNode.Storage.InDirectory place) {
      NodeMeters.addDisk(meters, place.directory());
    }
    counted.resolver().addTo(meters);
    counted.http().addTo(meters);
    ResolverMeters.add(meters, counted.cache());
    ResolverMeters.add(meters, counted.mirrors());
    ResolverMeters.add(meters, counted.limits());
    dns.ifPresent(started -> ResolverMeters.add(meters, started.server()));
  }

  @Override
  public Map<String, Predicate<Runnable>> loops() {
    return Map.of("udp", dht.view()::execute, "http", Monitoring.loopsOf(vertx));
  }

  @Override
  public Monitor.Health health() {
    NetworkStatus status = dht.status();
    return new Monitor.Health(status.isReachable() && !hasFailed(), status.detail());
  }

  @Override
  public ObjectNode status() {
    ObjectNode status = StatusJson.of(dht).put("network", options.network()).put("http", httpUrl());
    StatusJson.addLimits(status, Limit.class, counted.limits()::of);
    return status;
  }

  /** Stops both; blocks for some seconds at most. */
  @Override
  public void close() {
    try {
      Answers.await(server.stop(), "stopping the resolver");
      dns.ifPresent(started -> Answers.await(started.server().stop(), "stopping DNS"));
    } finally {
      dht.close();
      Answers.await(vertx.close(), "closing");
    }
  }
}
