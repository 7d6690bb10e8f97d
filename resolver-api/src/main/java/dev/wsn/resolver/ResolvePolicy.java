package dev.wsn.resolver;

/** How sure the asker wants to be. */
public enum ResolvePolicy {
  /** First verified record that is not older than anything remembered. */
  FAST,
  /** All of the closest nodes are asked; the newest record wins. */
  QUORUM,
  /** As {@link #QUORUM}, over several paths through the network that share no node. */
  SECURE,
  /** Only what is remembered, stale or not, as long as it lives; the network is not asked. */
  CACHE
}
