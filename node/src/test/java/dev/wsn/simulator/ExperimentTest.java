package dev.wsn.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.NodeId;
import dev.wsn.kademlia.ReadPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The scenarios end, measure, and find what must be found. */
class ExperimentTest {
  private static final long SEED = Long.getLong("sim.seed", 1);

  private static Findings run(Plan plan) {
    Findings findings = Experiment.run(plan, SEED, new SplittableRandom(SEED), share -> {});
    assertThat(findings.plan()).isEqualTo(plan);
    return findings;
  }

  private static Plan plan(Scenario scenario, int nodes, Start start, int minutes) {
    return new Plan(
        scenario,
        nodes,
        Duration.ofMinutes(minutes),
        Duration.ofHours(1),
        0.02,
        0.2,
        80,
        250,
        start,
        false,
        ReadPolicy.FAST,
        20,
        200,
        List.of());
  }

  @Test
  void fiveThousandNodesAnswerFast() {
    Findings findings = run(plan(Scenario.LOOKUPS, 5000, Start.SNAPSHOT, 1));
    Figures figures = findings.figures();
    String message = figures + "; -Dsim.seed=" + SEED;
    assertThat(findings.published()).as(message).isEqualTo(20);
    assertThat(findings.acknowledgements()).as(message).isGreaterThan(18);
    assertThat(figures.success()).as(message).isGreaterThanOrEqualTo(0.99);
    assertThat(figures.p50Millis()).as(message).isLessThan(200);
    assertThat(figures.hops()).as(message).isLessThan(4);
  }

  /** That computed upkeep has the outcome of real upkeep is what snapshots stand on. */
  @Test
  void snapshotFindsWhatTheWholeNetworkFinds() {
    Figures whole = run(plan(Scenario.LOOKUPS, 300, Start.GROWN, 1)).figures();
    Figures snapshot = run(plan(Scenario.LOOKUPS, 300, Start.SNAPSHOT, 1)).figures();
    String message = whole + " and " + snapshot + "; -Dsim.seed=" + SEED;
    assertThat(snapshot.success()).as(message).isBetween(whole.success() - 0.02, 1.0);
    assertThat(snapshot.p50Millis())
        .as(message)
        .isBetween(whole.p50Millis() / 2, whole.p50Millis() * 2);
    assertThat(snapshot.hops()).as(message).isBetween(whole.hops() / 2, whole.hops() * 2);
  }

  @Test
  void readersWhoLeaveWhileTheyAskFindNothingAndAreNoMisses() {
    Plan plan =
        new Plan(
            Scenario.LOOKUPS,
            300,
            Duration.ofMinutes(1),
            Duration.ofMinutes(1),
            0.02,
            0.2,
            80,
            250,
            Start.SNAPSHOT,
            false,
            ReadPolicy.FAST,
            20,
            1_500,
            List.of());
    Findings findings = run(plan);
    assertThat(findings.abandoned()).as("-Dsim.seed=" + SEED).isBetween(1, 300);
    assertThat(findings.figures().lookups() + findings.abandoned()).isEqualTo(1_500);
  }

  @Test
  void recordsSurviveWithoutTheirOwners() {
    Figures figures = run(plan(Scenario.SURVIVAL, 40, Start.GROWN, 30)).figures();
    assertThat(figures.success()).as("-Dsim.seed=" + SEED).isGreaterThanOrEqualTo(0.98);
  }

  private static Figures against(String what, ReadPolicy policy, Attack... attacks) {
    Plan calm = plan(Scenario.LOOKUPS, 400, Start.SNAPSHOT, 1);
    Plan plan =
        new Plan(
            calm.scenario(),
            calm.nodes(),
            calm.duration(),
            calm.medianSession(),
            calm.loss(),
            calm.natShare(),
            calm.rttMedianMillis(),
            calm.rttP95Millis(),
            calm.start(),
            calm.isSealed(),
            policy,
            calm.records(),
            calm.lookups(),
            List.of(attacks));
    Figures figures = run(plan).figures();
    assertThat(figures.lookups()).as(what).isGreaterThan(150);
    return figures;
  }

