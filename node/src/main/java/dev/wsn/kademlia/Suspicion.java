package dev.wsn.kademlia;

/** Why the k closest contacts of a place look as if somebody had put them there. */
public enum Suspicion {
  /** They are more than twice as dense as the network is. */
  DENSE,
  /** They are of less than half as many providers' networks as other contacts. */
  UNIFORM
}
