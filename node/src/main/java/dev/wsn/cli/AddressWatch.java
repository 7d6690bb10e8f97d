package dev.wsn.cli;

import dev.wsn.record.AddressScope;
import dev.wsn.record.Endpoint;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Looks again and again where this machine can be reached, and tells when that changed. Works on an
 * event loop of Vert.x; {@link #current} and {@link #close} are for any thread.
 */
final class AddressWatch implements AutoCloseable {
  /** How often: a provider that changes an address gives the old one to somebody else. */
  static final long PERIOD_MILLIS = 10_000;

  private final Vertx vertx;
  private volatile List<Endpoint> current;
  private final long timer;

  private AddressWatch(
      Vertx vertx,
      List<Endpoint> first,
      Supplier<List<Endpoint>> look,
      boolean isLocal,
      Consumer<List<Endpoint>> changed) {
    this.vertx = vertx;
    this.current = first;
    this.timer =
        vertx.setPeriodic(
            PERIOD_MILLIS,
            tick -> {
              List<Endpoint> now = look.get();
              if (isUsable(now, isLocal) && !now.equals(current)) {
                current = now;
                changed.accept(now);
              }
            });
  }

  /**
   * Begins to look.
   *
   * @param first what is known already
   * @param look where this machine can be reached now; must not block
   * @param isLocal whether loopback and private addresses count
   * @param changed told the new addresses
   */
  static AddressWatch start(
      Vertx vertx,
      List<Endpoint> first,
      Supplier<List<Endpoint>> look,
      boolean isLocal,
      Consumer<List<Endpoint>> changed) {
    return new AddressWatch(vertx, first, look, isLocal, changed);
  }

  /** A machine that is offline for a while has only private addresses; that is no news. */
  private static boolean isUsable(List<Endpoint> endpoints, boolean isLocal) {
    return endpoints.stream()
        .allMatch(
            each ->
                each.scope() == AddressScope.PUBLIC
                    || (isLocal && each.scope() != AddressScope.UNUSABLE));
  }

  /** The last addresses. */
  List<Endpoint> current() {
    return current;
  }

  @Override
  public void close() {
    boolean unused = vertx.cancelTimer(timer);
  }
}
