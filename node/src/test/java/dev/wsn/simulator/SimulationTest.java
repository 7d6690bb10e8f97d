package dev.wsn.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.kademlia.NodeId;
import dev.wsn.kademlia.Outcome;
import dev.wsn.kademlia.ReadPolicy;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.RecordRejection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Networks with a story. A failure prints the seed; {@code -Dsim.seed=N} runs it again. */
class SimulationTest {
  private static final long SEED = Long.getLong("sim.seed", 1);
  private static final int K = 20;

  private static void story(int nodes, Faults faults, Consumer<Simulation> steps) {
    Replay.story(Setup.of(nodes, faults), SEED, steps);
  }

  private static AddressRecord sign(Simulation simulation, Owner owner) {
    return owner.sign(simulation.node(0).now().unixSeconds());
  }

  @Test
  void sameSeedSameRun() {
    String hash = Replay.storm(SEED).hash();
    assertThat(Replay.storm(SEED).hash()).isEqualTo(hash);
    assertThat(Replay.storm(SEED + 1).hash()).isNotEqualTo(hash);
  }

  @Test
  void thousandNodesFindWhatOneOfThemPublishes() {
    Replay.story(
        Setup.of(1000, Faults.calm().withLoss(0.03)).withoutSeal(),
        SEED,
        simulation -> {
          simulation.grow(5, 5_000);
          List<Owner> owners = new ArrayList<>();
          for (int i = 0; i < 20; i++) {
            Owner owner = simulation.newOwner();
            owners.add(owner);
            simulation.publishing(
                simulation.anyNode(), owner, sign(simulation, owner), published -> {});
          }
          simulation
              .timeline()
              .runUntil(() -> owners.stream().allMatch(o -> o.confirmed().isPresent()), 10_000);
          List<Outcome.Read> reads = new ArrayList<>();
          for (Owner owner : owners) {
            assertThat(owner.confirmed()).isPresent();
            long holders =
                simulation.closest(owner.key(), K).stream()
                    .filter(node -> node.index().at(place(owner)).isPresent())
                    .count();
            assertThat(holders).as("of the k that are truly closest").isGreaterThanOrEqualTo(14);
            for (ReadPolicy policy : ReadPolicy.values()) {
              simulation.resolving(
                  simulation.anyNode(),
                  owner.key(),
                  policy,
                  read -> reads.add((Outcome.Read) read));
            }
          }
          simulation.timeline().runUntil(() -> reads.size() == 40, 10_000);
          assertThat(reads).hasSize(40).allMatch(read -> read.newest().isPresent());
          double log2 = Math.log(simulation.nodes().size()) / Math.log(2);
          assertThat(simulation.trace().meanHops()).isBetween(1.0, log2);
          simulation.inspect();
        });
  }

  @Test
  void networkCutInHalvesGrowsTogetherAgain() {
    story(
        60,
        Faults.calm().withLoss(0.02).withPartition(Faults.Partition.HALVES),
        simulation -> {
          simulation.grow();
          Owner owner = simulation.newOwner();
          AddressRecord first = sign(simulation, owner);
          assertConfirmed(simulation.publish(simulation.node(0), owner, first));
          simulation.network().cut(true);
          simulation.timeline().run(Duration.ofMinutes(12).toMillis());
          assertThat(simulation.read(simulation.node(1), owner.key(), ReadPolicy.QUORUM).newest())
              .as("both sides still have it")
              .contains(first);
          AddressRecord second = sign(simulation, owner);
          assertConfirmed(simulation.publish(simulation.node(0), owner, second));
          assertThat(simulation.read(simulation.node(1), owner.key(), ReadPolicy.QUORUM).newest())
              .as("the other side cannot know")
              .contains(first);

          simulation.network().cut(false);
          simulation.timeline().run(Duration.ofMinutes(4).toMillis());
          for (SimulatedNode reader : simulation.nodes()) {
            assertThat(simulation.read(reader, owner.key(), ReadPolicy.QUORUM).newest())
                .as("read by %s", reader)
                .contains(second);
          }
          simulation.inspect();
        });
  }

  @Test
  void recordsStayFindableWhileNodesComeAndGo() {
    story(
        80,
        Faults.calm().withLoss(0.02),
        simulation -> {
          simulation.grow();
          Owner owner = simulation.newOwner();
          AddressRecord newest = sign(simulation, owner);
          assertConfirmed(simulation.publish(simulation.anyNode(), owner, newest));
          int found = 0;
          for (int second = 0; second < 180; second++) {
            SimulatedNode unlucky = simulation.anyNode();
            if (second % 2 == 0 && simulation.upNodes() > 50) {
              unlucky.crash();
            }
            for (SimulatedNode node : simulation.nodes()) {
              if (!node.isUp() && simulation.random().nextInt(20) == 0) {
                simulation.start(node);
              }
            }
            simulation.timeline().run(1000);
            SimulatedNode reader = simulation.settledNode(10_000);
            Outcome.Read read = simulation.read(reader, owner.key(), ReadPolicy.FAST);
            found += read.newest().isPresent() ? 1 : 0;
          }
          assertThat(found).as("of 180 reads").isGreaterThanOrEqualTo(178);
        });
  }

