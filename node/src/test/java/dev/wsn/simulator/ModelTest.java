package dev.wsn.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Inspection;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import dev.wsn.wire.KeyAgreement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** What the simulator models is what it says it models. */
class ModelTest {
  private static final int DRAWS = 40_000;

  private final SplittableRandom random = new SplittableRandom(Long.getLong("sim.seed", 1));

  @Test
  void roundTripsAreLogNormalAndFixedPerPair() {
    Paths paths = new Paths(Faults.calm(), 99);
    double[] millis = new double[DRAWS];
    for (int i = 0; i < DRAWS; i++) {
      long there = paths.delayMillis(i, i + 1, random);
      long back = paths.delayMillis(i + 1, i, random);
      millis[i] = (double) (there + back);
      assertThat((double) there).isCloseTo((double) back, within(2 + 0.11 * there));
    }
    Arrays.sort(millis);
    // A jitter of up to a tenth moves both by half of that.
    assertThat(Quantiles.of(millis, 0.5)).isCloseTo(80 * 1.05, within(2.0));
    assertThat(Quantiles.of(millis, 0.95)).isCloseTo(250 * 1.05, within(9.0));
  }

  @Test
  void sessionsHaveTheirMedianAndALongTail() {
    Sessions sessions = new Sessions(3_600_000);
    double[] hours = new double[DRAWS];
    for (int i = 0; i < DRAWS; i++) {
      hours[i] = sessions.drawMillis(random) / 3_600_000.0;
    }
    Arrays.sort(hours);
    assertThat(Quantiles.of(hours, 0.5)).isCloseTo(1, within(0.05));
    assertThat(Quantiles.of(hours, 0.99)).isGreaterThan(10);
  }

  @Test
  void memberBehindNatIsReachableFromWhereItSentOnly() {
    IpPort here = new IpPort(IpAddress.of(new byte[] {8, 8, 8, 8}), 1);
    IpPort there = new IpPort(IpAddress.of(new byte[] {9, 9, 9, 9}), 1);
    Contact contact = Contact.of(PublicKey.of(new byte[32]), here);
    KeyAgreement none = peer -> new byte[32];
    Member natted = new Member(0, contact, none, true);
    assertThat(natted.isReachableFrom(there, 0)).isFalse();
    natted.sentTo(there, 0);
    assertThat(natted.isReachableFrom(there, 120_000)).isTrue();
    assertThat(natted.isReachableFrom(there, 120_001)).isFalse();
    assertThat(natted.isReachableFrom(here, 0)).isFalse();
    assertThat(new Member(1, contact, none, false).isReachableFrom(there, 0)).isTrue();
  }

  @Test
  void timePassesInOrder() {
    Timeline timeline = new Timeline();
    List<Integer> order = new ArrayList<>();
    timeline.at(20_000, () -> order.add(2));
    timeline.at(5, () -> order.add(0));
    timeline.at(
        5,
        () -> {
          order.add(1);
          timeline.after(19_995, () -> order.add(3));
        });
    timeline.run(20_000);
    assertThat(order).containsExactly(0, 1, 2, 3);
    assertThat(timeline.nowMillis()).isEqualTo(20_000);
    timeline.after(7, () -> order.add(4));
    timeline.run(6);
    assertThat(order).hasSize(4);
    timeline.run(1);
    assertThat(order).hasSize(5);
  }

  /** Tables that are computed hold what tables of the product may hold, caps and all. */
  @Test
  void grownTablesKeepEveryRule() {
    Setup setup =
        new Setup(
            400,
            Faults.calm(),
            Setup.Seal.NONE,
            Start.GROWN,
            0.2,
            3_600_000,
            60_000,
            dev.wsn.kademlia.Parameters.defaults(),
            0,
            List.of());
    Replay.story(
        setup,
        random.nextLong(),
        simulation -> {
          simulation.inspect();
          for (SimulatedNode node : simulation.nodes()) {
            assertThat(Inspection.ownIpv4(node.kademlia())).isEqualTo(node.contact().id());
            assertThat(node.kademlia().contactCount()).isBetween(150, 320);
          }
          simulation.timeline().run(30_000);
          simulation.inspect();
        });
  }
}
