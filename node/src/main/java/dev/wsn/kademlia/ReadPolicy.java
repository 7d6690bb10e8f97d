package dev.wsn.kademlia;

/** How sure a reader wants to be. */
public enum ReadPolicy {
  /** The first verified record that is not older than anything remembered; the search goes on. */
  FAST,
  /** All k closest nodes are asked; the newest wins and stale holders are repaired. */
  QUORUM,
  /**
   * As {@link #QUORUM}, over {@link Protocol#DISJOINT_PATHS} paths that share no node, so that who
   * misleads one of them does not mislead the others.
   */
  SECURE
}
