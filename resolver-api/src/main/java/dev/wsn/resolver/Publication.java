package dev.wsn.resolver;

import dev.wsn.record.RecordRejection;
import java.util.Map;
import java.util.OptionalInt;

/** What became of a record that was to be published. */
public sealed interface Publication {
  /**
   * Enough nodes have it on disk.
   *
   * @param acknowledged nodes that have it on disk
   * @param required how many were needed
   * @param refusals how many nodes refused, by reason
   * @param isNew false when the same record was already known here
   * @param announced how many nodes of the directory took note of its topics, all topics together;
   *     empty if there was nothing to announce
   */
  record Accepted(
      int acknowledged,
      int required,
      Map<RecordRejection, Integer> refusals,
      boolean isNew,
      OptionalInt announced)
      implements Publication {
    /** Copies the map. */
    public Accepted {
      refusals = Map.copyOf(refusals);
    }

    /** Nothing was announced. */
    public Accepted(
        int acknowledged, int required, Map<RecordRejection, Integer> refusals, boolean isNew) {
      this(acknowledged, required, refusals, isNew, OptionalInt.empty());
    }

    /** The same, with what the directory did. */
    public Accepted announcedTo(int nodes) {
      return new Accepted(acknowledged, required, refusals, isNew, OptionalInt.of(nodes));
    }
  }

  /** The record breaks a rule or a newer one is known; {@code detail} is a sentence for people. */
  record Refused(RecordRejection reason, String detail) implements Publication {}

  /**
   * Too few nodes acknowledged; those that did keep it.
   *
   * @param acknowledged nodes that have it on disk
   * @param required how many were needed
   * @param refusals how many nodes refused, by reason
   */
  record TooFew(int acknowledged, int required, Map<RecordRejection, Integer> refusals)
      implements Publication {
    /** Copies the map. */
    public TooFew {
      refusals = Map.copyOf(refusals);
    }
  }

  /** The network could not be asked; {@code reason} is a sentence for people. */
  record Unreachable(String reason) implements Publication {}
}
