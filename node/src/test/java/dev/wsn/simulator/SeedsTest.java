package dev.wsn.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The usual course with faults drawn from the seed. {@code -Dsim.seed=N} runs one seed, {@code
 * -Dsim.runs=N} the first N; without either eight.
 */
class SeedsTest {
  private static final int RUNS = 8;

  static LongStream seeds() {
    Long one = Long.getLong("sim.seed");
    return one != null
        ? LongStream.of(one)
        : LongStream.rangeClosed(1, Integer.getInteger("sim.runs", RUNS));
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void everythingIsFoundAfterTheStorm(long seed) {
    assertThat(Replay.storm(seed).datagrams()).isPositive();
  }
}
