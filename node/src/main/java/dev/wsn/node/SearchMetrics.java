package dev.wsn.node;

import dev.wsn.kademlia.KademliaObserver.SearchKind;
import dev.wsn.kademlia.Outcome;
import dev.wsn.metrics.Histogram;
import dev.wsn.metrics.Tally;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** Lookups by what they were for. Written by the event loop, read by any thread. */
public final class SearchMetrics {
  /** How a lookup ended. */
  public enum Result {
    /** Somebody had a valid record of the key. */
    FOUND,
    /** Nodes answered, and none had a record. */
    NOT_FOUND,
    /** Nobody answered. */
    UNANSWERED,
    /** A lookup of nodes, not of a record, that somebody answered. */
    DONE
  }

  /**
   * Of one kind.
   *
   * @param results how they ended
   * @param seconds how long they took
   * @param hops length of the longest chain of referrals
   * @param asked datagrams that each one cost, without those sent again
   * @param conflicting answers with another record than the newest one
   */
  public record Kind(
      Tally<Result> results,
      Histogram seconds,
      Histogram hops,
      Histogram asked,
      Histogram conflicting) {}

  private final Map<SearchKind, Kind> kinds = new EnumMap<>(SearchKind.class);

  private final Tally<SearchKind> widened = new Tally<>(SearchKind.class);

  SearchMetrics() {
    for (SearchKind kind : SearchKind.values()) {
      kinds.put(
          kind,
          new Kind(
              new Tally<>(Result.class),
              Histogram.ofSeconds(),
              Histogram.ofNumbers(),
              Histogram.ofNumbers(),
              Histogram.ofNumbers()));
    }
  }

  /** Those of one kind. */
  public Kind of(SearchKind kind) {
    return Objects.requireNonNull(kinds.get(kind));
  }

  /**
   * Those that looked through a whole region, because the nodes around their place looked placed.
   */
  public Tally<SearchKind> widened() {
    return widened;
  }

  void ended(SearchKind kind, Outcome.Evidence evidence) {
    Kind metrics = of(kind);
    metrics.results().count(result(kind, evidence));
    metrics.seconds().observeMillis(evidence.elapsedMillis());
    metrics.hops().observe(evidence.hops());
    metrics.asked().observe(evidence.asked());
    metrics.conflicting().observe(evidence.conflicting());
  }

  private static Result result(SearchKind kind, Outcome.Evidence evidence) {
    if (evidence.had() > 0) {
      return Result.FOUND;
    }
    if (evidence.answered() == 0) {
      return Result.UNANSWERED;
    }
    return kind == SearchKind.READ ? Result.NOT_FOUND : Result.DONE;
  }
}
