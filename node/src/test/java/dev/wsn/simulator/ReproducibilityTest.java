package dev.wsn.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.Secp256k1;
import dev.wsn.kademlia.ReadPolicy;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

/** The same seed gives the same run: in another process, and on another machine. */
class ReproducibilityTest {
  private static final long SEED = 7;

  static Plan plan(Start start) {
    return new Plan(
        Scenario.LOOKUPS,
        start == Start.JOIN ? 20 : 60,
        Duration.ofSeconds(20),
        Duration.ofMinutes(5),
        0.05,
        0.2,
        80,
        250,
        start,
        start == Start.JOIN,
        ReadPolicy.FAST,
        10,
        60,
        start == Start.JOIN
            ? List.of()
            : List.of(new Attack(Attack.Kind.LYING, 0.1), new Attack(Attack.Kind.SYBIL, 10)));
  }

  private static Findings run(Start start, long seed) {
    return Experiment.run(plan(start), seed, new SplittableRandom(seed), share -> {});
  }

  /** A process of its own has other addresses and identity hashes, and so other accidents. */
  @Test
  void anotherProcessGivesTheSameTrace() throws IOException, InterruptedException {
    for (Start start : List.of(Start.JOIN, Start.SNAPSHOT)) {
      Process process =
          new ProcessBuilder(
                  System.getProperty("java.home") + "/bin/java",
                  "-XX:+UseSerialGC",
                  "-cp",
                  System.getProperty("java.class.path"),
                  OneRun.class.getName(),
                  start.name(),
                  Long.toString(SEED))
              .redirectErrorStream(true)
              .start();
      String printed =
          new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      assertThat(process.waitFor()).as(printed).isZero();
      assertThat(printed).endsWith(run(start, SEED).traceHash());
    }
    assertThat(run(Start.SNAPSHOT, SEED).traceHash())
        .isNotEqualTo(run(Start.SNAPSHOT, SEED + 1).traceHash());
  }

  /** Prints the trace of one run. */
  static final class OneRun {
    public static void main(String[] arguments) {
      Start start = Start.valueOf(arguments[0]);
      System.out.println(run(start, Long.parseLong(arguments[1])).traceHash());
    }
  }

  /**
   * What a run takes from the platform is random numbers, logarithms and hashes. Pinned, because a
   * Java that computes another of them would replay nothing that was found on this one; the trace
   * itself changes with every change of the protocol.
   */
  @Test
  void everyMachineDrawsTheSame() {
    SplittableRandom random = new SplittableRandom(SEED);
    CRC32C drawn = new CRC32C();
    Sessions sessions = new Sessions(3_600_000);
    Paths paths = new Paths(Faults.calm(), random.nextLong());
    Population population = new Population(random.split(), Secp256k1.preferred(), false);
    for (int i = 0; i < 10_000; i++) {
      note(drawn, sessions.drawMillis(random));
      note(drawn, paths.delayMillis(i, i * i, random));
      note(drawn, random.nextLong(1L + i));
      note(drawn, population.member(i, false).contact().id().d());
    }
    assertThat(drawn.getValue()).isEqualTo(643_285_043L);
  }

  private static void note(CRC32C drawn, long value) {
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      drawn.update((int) (value >>> shift));
    }
  }
}
