package dev.wsn.simulator;

/** What is done with a simulated network. */
public enum Scenario {
  /** Records are published; then random members look random ones up, at a steady pace. */
  LOOKUPS,
  /**
   * Records are published and their owners leave; the network keeps them alone. Random members look
   * random ones up, and in the last minutes each is looked up.
   */
  SURVIVAL,
  /**
   * Records are published, the network is cut in halves for ten minutes, one half gets newer
   * records; five minutes after the cut is mended all members look some of the records up.
   */
  PARTITION
}
