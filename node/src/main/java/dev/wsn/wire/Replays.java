package dev.wsn.wire;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * The requests that were opened last, so that none is opened twice: a ring of a fixed number of
 * them, and a hash table with linear probing over the ring. Nothing is allocated per request, and
 * where a request lies in the table depends on a secret, so that nobody can choose nonces that
 * collide. Not thread-safe; owned by a {@link DatagramSealer}.
 *
 * <p>The caller is told apart by 64 bits of its key: finding a second one takes 2^64 keys.
 */
final class Replays {
  private static final int EMPTY = -1;

  private final long[] callers;
  private final long[] nonceHeads;
  private final int[] nonceTails;

  /** Places in the ring; at most half of the table is in use. */
  private final int[] table;

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
    this.callers = new long[max];
    this.nonceHeads = new long[max];
    this.nonceTails = new int[max];
    this.table = new int[Integer.highestOneBit(max) << 2];
    this.callerSeed = random.nextLong();
    this.nonceSeed = random.nextLong();
    Arrays.fill(table, EMPTY);
  }

  /** Whether the request of this caller with this nonce was added and is not forgotten. */
  boolean contains(long caller, long nonceHead, int nonceTail) {
    return table[slot(caller, nonceHead, nonceTail)] != EMPTY;
  }

  /**
   * Remembers a request that is not contained.
   *
   * @return whether the oldest one was forgotten for it
   */
  boolean add(long caller, long nonceHead, int nonceTail) {
    boolean isFull = count == callers.length;
    if (isFull) {
      remove(slot(callers[next], nonceHeads[next], nonceTails[next]));
    } else {
      count++;
    }
    callers[next] = caller;
    nonceHeads[next] = nonceHead;
    nonceTails[next] = nonceTail;
    table[slot(caller, nonceHead, nonceTail)] = next;
    next = (next + 1) % callers.length;
    return isFull;
  }

  /** Where it is in the table, or the empty slot where it would be. */
  private int slot(long caller, long nonceHead, int nonceTail) {
    int slot = home(caller, nonceHead, nonceTail);
    while (table[slot] != EMPTY) {
      int at = table[slot];
      if (nonceHeads[at] == nonceHead && nonceTails[at] == nonceTail && callers[at] == caller) {
        return slot;
      }
      slot = (slot + 1) & (table.length - 1);
    }
    return slot;
  }

  private int home(long caller, long nonceHead, int nonceTail) {
    long bits = RateLimit.mix(RateLimit.mix(caller ^ callerSeed) ^ nonceHead);
    return (int) RateLimit.mix(bits ^ nonceTail ^ nonceSeed) & (table.length - 1);
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
        int at = table[slot];
        if (at == EMPTY) {
          return;
        }
        home = home(callers[at], nonceHeads[at], nonceTails[at]);
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
