package dev.wsn.kademlia;

/** How sure a reader wants to be. */
public enum ReadPolicy {
  /** The first verified record that is not older than anything remembered; the search goes on. */
  FAST,
  /** All k closest nodes are asked; the newest wins and stale holders are repaired. */
  QUORUM
}
