package dev.wsn.gateway;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers for a key in front of a WebSocket server, an HTTP server or both: every client that knows
 * the key gets a channel that only the holder of the key can open, and through it one WebSocket or
 * one HTTP request. Connects to nothing but the configured backends. Thread-safe.
 */
public final class Gateway {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  /** For Vert.x servers on one negative port listen together on one free port. */
  private static final AtomicInteger FREE_PORTS = new AtomicInteger();

  /**
   * What the event loops share.
   *
   * @param self key that this gateway answers for
   * @param clock monotonic, in milliseconds
   */
  record Shared(
      GatewayOptions options,
      Secp256k1 curve,
      SecretKey self,
      PublicKey selfPublic,
      AccessPolicy access,
      LongSupplier clock,
      SecureRandom random,
      Admission admission,
      GatewayCounters counters,
      Map<Backend, BackendHealth> healths) {
    /** What is granted now. */
    GatewayLimits limits() {
      return admission.limits();
    }

    BackendHealth health(Backend backend) {
      BackendHealth health = healths.get(backend);
      if (health == null) {
        throw new IllegalStateException("every backend has a health");
      }
      return health;
    }
  }

  private final Vertx vertx;
  private final Shared shared;
  private final List<String> deployments = new ArrayList<>();
  private int port;

  /**
   * A gateway that is not yet started.
   *
   * @param self key that it answers for; stays the caller's, and is used until {@link #stop}
   * @param curve back end
   * @param options where to listen, and the backends
   * @param access who may use it
   * @param monotonicMillis a clock that never goes back
   * @param random source of ephemeral keys
   */
  public Gateway(
      Vertx vertx,
      SecretKey self,
      Secp256k1 curve,
      GatewayOptions options,
      AccessPolicy access,
      LongSupplier monotonicMillis,
      SecureRandom random) {
    this.vertx = vertx;
    this.shared =
        new Shared(
            options,
            curve,
            self,
            curve.publicKey(self),
            access,
            monotonicMillis,
            random,
            new Admission(options.limits(), monotonicMillis.getAsLong()),
            new GatewayCounters(),
            options.backends().stream()
                .collect(
                    Collectors.toUnmodifiableMap(
                        Function.identity(), backend -> new BackendHealth(backend.uri()))));
  }

  /** Listens; the result is the port, and fails when the address is in use or not of this host. */
  public synchronized Future<Integer> start() {
    GatewayOptions options = shared.options();
    int listenPort =
        options.listenPort() > 0 ? options.listenPort() : -FREE_PORTS.incrementAndGet();
    GatewayVerticle first = new GatewayVerticle(shared, listenPort);
    Future<?> all = deploy(first);
    for (int i = 1; i < options.eventLoops(); i++) {
      all = all.compose(done -> deploy(new GatewayVerticle(shared, listenPort)));
    }
    return all.map(
        done -> {
          port(first.port());
          LOG.info(
              "gateway listens on port {}, {} event loops, in front of {}",
              first.port(),
              options.eventLoops(),
              options.backends().stream().map(each -> each.service() + " " + each.uri()).toList());
          return first.port();
        });
  }

  private Future<String> deploy(GatewayVerticle verticle) {
    return vertx
        .deployVerticle(verticle, new DeploymentOptions())
        .onSuccess(
            id -> {
              synchronized (deployments) {
                deployments.add(id);
              }
            });
  }

  private synchronized void port(int bound) {
    port = bound;
  }

  /** The port that is listened on; 0 before {@link #start} has succeeded. */
  public synchronized int port() {
    return port;
  }

  /** The key that this gateway answers for. */
  public PublicKey self() {
    return shared.selfPublic();
  }

  /**
   * Grants clients something else from now on. The timeouts of the backend, of silence and of pings
   * stay as they were at the start.
   */
  public void change(GatewayLimits limits) {
    shared.admission().change(limits, shared.clock().getAsLong());
  }

  /** What happened since the start. */
  public GatewayCounters counters() {
    return shared.counters();
  }

  /** TCP connections now. */
  public int connections() {
    return shared.admission().connections();
  }

  /** Accepts nobody any more, says close to everybody, and waits a few seconds for the answers. */
  public Future<Void> stop() {
    List<Future<?>> stopped = new ArrayList<>();
    synchronized (deployments) {
      deployments.forEach(id -> stopped.add(vertx.undeploy(id)));
      deployments.clear();
    }
    return Future.join(stopped).mapEmpty();
  }
}
