package dev.wsn.metrics;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/**
 * One counter per constant of an enum, so that the number of counters is known when the program is
 * written. Thread-safe; reads are eventually consistent.
 *
 * @param <E> what is told apart
 */
public final class Tally<E extends Enum<E>> {
  private final Map<E, LongAdder> counters;

  /** All at zero. */
  public Tally(Class<E> type) {
    counters = new EnumMap<>(type);
    EnumSet.allOf(type).forEach(each -> counters.put(each, new LongAdder()));
  }

  /** Counts one more. */
  public void count(E which) {
    add(which, 1);
  }

  /** Counts several more. */
  public void add(E which, long more) {
    Objects.requireNonNull(counters.get(which)).add(more);
  }

  /** How many there were of one. */
  public long of(E which) {
    return Objects.requireNonNull(counters.get(which)).sum();
  }

  /** How many there were of all. */
  public long total() {
    return counters.values().stream().mapToLong(LongAdder::sum).sum();
  }
}
