package dev.wsn.simulator;

import java.util.SplittableRandom;

/**
 * What a run depends on: its seed, its size and everything that goes wrong in it.
 *
 * @param seed of every random choice
 * @param nodes how many take part
 * @param delayMedianMillis one way; delays are log-normal, so datagrams overtake each other
 * @param delayP95Millis one way, at least the median
 * @param loss share of datagrams that never arrive
 * @param duplicate share of datagrams that arrive twice
 * @param partition which nodes cannot reach which, while the partition lasts
 * @param clogsPerMinute how often some node sends and receives nothing for some seconds and then
 *     everything at once
 * @param churnPerMinute share of nodes that crash within a minute and come back later
 * @param wallSkewSeconds how far wall clocks are off, at most, either way
 * @param hasRealCurve whether datagram keys come from ECDH; else from a hash of the two keys
 */
record Faults(
    long seed,
    int nodes,
    double delayMedianMillis,
    double delayP95Millis,
    double loss,
    double duplicate,
    Partition partition,
    double clogsPerMinute,
    double churnPerMinute,
    int wallSkewSeconds,
    boolean hasRealCurve) {
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

  /** Delay like that of the Internet, and nothing worse. */
  static Faults calm(long seed, int nodes) {
    return new Faults(seed, nodes, 40, 150, 0, 0, Partition.NONE, 0, 0, 0, false);
  }

  /** Some of everything, drawn from the seed. */
  static Faults drawn(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double median = 5 + random.nextDouble() * 95;
    Partition[] partitions = Partition.values();
    return new Faults(
        seed,
        20 + random.nextInt(50),
        median,
        median * (1.5 + random.nextDouble() * 6),
        random.nextDouble() * 0.15,
        random.nextDouble() * 0.1,
        partitions[random.nextInt(partitions.length)],
        random.nextDouble() * 4,
        random.nextDouble() * 0.3,
        random.nextInt(25),
        random.nextInt(4) == 0);
  }

  Faults withLoss(double share) {
    return with(share, duplicate, partition, churnPerMinute, hasRealCurve);
  }

  Faults withDuplicate(double share) {
    return with(loss, share, partition, churnPerMinute, hasRealCurve);
  }

  Faults withPartition(Partition kind) {
    return with(loss, duplicate, kind, churnPerMinute, hasRealCurve);
  }

  Faults withChurn(double perMinute) {
    return with(loss, duplicate, partition, perMinute, hasRealCurve);
  }

  Faults withRealCurve() {
    return with(loss, duplicate, partition, churnPerMinute, true);
  }

  private Faults with(double lost, double twice, Partition kind, double churn, boolean isReal) {
    return new Faults(
        seed,
        nodes,
        delayMedianMillis,
        delayP95Millis,
        lost,
        twice,
        kind,
        clogsPerMinute,
        churn,
        wallSkewSeconds,
        isReal);
  }
}
