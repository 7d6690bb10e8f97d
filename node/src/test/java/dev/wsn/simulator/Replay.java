package dev.wsn.simulator;

import dev.wsn.kademlia.Inspection;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/** Runs stories from a seed; a failure says how to run the same again. */
final class Replay {
  private Replay() {}

  /** A network whose nodes are inspected. */
  static Simulation simulation(Setup setup, long seed) {
    return new Simulation(setup, new SplittableRandom(seed), Inspection::violations);
  }

  /** Tells a story about a network and returns what happened. */
  static Trace story(Setup setup, long seed, Consumer<Simulation> steps) {
    try {
      Simulation simulation = simulation(setup, seed);
      steps.accept(simulation);
      return simulation.trace();
    } catch (AssertionError | RuntimeException failure) {
      throw new AssertionError(
          failure.getMessage() + "\nrun again with -Dsim.seed=" + seed + "; " + setup, failure);
    }
  }

  /** The usual course with faults drawn from the seed. */
  static Trace storm(long seed) {
    return story(drawn(seed), seed, simulation -> new Course(simulation).play());
  }

  /** Some of everything, drawn from the seed. */
  private static Setup drawn(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    double median = 10 + random.nextDouble() * 190;
    Faults.Partition[] partitions = Faults.Partition.values();
    int nodes = 20 + random.nextInt(50);
    Faults faults =
        new Faults(
            median,
            median * (1.5 + random.nextDouble() * 6),
            random.nextInt(2) == 0,
            random.nextDouble() * 0.15,
            random.nextDouble() * 0.1,
            partitions[random.nextInt(partitions.length)],
            random.nextDouble() * 4,
            random.nextDouble() * 0.3,
            random.nextInt(25));
    Setup setup = Setup.of(nodes, faults);
    return random.nextInt(4) == 0 ? setup.withRealCurve() : setup;
  }
}
