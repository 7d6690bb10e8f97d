package dev.wsn.simulator;

import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Virtual time: what is to happen, in order; at equal times in the order of being planned. The near
 * future is a wheel with one slot per millisecond, because nearly everything is planned for it.
 */
final class Timeline {
  /** Beginning of every run, of the wall clock; a Tuesday in 2027. */
  static final long EPOCH_SECONDS = 1_800_000_000;

  private static final int SLOTS = 1 << 14;
  private static final int FIRST_ROOM = 4;

  private record Event(long atMillis, long serial, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int order = Long.compare(atMillis, other.atMillis);
      return order != 0 ? order : Long.compare(serial, other.serial);
    }
  }

  /** What is planned for one millisecond, first in first out. */
  private static final class Slot {
    private @Nullable Runnable[] actions = new Runnable[FIRST_ROOM];
    private int first;
    private int end;

    void add(Runnable action) {
      if (end == actions.length) {
        actions = java.util.Arrays.copyOf(actions, 2 * end);
      }
      actions[end++] = action;
    }

    @Nullable Runnable take() {
      if (first == end) {
        first = 0;
        end = 0;
        return null;
      }
      Runnable action = actions[first];
      actions[first++] = null;
      return action;
    }
  }

  private final @Nullable Slot[] wheel = new Slot[SLOTS];
  private final PriorityQueue<Event> later = new PriorityQueue<>();
  private long nowMillis;
  private long serials;

  long nowMillis() {
    return nowMillis;
  }

  void at(long millis, Runnable action) {
    long due = Math.max(millis, nowMillis);
    if (due - nowMillis >= SLOTS) {
      later.add(new Event(due, serials++, action));
      return;
    }
    int index = (int) (due % SLOTS);
    Slot slot = wheel[index];
    if (slot == null) {
      slot = new Slot();
      wheel[index] = slot;
    }
    slot.add(action);
  }

  void after(long millis, Runnable action) {
    at(nowMillis + millis, action);
  }

  /** Lets time pass until something is so, or for so long; says whether it became so. */
  boolean runUntil(BooleanSupplier isDone, long maxMillis) {
    long end = nowMillis + maxMillis;
    while (!isDone.getAsBoolean()) {
      Runnable next = next(end);
      if (next == null) {
        return isDone.getAsBoolean();
      }
      next.run();
    }
    return true;
  }

  void run(long millis) {
    runUntil(() -> false, millis);
  }

  /** The next action up to a time, which becomes the present; at the end of it there is none. */
  private @Nullable Runnable next(long endMillis) {
    while (true) {
      // What was planned for later was planned before what is in the slot of the same time.
      Event first = later.peek();
      if (first != null && first.atMillis <= nowMillis) {
        later.remove();
        return first.action;
      }
      Slot slot = wheel[(int) (nowMillis % SLOTS)];
      Runnable action = slot == null ? null : slot.take();
      if (action != null || nowMillis >= endMillis) {
        return action;
      }
      nowMillis++;
    }
  }
}