  @Test
  void lookupsSucceedAmongAdversaries() {
    Figures figures =
        against(
            "a tenth that is silent and a tenth that lies",
            ReadPolicy.SECURE,
            new Attack(Attack.Kind.SILENT, 0.1),
            new Attack(Attack.Kind.LYING, 0.1));
    String message = figures + "; -Dsim.seed=" + SEED;
    assertThat(figures.success()).as(message).isGreaterThanOrEqualTo(0.97);
  }

  @Test
  void secureReadersAreNotSentBackByStaleHolders() {
    Figures figures =
        against("a fifth that is stale", ReadPolicy.SECURE, new Attack(Attack.Kind.STALE, 0.2));
    String message = figures + "; -Dsim.seed=" + SEED;
    assertThat(figures.stale()).as(message).isZero();
    assertThat(figures.success()).as(message).isGreaterThanOrEqualTo(0.97);
  }

  /** The attack is real: a reader without memory who takes the first answer gets old records. */
  @Test
  void adversariesDoHarm() {
    Figures stale = against("most are stale", ReadPolicy.FAST, new Attack(Attack.Kind.STALE, 0.6));
    assertThat(stale.stale()).as("-Dsim.seed=" + SEED).isPositive();
  }

  @Test
  void sybilsSitAsNearAsIdsAllow() {
    Ground ground = new Ground(new SplittableRandom(SEED));
    NodeId target = new NodeId(SEED << 40 | 0x1234, 5, 6, 7);
    for (List<Contact> ring :
        List.of(ground.near(target, 50, Ground.KEY_TRIES), ground.nearInOneSubnet(target, 50))) {
      assertThat(ring).hasSize(50).doesNotHaveDuplicates();
      assertThat(ring).allMatch(each -> each.equals(Contact.of(each.key(), each.address())));
    }
    assertThat(ground.near(target, 50, Ground.KEY_TRIES))
        .allMatch(each -> each.id().distanceTo(target).sharedBits() >= 12);
    assertThat(ground.nearInOneSubnet(target, 50))
        .allMatch(each -> each.id().distanceTo(target).sharedBits() >= 6);
  }

  @Test
  void progressGrowsToItsEnd() {
    List<Double> shares = new ArrayList<>();
    Plan plan = plan(Scenario.LOOKUPS, 20, Start.JOIN, 1);
    Experiment.run(plan, SEED, new SplittableRandom(SEED), shares::add);
    assertThat(shares).isSorted().allMatch(share -> share >= 0 && share <= 1).endsWith(1.0);
  }

  @Test
  void reportIsOnePageThatAsksForNothing() {
    Findings small = run(plan(Scenario.LOOKUPS, 20, Start.GROWN, 1));
    Findings large = run(plan(Scenario.LOOKUPS, 40, Start.GROWN, 1));
    String html = Report.html("wsn simulate --nodes 20,40 <&>", List.of(small, large));
    assertThat(html)
        .contains("&lt;&amp;&gt;", "20 nodes, seed 1", "Hops against the size")
        .doesNotContain("http://", "https://", "<script", "NaN", "Infinity");
    assertThat(html.split("<svg", -1)).hasSize(5);
  }

  @Test
  void planRefusesWhatMakesNoSense() {
    assertThatThrownBy(() -> plan(Scenario.LOOKUPS, 3, Start.JOIN, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nodes are 4");
    assertThatThrownBy(() -> plan(Scenario.SURVIVAL, 30, Start.SNAPSHOT, 1))
        .hasMessageContaining("no upkeep");
    assertThatThrownBy(() -> plan(Scenario.SURVIVAL, 30, Start.GROWN, 1439))
        .hasMessageContaining("live for 24 hours");
    assertThatThrownBy(() -> plan(Scenario.LOOKUPS, 30, Start.JOIN, 0))
        .hasMessageContaining("more than nothing");
  }
}
