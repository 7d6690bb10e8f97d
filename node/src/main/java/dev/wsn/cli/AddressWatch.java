package dev.wsn.cli;

import dev.wsn.crypto.PublicKey;
import dev.wsn.gateway.Publisher;
import dev.wsn.record.Endpoint;
import dev.wsn.resolver.Publication;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.PrintWriter;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has other nodes say again and again where they see this machine, and tells when that changed.
 * Works on an event loop of Vert.x; {@link #close} is for any thread.
 */
final class AddressWatch implements AutoCloseable {
  /**
   * How often. A change shows in the first answers, is asked about everywhere with the second
   * question, and is told with the third: a provider that changes an address gives the old one to
   * somebody else.
   */
  static final long PERIOD_MILLIS = 5_000;

  /** Those who were asked while joining answer by then. */
  private static final long FIRST_MILLIS = 1_000;

  private static final Logger LOG = LoggerFactory.getLogger(AddressWatch.class);

  private final Vertx vertx;
  private final OwnEndpoints own;
  private final Consumer<List<Endpoint>> changed;
  private final long timer;
  private List<Endpoint> current;
  private String told = "";

  private AddressWatch(
      Vertx vertx, OwnEndpoints own, List<Endpoint> first, Consumer<List<Endpoint>> changed) {
    this.vertx = vertx;
    this.own = own;
    this.current = first;
    this.changed = changed;
    this.timer = vertx.setPeriodic(FIRST_MILLIS, PERIOD_MILLIS, tick -> look());
  }

  /**
   * Begins to look.
   *
   * @param first what is known already; empty if nothing is
   * @param changed told the new addresses, at least one
   */
  static AddressWatch start(
      Vertx vertx, OwnEndpoints own, List<Endpoint> first, Consumer<List<Endpoint>> changed) {
    return new AddressWatch(vertx, own, first, changed);
  }

  /**
   * Begins to publish what changes, and to print it.
   *
   * @param first what is published already; empty if nothing is
   * @param published told after each change, on the event loop
   */
  static AddressWatch publishing(
      Vertx vertx,
      OwnEndpoints own,
      List<Endpoint> first,
      Publisher publisher,
      PrintWriter out,
      Runnable published) {
    return start(
        vertx,
        own,
        first,
        moved -> {
          String all = moved.stream().map(Endpoint::address).collect(Collectors.joining(", "));
          LOG.info("other nodes see this machine elsewhere now: {}", all);
          print(out, publisher.key(), moved);
          Future<Publication> unused =
              publisher.endpointsChanged(moved).onComplete(done -> published.run());
        });
  }

  /** Prints addresses of a key, one per line. */
  static void print(PrintWriter out, PublicKey key, List<Endpoint> endpoints) {
    endpoints.forEach(endpoint -> out.println("address " + endpoint.uri(key)));
  }

  /** A machine that is offline for a while has no address; that is no news. */
  private void look() {
    List<Endpoint> now = own.now();
    if (!now.isEmpty() && !now.equals(current)) {
      current = now;
      changed.accept(now);
    } else if (current.isEmpty()) {
      tell(own.reason());
    }
    own.ask();
  }

  private void tell(String reason) {
    if (!reason.equals(told)) {
      told = reason;
      LOG.warn("nothing is published, because {}", reason);
    }
  }

  @Override
  public void close() {
    boolean unused = vertx.cancelTimer(timer);
  }
}
