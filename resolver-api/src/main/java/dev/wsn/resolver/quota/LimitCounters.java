package dev.wsn.resolver.quota;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.LongAdder;

/** How often each bound of a resolver was reached. Thread-safe; reads are eventually consistent. */
public final class LimitCounters {
  private final Map<Limit, LongAdder> counters = new EnumMap<>(Limit.class);

  /** All at zero. */
  public LimitCounters() {
    EnumSet.allOf(Limit.class).forEach(each -> counters.put(each, new LongAdder()));
  }

  /** Somebody was refused something because of this bound. */
  public void reached(Limit limit) {
    Objects.requireNonNull(counters.get(limit)).increment();
  }

  /** How often. */
  public long of(Limit limit) {
    return Objects.requireNonNull(counters.get(limit)).sum();
  }
}
