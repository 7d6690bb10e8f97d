package dev.wsn.cli;

import java.time.Duration;

/** Durations for people, two units at most: {@code 1 h 58 min}, {@code 45 s}, {@code 41 ms}. */
final class DurationText {
  private static final long MILLIS_PER_SECOND = 1_000;

  private DurationText() {}

  /** Text of a duration; a negative one counts as zero. */
  static String of(Duration duration) {
    long seconds = Math.max(0, duration.toSeconds());
    if (seconds >= Duration.ofDays(2).toSeconds()) {
      return duration.toDays() + " days";
    }
    if (seconds >= Duration.ofHours(1).toSeconds()) {
      return two(duration.toHours(), "h", duration.toMinutesPart(), "min");
    }
    if (seconds >= Duration.ofMinutes(1).toSeconds()) {
      return two(duration.toMinutes(), "min", duration.toSecondsPart(), "s");
    }
    return seconds + " s";
  }

  /** Text of a measured time: milliseconds below ten seconds. */
  static String ofMillis(long millis) {
    return millis < 10 * MILLIS_PER_SECOND
        ? Math.max(0, millis) + " ms"
        : of(Duration.ofMillis(millis));
  }

  private static String two(long large, String unit, int small, String smallUnit) {
    return large + " " + unit + (small == 0 ? "" : " " + small + " " + smallUnit);
  }
}
