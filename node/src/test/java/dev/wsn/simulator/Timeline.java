package dev.wsn.simulator;

import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/** Virtual time: what is to happen, in order; at equal times in the order of being planned. */
final class Timeline {
  /** Beginning of every run, of the wall clock; a Tuesday in 2027. */
  static final long EPOCH_SECONDS = 1_800_000_000;

  private record Event(long atMillis, long serial, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int order = Long.compare(atMillis, other.atMillis);
      return order != 0 ? order : Long.compare(serial, other.serial);
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long nowMillis;
  private long serials;

  long nowMillis() {
    return nowMillis;
  }

  void at(long millis, Runnable action) {
    events.add(new Event(Math.max(millis, nowMillis), serials++, action));
  }

  void after(long millis, Runnable action) {
    at(nowMillis + millis, action);
  }

  /** Lets time pass until something is so, or for so long; says whether it became so. */
  boolean runUntil(BooleanSupplier isDone, long maxMillis) {
    long end = nowMillis + maxMillis;
    while (!isDone.getAsBoolean()) {
      Event next = events.peek();
      if (next == null || next.atMillis > end) {
        nowMillis = end;
        return isDone.getAsBoolean();
      }
      events.remove();
      nowMillis = next.atMillis;
      next.action.run();
    }
    return true;
  }

  void run(long millis) {
    runUntil(() -> false, millis);
  }
}
