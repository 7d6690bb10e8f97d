package dev.wsn.resolver;

import dev.wsn.record.RecordRejection;
import java.util.Map;

/** What became of a record that was to be published. */
public sealed interface Publication {
  /**
   * Enough nodes have it on disk.
   *
   * @param acknowledged nodes that have it on disk
   * @param required how many were needed
   * @param refusals how many nodes refused, by reason
   * @param isNew false when the same record was already known here
   */
  record Accepted(
      int acknowledged, int required, Map<RecordRejection, Integer> refusals, boolean isNew)
      implements Publication {
    /** Copies the map. */
    public Accepted {
      refusals = Map.copyOf(refusals);
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
