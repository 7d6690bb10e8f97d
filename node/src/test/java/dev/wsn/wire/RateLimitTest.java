package dev.wsn.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.kademlia.Protocol;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  private static final int RATE = 10;
  private static final int BURST = Protocol.BURST_SECONDS * RATE;

  @Test
  void sourceGetsItsBurstAndThenItsRate() {
    RateLimit limit = new RateLimit(RATE, 64, new SplittableRandom(1));
    // A monotonic clock has any origin, a negative one too.
    long start = -1_000_000;
    assertThat(taken(limit, start, 7)).isEqualTo(BURST);
    assertThat(taken(limit, start + 99, 7)).as("a tenth of a second each").isZero();
    assertThat(taken(limit, start + 100, 7)).isEqualTo(1);
    assertThat(taken(limit, start + 1_100, 7)).isEqualTo(RATE);
    assertThat(taken(limit, start + 1_000_000, 7)).isEqualTo(BURST);
  }

  @Test
  void floodOfOneSourceLeavesOthersTheirShare() {
    RateLimit limit = new RateLimit(RATE, 1_024, new SplittableRandom(2));
    assertThat(taken(limit, 0, 0)).isEqualTo(BURST);
    int whole = 0;
    for (int source = 1; source <= 100; source++) {
      whole += taken(limit, 0, source) == BURST ? 1 : 0;
    }
    assertThat(whole)
        .as("both counters shared with others: about one in a hundred")
        .isGreaterThan(90);
  }

  /** However many sources an attacker forges, memory is fixed and time gives everything back. */
  @Test
  void forgedSourcesFillTheTableForAMomentOnly() {
    RateLimit limit = new RateLimit(RATE, 64, new SplittableRandom(3));
    for (int source = 0; source < 10_000; source++) {
      taken(limit, 0, source);
    }
    assertThat(taken(limit, 0, 123_456)).isZero();
    assertThat(taken(limit, 4_000, 123_456)).isEqualTo(BURST);
  }

  private static int taken(RateLimit limit, long nowMillis, long source) {
    int taken = 0;
    while (limit.hasRoom(nowMillis, source)) {
      limit.count(nowMillis, source);
      taken++;
    }
    return taken;
  }
}
