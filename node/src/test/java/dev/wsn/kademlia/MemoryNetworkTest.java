package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.record.AddressRecord;
import dev.wsn.record.RecordRejection;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The pure core as a network: everybody finds what anybody published, whatever happens. */
class MemoryNetworkTest {
  private static final int NODES = 50;

  private final MemoryNetwork network = new MemoryNetwork(1);

  @Test
  void everyNodeFindsWhatOneNodePublished() {
    List<MemoryNetwork.Node> nodes = network.grow(NODES);
    AddressRecord signed = Peers.signed(1, network.now().unixSeconds());

    Outcome.Published published = nodes.get(7).publish(signed);

    assertThat(published.required()).isEqualTo(10);
    assertThat(published.acknowledged()).isEqualTo(20);
    assertThat(published.refusals()).isEmpty();
    // Everybody gets an idea of how large the network is.
    network.run(60_000);
    for (MemoryNetwork.Node node : nodes) {
      Outcome.Read fast = node.resolve(signed.pubkey(), ReadPolicy.FAST);
      assertThat(fast.newest()).contains(signed);
      assertThat(fast.isFinal()).isTrue();
      assertThat(node.outcomesOfLast()).hasSize(2);
      Outcome.Read quorum = node.resolve(signed.pubkey(), ReadPolicy.QUORUM);
      assertThat(quorum.newest()).contains(signed);
      assertThat(quorum.evidence().agreed()).isEqualTo(quorum.evidence().had()).isBetween(19, 21);
      assertThat(quorum.evidence().answered()).isGreaterThanOrEqualTo(20);
    }
  }

  @Test
  void holdersAreTheClosestNodes() {
    List<MemoryNetwork.Node> nodes = network.grow(NODES);
    for (int owner = 1; owner <= 10; owner++) {
      AddressRecord signed = Peers.signed(owner, network.now().unixSeconds());
      nodes.get(owner).publish(signed);
      NodeId target = NodeId.ofRecord(signed.pubkey());

      List<MemoryNetwork.Node> byDistance =
          nodes.stream()
              .sorted(Comparator.comparing(node -> node.contact.id().distanceTo(target)))
              .toList();

      assertThat(byDistance.subList(0, 20))
          .allSatisfy(node -> assertThat(node.held(signed.pubkey())).contains(signed));
      // The publisher counts 20 others, and keeps it too if it belongs to the closest.
      assertThat(byDistance.subList(21, NODES))
          .allSatisfy(node -> assertThat(node.held(signed.pubkey())).isEmpty());
    }
  }

  @Test
  void recordsOutliveTheirHolders() {
    List<MemoryNetwork.Node> nodes = network.grow(NODES);
    AddressRecord signed = Peers.signed(1, network.now().unixSeconds());
    nodes.get(3).publish(signed);
    nodes.stream()
        .filter(node -> node.held(signed.pubkey()).isPresent())
        .limit(18)
        .forEach(node -> node.isUp = false);
    MemoryNetwork.Node reader =
        nodes.stream()
            .filter(node -> node.isUp && node.held(signed.pubkey()).isEmpty())
            .findFirst()
            .orElseThrow();

    assertThat(reader.resolve(signed.pubkey(), ReadPolicy.QUORUM).newest()).contains(signed);

    network.run(5_000);
    assertThat(
            nodes.stream()
                .filter(node -> node.isUp && node.held(signed.pubkey()).isPresent())
                .count())
        .as("the quorum read repaired the k closest of those that are left")
        .isGreaterThanOrEqualTo(20);
  }

  @Test
  void holdersRepublishToThoseWhoCameLater() {
    List<MemoryNetwork.Node> nodes = network.grow(5);
    AddressRecord signed = Peers.signed(1, network.now().unixSeconds(), Duration.ofHours(12));
    nodes.get(0).publish(signed);
    MemoryNetwork.Node late = network.add(100);
    late.join(nodes.get(1));
    assertThat(late.held(signed.pubkey())).isEmpty();

    network.run(2 * 3_600_000);

    assertThat(late.held(signed.pubkey())).contains(signed);
  }

