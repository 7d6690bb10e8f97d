package dev.wsn.simulator;

/** What the members of a simulated network know in the beginning. */
public enum Start {
  /** Three seeds: they join one after the other, and everything that follows is simulated. */
  JOIN,
  /**
   * Tables as in a network that has been running for long, computed; everything that follows is
   * simulated.
   */
  GROWN,
  /**
   * The same, computed when a member is first asked something, as of that time. Members do nothing
   * unasked: of their upkeep only the outcome is modelled, so that a million fit.
   */
  SNAPSHOT
}
