package dev.wsn.simulator;

/**
 * What a network does to datagrams and nodes.
 *
 * @param rttMedianMillis median round trip; round trips are log-normal
 * @param rttP95Millis 95th percentile of the round trip, at least the median
 * @param hasFixedPaths whether every pair of nodes has one round trip, the same in both directions
 *     and but for a jitter of a tenth always; otherwise every datagram draws its own delay, so that
 *     datagrams overtake each other
 * @param loss share of datagrams that never arrive
 * @param duplicate share of datagrams that arrive twice
 * @param partition which nodes cannot reach which, while the partition lasts
 * @param clogsPerMinute how often some node sends and receives nothing for some seconds and then
 *     everything at once
 * @param crashesPerMinute share of nodes that crash within a minute and come back later
 * @param wallSkewSeconds how far wall clocks are off, at most, either way
 */
record Faults(
    double rttMedianMillis,
    double rttP95Millis,
    boolean hasFixedPaths,
    double loss,
    double duplicate,
    Partition partition,
    double clogsPerMinute,
    double crashesPerMinute,
    int wallSkewSeconds) {
  /** Who is cut off from whom. */
  enum Partition {
    /** Nobody. */
    NONE,
    /** Every second node from the others, both ways. */
    HALVES,
    /** Every second node sends to the others in vain, but hears them. */
    ONE_WAY,
    /** One node from all others. */
    SINGLE
  }

  /** Delays like those of the Internet, and nothing worse. */
  static Faults calm() {
    return new Faults(80, 250, true, 0, 0, Partition.NONE, 0, 0, 0);
  }

  /** The same without anything but delay. */
  Faults healed() {
    return new Faults(
        rttMedianMillis, rttP95Millis, hasFixedPaths, 0, 0, Partition.NONE, 0, 0, wallSkewSeconds);
  }

  /** The same with other round trips. */
  Faults withRoundTrips(double medianMillis, double p95Millis) {
    return new Faults(
        medianMillis,
        p95Millis,
        hasFixedPaths,
        loss,
        duplicate,
        partition,
        clogsPerMinute,
        crashesPerMinute,
        wallSkewSeconds);
  }

  /** The same with another share of lost datagrams. */
  Faults withLoss(double share) {
    return with(share, duplicate, partition);
  }

  /** The same with another share of datagrams that arrive twice. */
  Faults withDuplicate(double share) {
    return with(loss, share, partition);
  }

  /** The same with a partition to be switched on. */
  Faults withPartition(Partition kind) {
    return with(loss, duplicate, kind);
  }

  private Faults with(double lost, double twice, Partition kind) {
    return new Faults(
        rttMedianMillis,
        rttP95Millis,
        hasFixedPaths,
        lost,
        twice,
        kind,
        clogsPerMinute,
        crashesPerMinute,
        wallSkewSeconds);
  }
}
