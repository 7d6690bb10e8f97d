package dev.wsn.resolver;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a node knows of its network; read by the health checks and {@code GET /v1/network}.
 *
 * @param seed {@code npub1…@ip:port} by which others join through this node
 * @param nodes contacts that have answered and are in the tables
 * @param isReachable whether the DHT answered lately
 * @param detail a sentence for people that explains {@code isReachable}
 * @param estimatedNodes how many nodes there are, this one included; of the larger family
 * @param ipv4 the table of IPv4
 * @param ipv6 the table of IPv6
 * @param seeds {@code npub1…@ip:port} that this node was given to join through
 */
public record NetworkStatus(
    String seed,
    int nodes,
    boolean isReachable,
    String detail,
    long estimatedNodes,
    Family ipv4,
    Family ipv6,
    List<String> seeds) {
  /** Most seeds that are told. */
  public static final int MAX_SEEDS = 64;

  /**
   * One address family.
   *
   * @param contacts in its table
   * @param answering contacts that answered when they were asked last
   * @param estimatedNodes how many nodes it has; empty until a lookup measured it
   * @param external {@code ip:port} where nodes of several networks see this one
   * @param isReachable whether others reach this node unasked; true until a trial shows otherwise
   * @param bySharedBits how many contacts share exactly i leading bits with this node's id, for
   *     each i up to the last that has any; at most 257
   */
  public record Family(
      int contacts,
      int answering,
      OptionalLong estimatedNodes,
      Optional<String> external,
      boolean isReachable,
      List<Integer> bySharedBits) {
    /** Copies the list. */
    public Family {
      bySharedBits = List.copyOf(bySharedBits);
    }

    /** A family in which nobody is known. */
    public static Family none() {
      return new Family(0, 0, OptionalLong.empty(), Optional.empty(), true, List.of());
    }
  }

  /** Copies the first {@link #MAX_SEEDS} seeds. */
  public NetworkStatus {
    seeds = seeds.stream().limit(MAX_SEEDS).toList();
  }
}
