package dev.wsn.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.monitor.LoopLag;
import dev.wsn.monitor.Meters;
import dev.wsn.monitor.Monitor;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the operator sees of one running server, if {@code --metrics} asks for it. */
final class Monitoring {
  /** A server that can be looked at. */
  interface Subject {
    /** Adds its meters. */
    void addTo(Meters meters);

    /** Its event loops by name; each runs a task later, or returns false if it has ended. */
    Map<String, Predicate<Runnable>> loops();

    /** Whether it does what it is for. */
    Monitor.Health health();

    /** Everything of interest now, for {@code wsn status}. */
    ObjectNode status();
  }

  private final String line;
  private final Runnable closing;

  private Monitoring(String line, Runnable closing) {
    this.line = line;
    this.closing = closing;
  }

  /**
   * Makes the meters of the process while the server starts.
   *
   * @param at null if there is nobody to look at them
   */
  static CompletableFuture<Meters> prepare(@Nullable ListenAddress at) {
    return at == null
        ? CompletableFuture.failedFuture(new IllegalStateException("nobody asks for meters"))
        : CompletableFuture.supplyAsync(Monitoring::ofProcess);
  }

  private static Meters ofProcess() {
    return new Meters(
        Map.of(
            "version", VersionText.number(),
            "java", Runtime.version().toString(),
            "curve", Secp256k1.preferred().name()));
  }

  /**
   * Starts to answer.
   *
   * @param at null to do nothing
   * @param prepared what {@link #prepare} made
   * @throws dev.wsn.resolver.ListenException if the port is taken
   */
  static Monitoring start(
      Host host, @Nullable ListenAddress at, CompletableFuture<Meters> prepared, Subject subject) {
    if (at == null) {
      return new Monitoring("", () -> {});
    }
    Meters meters = prepared.join();
    subject.addTo(meters);
    Monitor monitor =
        Monitor.start(
            at.address(),
            at.port(),
            meters,
            subject::health,
            () -> JsonText.of(subject.status()) + "\n");
    LoopLag lag = new LoopLag(meters, subject.loops(), host.monotonicMillis());
    return new Monitoring(
        "metrics http://" + monitor.listening() + "/metrics",
        () -> {
          monitor.close();
          lag.close();
          meters.close();
        });
  }

  /** Says where it answers, if it does. */
  void announce(Host host) {
    if (!line.isEmpty()) {
      host.out().println(line);
    }
  }

  /** The loops of Vert.x, which take their turns. */
  static Predicate<Runnable> loopsOf(Vertx vertx) {
    return task -> {
      vertx.getOrCreateContext().runOnContext(go -> task.run());
      return true;
    };
  }

  /** Answers nobody any more. */
  void close() {
    closing.run();
  }
}
