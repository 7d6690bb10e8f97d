package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RoundTripsTest {
  private static final Parameters PARAMETERS = Parameters.defaults();

  private final RoundTrips roundTrips = new RoundTrips();

  @Test
  void nothingMeasuredIsOneSecond() {
    assertThat(roundTrips.isMeasured()).isFalse();
    assertThat(roundTrips.timeoutMillis(PARAMETERS)).isEqualTo(1000);
  }

  @Test
  void firstMeasurementCountsThreefold() {
    roundTrips.measured(200);
    assertThat(roundTrips.timeoutMillis(PARAMETERS)).isEqualTo(600);
  }

  @Test
  void whoCanBeReplacedIsAwaitedForLess() {
    assertThat(roundTrips.impatientMillis(PARAMETERS)).isEqualTo(1000);
    roundTrips.measured(200);
    assertThat(roundTrips.impatientMillis(PARAMETERS)).isEqualTo(500);
  }

  @Test
  void steadyRoundTripsNarrowTheTimeout() {
    for (int i = 0; i < 50; i++) {
      roundTrips.measured(200);
    }
    assertThat(roundTrips.timeoutMillis(PARAMETERS)).isBetween(200L, 210L);
    roundTrips.measured(400);
    assertThat(roundTrips.timeoutMillis(PARAMETERS)).isBetween(400L, 450L);
  }

  @Test
  void timeoutStaysWithinItsBounds() {
    roundTrips.measured(1);
    assertThat(roundTrips.timeoutMillis(PARAMETERS)).isEqualTo(100);
    for (int i = 0; i < 50; i++) {
      roundTrips.measured(2_900);
    }
    roundTrips.measured(1);
    assertThat(roundTrips.timeoutMillis(PARAMETERS)).isEqualTo(3000);
  }
}