  @Test
  void quorumFindsTheNewestAmongStaleHoldersAndRepairsThem() {
    story(
        60,
        Faults.calm(),
        simulation -> {
          simulation.grow();
          Owner owner = simulation.newOwner();
          AddressRecord old = sign(simulation, owner);
          assertConfirmed(simulation.publish(simulation.anyNode(), owner, old));
          List<SimulatedNode> stale = simulation.closest(owner.key(), K).subList(0, 8);
          stale.forEach(SimulatedNode::crash);
          AddressRecord newest = sign(simulation, owner);
          assertConfirmed(simulation.publish(simulation.anyNode(), owner, newest));
          stale.forEach(simulation::start);
          simulation.timeline().run(5_000);
          assertThat(stale).allMatch(node -> node.disk().at(place(owner)).equals(Optional.of(old)));

          SimulatedNode reader = simulation.closest(owner.key(), 60).get(59);
          Outcome.Read read = simulation.read(reader, owner.key(), ReadPolicy.QUORUM);
          assertThat(read.newest()).contains(newest);
          assertThat(read.evidence().conflicting()).isGreaterThanOrEqualTo(5);
          simulation.timeline().run(5_000);
          long repaired =
              simulation.closest(owner.key(), K).stream()
                  .filter(node -> node.disk().at(place(owner)).equals(Optional.of(newest)))
                  .count();
          assertThat(repaired).isGreaterThanOrEqualTo(K - 2);
        });
  }

  /** Even if every other node serves an older record that is correctly signed. */
  @Test
  void readerThatSawTheNewestNeverTakesAnOlderOne() {
    story(
        15,
        Faults.calm(),
        simulation -> {
          simulation.grow();
          Owner owner = simulation.newOwner();
          AddressRecord old = sign(simulation, owner);
          AddressRecord newest = sign(simulation, owner);
          assertConfirmed(simulation.publish(simulation.node(1), owner, newest));
          SimulatedNode reader = simulation.node(2);
          assertThat(simulation.read(reader, owner.key(), ReadPolicy.QUORUM).newest())
              .contains(newest);

          for (SimulatedNode node : simulation.nodes()) {
            node.crash();
            if (node == reader) {
              node.disk().dropRecords();
            } else {
              node.disk().replaceBy(old);
            }
            simulation.start(node);
          }
          simulation.timeline().run(10_000);
          for (ReadPolicy policy : ReadPolicy.values()) {
            Outcome.Read read = simulation.read(reader, owner.key(), policy);
            assertThat(read.newest()).isEmpty();
            assertThat(read.evidence().answered()).isGreaterThanOrEqualTo(10);
          }
          Outcome.Published again = simulation.publish(simulation.node(1), owner, old);
          assertThat(again.refusals()).containsEntry(RecordRejection.OLDER_THAN_KNOWN, 1);
        });
  }

  @Test
  void deadRecordIsNotFound() {
    story(
        30,
        Faults.calm(),
        simulation -> {
          simulation.grow();
          Owner owner = simulation.newOwner();
          long now = simulation.node(0).now().unixSeconds();
          AddressRecord brief = owner.sign(now, Duration.ofSeconds(90));
          assertConfirmed(simulation.publish(simulation.anyNode(), owner, brief));
          assertThat(simulation.read(simulation.anyNode(), owner.key(), ReadPolicy.FAST).newest())
              .contains(brief);
          simulation.timeline().run(95_000);
          Outcome.Read read = simulation.read(simulation.anyNode(), owner.key(), ReadPolicy.QUORUM);
          assertThat(read.newest()).isEmpty();
          assertThat(read.evidence().had()).isZero();
        });
  }

  @Test
  void networkWorksWithRealKeyAgreement() {
    Replay.story(
        Setup.of(25, Faults.calm().withLoss(0.05)).withRealCurve(),
        SEED,
        simulation -> {
          simulation.grow();
          Owner owner = simulation.newOwner();
          AddressRecord signed = sign(simulation, owner);
          assertConfirmed(simulation.publish(simulation.node(3), owner, signed));
          assertThat(simulation.read(simulation.node(20), owner.key(), ReadPolicy.QUORUM).newest())
              .contains(signed);
        });
  }

  private static NodeId place(Owner owner) {
    return NodeId.ofRecord(owner.key());
  }

  private static void assertConfirmed(Outcome.Published published) {
    assertThat(published.acknowledged()).isGreaterThanOrEqualTo(published.required());
  }
}
