package dev.wsn.gateway;

import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.resolver.Resolver;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server on this machine through which an unmodified application reaches a server by its key:
 * {@code ws://127.0.0.1:4881/<npub>[@<ip>:<port>][/path]}, the same with {@code http}, or {@code
 * http://<npub>.localhost:4881/}. Thread-safe.
 *
 * <p>Web pages: a browser lets every page open a WebSocket to this machine, so a request with an
 * {@code Origin} is refused unless that is of this machine or allowed by the options, and a request
 * whose {@code Host} is a name other than {@code localhost} is refused, because a page can point
 * its own name at this machine.
 */
public final class LocalProxy {
  private static final Logger LOG = LoggerFactory.getLogger(LocalProxy.class);

  private final Vertx vertx;
  private final LocalProxyVerticle verticle;
  private Optional<String> deployment = Optional.empty();

  /**
   * A proxy that is not yet started.
   *
   * @param resolver is asked where a key is; verifies what it answers
   * @param curve back end
   * @param self proves this key to every relay; without one this side stays anonymous. Stays the
   *     caller's, and is used until {@link #stop}
   * @param options how to behave
   * @param clock tells whether a remembered record is still alive
   * @param monotonicMillis a clock that never goes back
   * @param random source of ephemeral keys
   */
  public LocalProxy(
      Vertx vertx,
      Resolver resolver,
      Secp256k1 curve,
      Optional<SecretKey> self,
      LocalProxyOptions options,
      InstantSource clock,
      LongSupplier monotonicMillis,
      SecureRandom random) {
    this.vertx = vertx;
    this.verticle =
        new LocalProxyVerticle(resolver, curve, self, options, clock, monotonicMillis, random);
  }

  /** Listens; the result is the port, and fails when the address is in use or not of this host. */
  public Future<Integer> start() {
    return vertx
        .deployVerticle(verticle)
        .map(
            id -> {
              deployed(id);
              LOG.info("local proxy listens on port {}", verticle.port());
              return verticle.port();
            });
  }

  private synchronized void deployed(String id) {
    deployment = Optional.of(id);
  }

  /** The port that is listened on; 0 before {@link #start} has succeeded. */
  public int port() {
    return verticle.port();
  }

  /** The ports of single keys that are listened on, in the order of the options. */
  public List<Integer> forwardedPorts() {
    return verticle.forwardedPorts();
  }

  /** The port where SOCKS5 is spoken; 0 if none. */
  public int socksPort() {
    return verticle.socksPort();
  }

  /** WebSockets of applications that are open now. */
  public int openWebSockets() {
    return verticle.openWebSockets();
  }

  /** Accepts nobody any more, says close to everybody, and waits a few seconds for the answers. */
  public synchronized Future<Void> stop() {
    Future<Void> stopped = deployment.map(vertx::undeploy).orElse(Future.succeededFuture());
    deployment = Optional.empty();
    return stopped;
  }
}
