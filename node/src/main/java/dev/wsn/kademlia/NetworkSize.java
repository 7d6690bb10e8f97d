package dev.wsn.kademlia;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * How many nodes one address family has, judged by how close together the k closest of a lookup are
 * (as pubky/mainline does). Each sixteenth of the key space has one voice, that of its last lookup,
 * and the median counts, of an even number the lower one: who crowds around one place is not heard
 * elsewhere, and nobody can make a network look emptier than it is. A voice is heard for twenty
 * minutes, a little longer than a bucket goes without a refresh.
 */
final class NetworkSize {
  private static final int SLOTS = 16;
  private static final int SLOT_SHIFT = 60;
  private static final long HEARD_MILLIS = 20 * 60_000;

  private final double[] nodes = new double[SLOTS];
  private final long[] untilMillis = new long[SLOTS];

  NetworkSize() {
    Arrays.fill(untilMillis, Long.MIN_VALUE);
  }

  /** Notes what a lookup towards a target saw. */
  void measured(long nowMillis, NodeId target, double count) {
    int slot = (int) (target.a() >>> SLOT_SHIFT);
    nodes[slot] = count;
    untilMillis[slot] = nowMillis + HEARD_MILLIS;
  }

  /** The estimate; empty until something was measured. */
  OptionalDouble nodes(long nowMillis) {
    double[] heard = new double[SLOTS];
    int count = 0;
    for (int slot = 0; slot < SLOTS; slot++) {
      if (untilMillis[slot] > nowMillis) {
        heard[count++] = nodes[slot];
      }
    }
    if (count == 0) {
      return OptionalDouble.empty();
    }
    Arrays.sort(heard, 0, count);
    return OptionalDouble.of(heard[(count - 1) / 2]);
  }

  /**
   * How many nodes there would be if they were everywhere as close together as here: {@code n - 1}
   * by the share of the key space that is nearer than the n-th of them.
   *
   * @param closest at least one, closest first
   */
  static double around(NodeId target, List<Contact> closest) {
    int n = closest.size();
    return (n - 1) / closest.get(n - 1).id().distanceTo(target).fraction();
  }
}