  /** Nobody reads, and the owner is gone. */
  @Test
  void holdersReplaceThoseWhoVanishedWithinMinutes() {
    List<MemoryNetwork.Node> nodes = network.grow(NODES);
    AddressRecord signed = Peers.signed(1, network.now().unixSeconds(), Duration.ofHours(12));
    nodes.get(3).publish(signed);
    network.run(Neighbourhood.SETTLING_MILLIS);
    List<MemoryNetwork.Node> holders =
        nodes.stream().filter(node -> node.held(signed.pubkey()).isPresent()).toList();
    holders.subList(0, holders.size() / 2).forEach(node -> node.isUp = false);

    network.run(20 * 60_000);

    assertThat(
            nodes.stream()
                .filter(node -> node.isUp && node.held(signed.pubkey()).isPresent())
                .count())
        .isGreaterThanOrEqualTo(20);
  }

  @Test
  void newerRecordReplacesOlderEverywhereAndOlderNeverComesBack() {
    List<MemoryNetwork.Node> nodes = network.grow(NODES);
    AddressRecord older = Peers.signed(1, network.now().unixSeconds() - 10);
    AddressRecord newer = Peers.signed(1, network.now().unixSeconds());
    nodes.get(3).publish(older);
    nodes.get(4).publish(newer);

    Outcome.Published again = nodes.get(5).publish(older);

    assertThat(again.acknowledged()).isZero();
    assertThat(again.newerKnown()).contains(newer);
    assertThat(again.refusals()).containsOnlyKeys(RecordRejection.OLDER_THAN_KNOWN);
    assertThat(nodes.get(9).resolve(older.pubkey(), ReadPolicy.QUORUM).newest()).contains(newer);
  }

  @Test
  void lossOnlySlowsDown() {
    List<MemoryNetwork.Node> nodes = network.grow(NODES);
    network.loss = 0.2;
    AddressRecord signed = Peers.signed(1, network.now().unixSeconds());

    Outcome.Published published = nodes.get(7).publish(signed);

    assertThat(published.acknowledged()).isGreaterThanOrEqualTo(published.required());
    for (MemoryNetwork.Node node : nodes) {
      assertThat(node.resolve(signed.pubkey(), ReadPolicy.QUORUM).newest()).contains(signed);
    }
  }

  @Test
  void nodesRejoinWithoutSeedsAfterTheWholeNetworkWasAway() {
    List<MemoryNetwork.Node> nodes = network.grow(8);
    nodes.subList(1, 8).forEach(node -> node.isUp = false);
    network.run(600_000);
    nodes.subList(1, 8).forEach(node -> node.isUp = true);
    nodes.subList(1, 8).forEach(node -> node.apply(node.kademlia.wake(network.now())));
    network.run(600_000);

    AddressRecord signed = Peers.signed(1, network.now().unixSeconds());
    assertThat(nodes.get(0).publish(signed).acknowledged()).isEqualTo(7);
  }

  @Test
  void deadNodesLeaveTheTablesOfOthers() {
    List<MemoryNetwork.Node> nodes = network.grow(20);
    MemoryNetwork.Node dead = nodes.get(4);
    dead.isUp = false;

    network.run(900_000);

    for (MemoryNetwork.Node node : nodes) {
      if (node != dead) {
        assertThat(node.kademlia.contacts()).doesNotContain(dead.contact);
        assertThat(node.kademlia.contacts()).hasSize(18);
      }
    }
  }

  @Test
  void clientsReadAndPublishButEnterNoTable() {
    List<MemoryNetwork.Node> nodes = network.grow(20);
    MemoryNetwork.Node client =
        network.add(900, Peers.contact(900), Parameters.defaults().asLocal().asClient());
    assertThat(client.join(nodes.get(0)).contacts()).isEqualTo(20);
    AddressRecord signed = Peers.signed(1, network.now().unixSeconds());

    assertThat(client.publish(signed).acknowledged()).isEqualTo(20);

    assertThat(client.held(signed.pubkey())).isEmpty();
    assertThat(nodes.get(11).resolve(signed.pubkey(), ReadPolicy.FAST).newest()).contains(signed);
    network.run(600_000);
    for (MemoryNetwork.Node node : nodes) {
      assertThat(node.kademlia.contacts()).doesNotContain(client.contact);
    }
  }

  @Test
  void sameSeedSameHistory() {
    assertThat(history(7)).isEqualTo(history(7)).isNotEqualTo(history(8));
  }

  private static long history(long seed) {
    MemoryNetwork network = new MemoryNetwork(seed);
    network.loss = 0.1;
    List<MemoryNetwork.Node> nodes = network.grow(20);
    nodes.get(2).publish(Peers.signed(1, network.now().unixSeconds()));
    network.run(1_000_000);
    return network.hash();
  }
}
