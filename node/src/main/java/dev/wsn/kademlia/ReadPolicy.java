package dev.wsn.kademlia;

/** How sure a reader wants to be. */
public enum ReadPolicy {
  /**
   * The newest record that the first {@link Protocol#FAST_HOLDERS} of the k closest returned, if it
   * is not older than anything remembered; the search goes on, and its end is the final answer.
   */
  FAST,
  /** All k closest nodes are asked; the newest wins and stale holders are repaired. */
  QUORUM,
  /**
   * As {@link #QUORUM}, over {@link Protocol#DISJOINT_PATHS} paths that share no node, so that who
   * misleads one of them does not mislead the others.
   */
  SECURE
}
