package dev.wsn.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.kademlia.NodeId;
import dev.wsn.kademlia.Outcome;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Holders look after a record whose owner is gone, over a lossy network. */
class HoldersStoryTest {
  private static final long SEED = Long.getLong("sim.seed", 1);
  private static final int K = 20;

  @Test
  void halfOfTheHoldersVanishAndOthersTakeTheirPlace() {
    Replay.story(
        Setup.of(70, Faults.calm().withLoss(0.02)),
        SEED,
        simulation -> {
          simulation.grow();
          Owner owner = simulation.newOwner();
          Outcome.Published published =
              simulation.publish(
                  simulation.node(0),
                  owner,
                  owner.sign(simulation.node(0).now().unixSeconds(), Duration.ofHours(12)));
          assertThat(published.acknowledged()).isGreaterThanOrEqualTo(published.required());
          simulation.timeline().run(Duration.ofMinutes(11).toMillis());
          List<SimulatedNode> holders = simulation.closest(owner.key(), K);
          holders.subList(0, K / 2).forEach(SimulatedNode::crash);

          simulation.timeline().run(Duration.ofMinutes(18).toMillis());
          long copies =
              simulation.closest(owner.key(), K).stream()
                  .filter(node -> node.index().at(NodeId.ofRecord(owner.key())).isPresent())
                  .count();
          assertThat(copies).as("of the k that are the closest now").isGreaterThanOrEqualTo(18);
          simulation.inspect();
        });
  }
}
