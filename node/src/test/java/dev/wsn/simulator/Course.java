package dev.wsn.simulator;

import dev.wsn.kademlia.Outcome;
import dev.wsn.kademlia.ReadPolicy;
import dev.wsn.record.AddressRecord;
import java.util.ArrayList;
import java.util.List;

/**
 * The usual course of a run: the network grows, a storm with all the faults of the run passes over
 * readers and writers, calm returns, and then every live record must be found from everywhere.
 */
final class Course {
  private static final int OWNERS = 8;
  private static final long STORM_MILLIS = 120_000;
  private static final long OPERATION_PAUSE_MILLIS = 700;
  private static final long HEAL_MILLIS = 60_000;
  private static final int READERS_PER_RECORD = 12;

  private final Simulation simulation;
  private final Timeline timeline;
  private final List<Owner> owners = new ArrayList<>();
  private boolean isStormy;

  Course(Simulation simulation) {
    this.simulation = simulation;
    this.timeline = simulation.timeline();
  }

  void play() {
    simulation.grow();
    for (int i = 0; i < OWNERS; i++) {
      Owner owner = simulation.newOwner();
      owners.add(owner);
      write(owner, simulation.anyNode());
    }
    storm();
    calm();
    findEverything();
  }

  private void storm() {
    Faults faults = simulation.setup().faults();
    isStormy = true;
    timeline.after(STORM_MILLIS / 4, () -> simulation.network().cut(true));
    timeline.after(STORM_MILLIS * 2 / 3, () -> simulation.network().cut(false));
    every(OPERATION_PAUSE_MILLIS, this::operate);
    every(1000, () -> crashSome(faults.crashesPerMinute() / 60));
    every(1000, () -> clogOne(faults.clogsPerMinute() / 60));
    every(20_000, simulation::inspect);
    timeline.run(STORM_MILLIS);
    isStormy = false;
  }

  private void calm() {
    simulation.network().heal();
    for (SimulatedNode node : simulation.nodes()) {
      if (!node.isUp()) {
        simulation.start(node);
      }
    }
    timeline.run(Simulation.OPERATION_MILLIS + HEAL_MILLIS);
    simulation.inspect();
  }

  /** What was confirmed, or something newer, is found by any reader. */
  private void findEverything() {
    for (Owner owner : owners) {
      AddressRecord expected = owner.confirmed().orElse(null);
      for (int i = 0; expected != null && i < READERS_PER_RECORD; i++) {
        SimulatedNode reader = simulation.anyNode();
        Outcome.Read read = simulation.read(reader, owner.key(), ReadPolicy.QUORUM);
        Safety.check(
            read.newest().isPresent()
                && !expected.version().supersedes(read.newest().get().version()),
            reader + " does not find what was confirmed: " + read);
      }
    }
  }

  private void every(long millis, Runnable action) {
    timeline.after(
        millis,
        () -> {
          if (isStormy) {
            action.run();
            every(millis, action);
          }
        });
  }

  private void operate() {
    Owner owner = owners.get(simulation.random().nextInt(owners.size()));
    SimulatedNode node = simulation.anyNode();
    switch (simulation.random().nextInt(4)) {
      case 0 -> write(owner, node);
      case 1 -> simulation.resolving(node, owner.key(), ReadPolicy.QUORUM, done -> {});
      default -> simulation.resolving(node, owner.key(), ReadPolicy.FAST, done -> {});
    }
  }

  private void write(Owner owner, SimulatedNode node) {
    simulation.publishing(node, owner, owner.sign(node.now().unixSeconds()), done -> {});
  }

  private void crashSome(double probability) {
    for (SimulatedNode node : simulation.nodes()) {
      boolean mayCrash = node.isUp() && 2 * simulation.upNodes() > simulation.nodes().size();
      if (mayCrash && simulation.random().nextDouble() < probability) {
        node.crash();
        timeline.after(
            5_000 + simulation.random().nextInt(40_000),
            () -> {
              if (!node.isUp()) {
                simulation.start(node);
              }
            });
      }
    }
  }

  private void clogOne(double probability) {
    if (simulation.random().nextDouble() < probability) {
      long until = timeline.nowMillis() + 1000 + simulation.random().nextInt(8000);
      simulation.anyNode().member().clog(until);
    }
  }
}
