package dev.wsn.node;

import dev.wsn.kademlia.Contact;
import dev.wsn.record.IpPort;
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
  /**
   * What other nodes say about the address of this one, in one family.
   *
   * @param address that three networks and more than half of those that voted agree on, with the
   *     UDP port that they see
   * @param networks how many networks (/24, /48) have said lately where they see it
   */
  public record SeenAddress(Optional<IpPort> address, int networks) {}

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

  /**
   * Datagrams that the system dropped before the socket because they came faster than they were
   * read; zero where the system does not tell. Blocks shortly.
   */
  public long overflowed() {
    return transport.overflowed();
  }

  /** Counters of its store; none if this is a client. */
  public Optional<StoreStatistics> store() {
    return Optional.ofNullable(store).map(RecordStore::statistics);
  }

  /** How many records it holds for others. */
  public int records() {
    return driver.records();
  }

  /** Estimated nodes of its network, with itself, the larger of the two families. */
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

  /** Where other nodes see this one, IPv4 first; a second old at most while something happens. */
  public List<SeenAddress> seenAddresses() {
    return driver.tables().stream()
        .map(table -> new SeenAddress(table.external(), table.addressVoters()))
        .toList();
  }

  /**
   * Has some nodes say again where they see this one. For who must know within a minute that the
   * address changed: every few seconds; costs 4 pings while nothing changes.
   */
  public void askForAddress() {
    driver.askForAddress();
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
