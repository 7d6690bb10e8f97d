package dev.wsn.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

final class PublishTimesTest {
  @Property
  void pausesStayInTheirBounds(
      @ForAll @IntRange(min = 1, max = 1_000_000) int failures,
      @ForAll @IntRange(min = 3, max = 86_400) int lifetimeSeconds,
      @ForAll long seed) {
    Duration lifetime = Duration.ofSeconds(lifetimeSeconds);
    Random random = new Random(seed);

    long refresh = PublishTimes.refresh(lifetime, random).toMillis();
    Duration retry = PublishTimes.retry(failures, lifetime, random);

    assertThat(refresh).isBetween(lifetimeSeconds * 299L, lifetimeSeconds * 367L);
    assertThat(retry).isPositive().isLessThanOrEqualTo(PublishTimes.LONGEST_RETRY);
    assertThat(retry.toMillis()).isLessThanOrEqualTo(lifetime.toMillis() / 6);
  }
}
