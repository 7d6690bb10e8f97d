package dev.wsn.node;

import dev.wsn.kademlia.Contact;
import dev.wsn.store.RecordStore;
import dev.wsn.store.StoreStatistics;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A running node as its operator sees it. Thread-safe; nothing here changes the node. */
public final class NodeView {
  private static final long MILLIS_PER_SECOND = 1_000;

  private final DhtDriver driver;
  private final UdpTransport transport;
  private final @Nullable RecordStore store;
  private final LongSupplier monotonicMillis;

  NodeView(
      DhtDriver driver,
      UdpTransport transport,
      @Nullable RecordStore store,
      LongSupplier monotonicMillis) {
    this.driver = driver;
    this.transport = transport;
    this.store = store;
    this.monotonicMillis = monotonicMillis;
  }

  /** Counters of its socket. */
  public TransportCounters transport() {
    return transport.counters();
  }

  /** Counters of its store; none if this is a client. */
  public Optional<StoreStatistics> store() {
    return Optional.ofNullable(store).map(RecordStore::statistics);
  }

  /** How many records it holds for others. */
  public int records() {
    return driver.records();
  }

  /** Estimated nodes of its network, with itself, at most a few minutes old. */
  public long networkSize() {
    return driver.networkSize();
  }

  /** Seconds since another node answered, if one has. */
  public OptionalLong silentSeconds() {
    OptionalLong last = driver.lastAnswerMillis();
    return last.isEmpty()
        ? last
        : OptionalLong.of(
            Math.max(0, monotonicMillis.getAsLong() - last.getAsLong()) / MILLIS_PER_SECOND);
  }

  /** Everybody whom this node knows; empty after it has stopped. */
  public CompletionStage<List<Contact>> contacts() {
    CompletableFuture<List<Contact>> known = new CompletableFuture<>();
    if (!driver.run(() -> known.complete(driver.known()))) {
      known.complete(List.of());
    }
    return known.minimalCompletionStage();
  }

  /**
   * Runs a short task on the node's event loop, to measure how long that takes.
   *
   * @return false if the node has stopped; the task does not run then
   */
  public boolean execute(Runnable task) {
    return driver.run(task);
  }
}
