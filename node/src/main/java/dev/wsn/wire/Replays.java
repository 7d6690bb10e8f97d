package dev.wsn.wire;

import java.util.random.RandomGenerator;

/**
 * The requests that were opened last, so that none is opened twice: 64 bits of each, which depend
 * on a secret, in a ring of a fixed number of them and in a hash table with linear probing. Nothing
 * is allocated per request, a request touches one place of the table, and nobody can choose nonces
 * that collide. Not thread-safe; owned by a {@link DatagramSealer}.
 *
 * <p>A request is taken for one of n others with a chance of n in 2^64; it gets no answer then, as
 * if it had been lost. The caller is told apart by 64 bits of its key: finding a second one takes
 * 2^64 keys.
 */
final class Replays {
  private static final long EMPTY = 0;

  private final long[] ring;

  /** At most half of it is in use. Where a request belongs follows from its own bits. */
  private final long[] table;

  private final long callerSeed;
  private final long nonceSeed;
  private int next;
  private int count;

  /**
   * An empty memory.
   *
   * @param max requests that are remembered, from 1
   * @param random source of the secret
   */
  Replays(int max, RandomGenerator random) {
    this.ring = new long[max];
    this.table = new long[Integer.highestOneBit(2 * max - 1) << 1];
    this.callerSeed = random.nextLong();
    this.nonceSeed = random.nextLong();
  }

  /** Whether the request of this caller with this nonce was added and is not forgotten. */
  boolean contains(long caller, long nonceHead, int nonceTail) {
    return table[slot(bits(caller, nonceHead, nonceTail))] != EMPTY;
  }

  /**
   * Remembers a request that is not contained.
   *
   * @return whether the oldest one was forgotten for it
   */
  boolean add(long caller, long nonceHead, int nonceTail) {
    boolean isFull = count == ring.length;
    if (isFull) {
      remove(slot(ring[next]));
    } else {
      count++;
    }
    long bits = bits(caller, nonceHead, nonceTail);
    ring[next] = bits;
    table[slot(bits)] = bits;
    next = next + 1 == ring.length ? 0 : next + 1;
    return isFull;
  }

  private long bits(long caller, long nonceHead, int nonceTail) {
    long both = RateLimit.mix(RateLimit.mix(caller ^ callerSeed) ^ nonceHead);
    long bits = RateLimit.mix(both ^ nonceTail ^ nonceSeed);
    return bits == EMPTY ? 1 : bits;
  }

  /** Where it is in the table, or the empty slot where it would be. */
  private int slot(long bits) {
    int slot = home(bits);
    while (table[slot] != bits && table[slot] != EMPTY) {
      slot = (slot + 1) & (table.length - 1);
    }
    return slot;
  }

  private int home(long bits) {
    return (int) bits & (table.length - 1);
  }

  /** Empties a slot and closes the gap (Knuth, The Art of Computer Programming 3, 6.4 R). */
  private void remove(int removed) {
    int gap = removed;
    int slot = removed;
    while (true) {
      table[gap] = EMPTY;
      int home;
      do {
        slot = (slot + 1) & (table.length - 1);
        if (table[slot] == EMPTY) {
          return;
        }
        home = home(table[slot]);
      } while (isWithin(gap, home, slot));
      table[gap] = table[slot];
      gap = slot;
    }
  }

  /** Whether a place lies behind the gap and not behind the slot, going round. */
  private static boolean isWithin(int gap, int home, int slot) {
    return gap <= slot ? gap < home && home <= slot : gap < home || home <= slot;
  }
}
