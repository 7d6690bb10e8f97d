package dev.wsn.wire;

import dev.wsn.kademlia.Protocol;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Bounds the rate of events of many sources in a fixed amount of memory, or of all together. Each
 * source has two counters of a table, and is over its rate when both are; so nothing is stored that
 * an attacker could fill, and who shares one counter with a flooder still has the other. Which they
 * are depends on a secret. Not thread-safe; owned by an {@link Admission}.
 *
 * <p>A counter is the virtual scheduling time of the generic cell rate algorithm (ITU-T I.371):
 * when the next event would be due if all came evenly. The table is a count-min sketch with
 * conservative update.
 */
final class RateLimit {
  private static final long NANOS_PER_MILLI = 1_000_000;
  private static final long NANOS_PER_SECOND = 1_000_000_000;

  private final long intervalNanos;
  private final long toleranceNanos;
  private final long[] dueNanos;
  private final long seed;

  /**
   * A bound per source.
   *
   * @param perSecond events a second, 1 to 10^9
   * @param slots counters, from 1
   * @param random source of the secret
   */
  RateLimit(int perSecond, int slots, RandomGenerator random) {
    this.intervalNanos = NANOS_PER_SECOND / perSecond;
    this.toleranceNanos = Protocol.BURST_SECONDS * NANOS_PER_SECOND - intervalNanos;
    this.dueNanos = new long[slots];
    this.seed = random.nextLong();
    // A monotonic clock may be negative.
    Arrays.fill(dueNanos, Long.MIN_VALUE / 2);
  }

  /** A bound of all sources together. */
  static RateLimit inTotal(int perSecond, RandomGenerator random) {
    return new RateLimit(perSecond, 1, random);
  }

  /** Whether one more event of this source is within the rate; changes nothing. */
  boolean hasRoom(long nowMillis, long source) {
    long hash = mix(source ^ seed);
    return due(hash) - nowMillis * NANOS_PER_MILLI <= toleranceNanos;
  }

  /** Counts an event of this source. */
  void count(long nowMillis, long source) {
    long hash = mix(source ^ seed);
    long next = Math.max(due(hash), nowMillis * NANOS_PER_MILLI) + intervalNanos;
    int first = first(hash);
    int second = second(hash);
    dueNanos[first] = Math.max(dueNanos[first], next);
    dueNanos[second] = Math.max(dueNanos[second], next);
  }

  private long due(long hash) {
    return Math.min(dueNanos[first(hash)], dueNanos[second(hash)]);
  }

  private int first(long hash) {
    return (int) (((hash >>> 32) * dueNanos.length) >>> 32);
  }

  private int second(long hash) {
    return (int) (((hash & 0xffff_ffffL) * dueNanos.length) >>> 32);
  }

  /** The finalizer of SplitMix64 (Stafford's variant 13): every bit depends on every bit. */
  static long mix(long bits) {
    long z = (bits ^ (bits >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
