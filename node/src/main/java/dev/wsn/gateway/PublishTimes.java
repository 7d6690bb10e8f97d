package dev.wsn.gateway;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** When to publish next. Pure. */
final class PublishTimes {
  /** First pause after a failure. */
  static final Duration FIRST_RETRY = Duration.ofSeconds(2);

  /** Longest pause after a failure. */
  static final Duration LONGEST_RETRY = Duration.ofMinutes(5);

  private static final double REFRESH_JITTER = 0.1;
  private static final double RETRY_JITTER = 0.5;
  private static final int MAX_DOUBLINGS = 10;

  private PublishTimes() {}

  /** A third of the lifetime, a tenth more or less: relays that started together drift apart. */
  static Duration refresh(Duration lifetime, RandomGenerator random) {
    double factor = 1 + REFRESH_JITTER * (2 * random.nextDouble() - 1);
    return Duration.ofMillis((long) (lifetime.toMillis() / 3.0 * factor));
  }

  /**
   * After so many failures in a row: doubling from {@link #FIRST_RETRY}, up to half of it less, at
   * most {@link #LONGEST_RETRY} and a sixth of the lifetime.
   *
   * @param failures at least 1
   */
  static Duration retry(int failures, Duration lifetime, RandomGenerator random) {
    long doubled = FIRST_RETRY.toMillis() << Math.min(failures - 1, MAX_DOUBLINGS);
    long longest = Math.min(LONGEST_RETRY.toMillis(), lifetime.toMillis() / 6);
    double factor = 1 - RETRY_JITTER * random.nextDouble();
    return Duration.ofMillis(Math.max(1, (long) (Math.min(doubled, longest) * factor)));
  }
}
