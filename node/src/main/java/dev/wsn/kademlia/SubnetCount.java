package dev.wsn.kademlia;

import java.util.HashMap;
import java.util.Map;

/** Counts the contacts of each subnet on the way out from a target. */
final class SubnetCount {
  /** As many as there are candidates in a shortlist. */
  private final Map<Subnet, Integer> counts = new HashMap<>();

  /** Whether the subnet of the next candidate has room for it. */
  boolean admits(Candidate candidate) {
    Subnet capped = candidate.capped();
    return capped == null
        || counts.merge(capped, 1, Integer::sum) <= Protocol.MAX_PER_SUBNET_IN_BUCKET;
  }
}
