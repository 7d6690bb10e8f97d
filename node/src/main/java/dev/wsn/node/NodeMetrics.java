package dev.wsn.node;

import dev.wsn.kademlia.KademliaObserver.Drop;
import dev.wsn.kademlia.KademliaObserver.Limit;
import dev.wsn.wire.Forgotten;
import dev.wsn.wire.RejectReason;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;

/** Counters of one node since it started. Written by its event loop, read by any thread. */
public final class NodeMetrics {
  private final Map<RejectReason, AtomicLong> rejected = counters(RejectReason.class);
  private final Map<RejectReason, AtomicLong> unsealable = counters(RejectReason.class);
  private final Map<RejectReason, AtomicLong> challenged = counters(RejectReason.class);
  private final AtomicLong challengesReceived = new AtomicLong();
  private final Map<Drop, AtomicLong> dropped = counters(Drop.class);
  private final Map<Limit, AtomicLong> limited = counters(Limit.class);
  private final Map<Forgotten, AtomicLong> forgotten = counters(Forgotten.class);

  private final RequestMetrics requests = new RequestMetrics();
  private final SearchMetrics searches = new SearchMetrics();
  private final KeepingMetrics keeping = new KeepingMetrics();

  NodeMetrics() {}

  /** Requests by kind, both ways. */
  public RequestMetrics requests() {
    return requests;
  }

  /** Lookups by what they were for. */
  public SearchMetrics searches() {
    return searches;
  }

  /** What is kept for others, and who is known. */
  public KeepingMetrics keeping() {
    return keeping;
  }

  /** One counter per constant; the map itself never changes again. */
  private static <E extends Enum<E>> Map<E, AtomicLong> counters(Class<E> type) {
    Map<E, AtomicLong> counters = new EnumMap<>(type);
    for (E each : EnumSet.allOf(type)) {
      counters.put(each, new AtomicLong());
    }
    return counters;
  }

  void countRejected(RejectReason reason) {
    Objects.requireNonNull(rejected.get(reason)).incrementAndGet();
  }

  void countChallenged(RejectReason reason) {
    Objects.requireNonNull(challenged.get(reason)).incrementAndGet();
  }

  void countChallengeReceived() {
    challengesReceived.incrementAndGet();
  }

  void countUnsealable(RejectReason reason) {
    Objects.requireNonNull(unsealable.get(reason)).incrementAndGet();
  }

  void countDropped(Drop reason) {
    Objects.requireNonNull(dropped.get(reason)).incrementAndGet();
  }

  void countLimited(Limit limit) {
    Objects.requireNonNull(limited.get(limit)).incrementAndGet();
  }

  void countForgotten(Forgotten what) {
    Objects.requireNonNull(forgotten.get(what)).incrementAndGet();
  }

  /** Datagrams that were left alone because they are none of this protocol, or not for us. */
  public long rejected(RejectReason reason) {
    return Objects.requireNonNull(rejected.get(reason)).get();
  }

  /** Requests over a rate that were answered with a challenge, by the rate that they were over. */
  public long challenged(RejectReason reason) {
    return Objects.requireNonNull(challenged.get(reason)).get();
  }

  /** Challenges of other nodes to requests of this one. */
  public long challengesReceived() {
    return challengesReceived.get();
  }

  /** Messages that were not sent because no datagram could be made of them. */
  public long unsealable(RejectReason reason) {
    return Objects.requireNonNull(unsealable.get(reason)).get();
  }

  /** Messages that the core left alone. */
  public long dropped(Drop reason) {
    return Objects.requireNonNull(dropped.get(reason)).get();
  }

  /** How often a bound of the core was reached. */
  public long limited(Limit limit) {
    return Objects.requireNonNull(limited.get(limit)).get();
  }

  /** What was forgotten about keys and requests because newer ones needed the room. */
  public long forgotten(Forgotten what) {
    return Objects.requireNonNull(forgotten.get(what)).get();
  }

  /** All datagrams that were left alone, for whatever reason. */
  public long rejectedInTotal() {
    return rejected.values().stream().mapToLong(AtomicLong::get).sum();
  }
}
