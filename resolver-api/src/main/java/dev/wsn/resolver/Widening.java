package dev.wsn.resolver;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * That a lookup looked through a whole region, because the nodes closest to the key's place looked
 * as if somebody had put them there.
 *
 * @param asked requests more than the lookup would have sent otherwise
 * @param reasons at least one
 */
public record Widening(int asked, Set<Reason> reasons) {
  /** What was wrong with the closest nodes. */
  public enum Reason {
    /** There were more than twice as many as the size of the network explains. */
    DENSE,
    /** They were of less than half as many providers' networks as other nodes. */
    UNIFORM
  }

  /**
   * Copies the set; the copy is in the order of the reasons.
   *
   * @throws IllegalArgumentException if there is no reason
   */
  public Widening {
    reasons = Collections.unmodifiableSet(EnumSet.copyOf(reasons));
  }
}
