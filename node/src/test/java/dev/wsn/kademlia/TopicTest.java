package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.AddressScope;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.Topic;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Announcing under topics and listing them, in a network on public addresses. */
class TopicTest {
  private static final Topic MUSIC = new Topic("music");
  private static final Topic CHESS = new Topic("chess");
  private static final int NODES = 70;
  private static final int HONEST = 30;
  private static final int FLOODERS = 100;

  private final MemoryNetwork network = new MemoryNetwork(Long.getLong("sim.seed", 1));
  private final RandomGenerator random = Peers.random(77);
  private final List<MemoryNetwork.Node> nodes = new ArrayList<>();

  private void grow(int count) {
    for (int i = 0; i < count; i++) {
      Contact contact = Contact.of(Peers.key(50_000 + i), new IpPort(anywhere(), 4848));
      MemoryNetwork.Node node = network.add(i + 1, contact, Parameters.defaults());
      if (!nodes.isEmpty()) {
        node.join(nodes.get(0));
      }
      nodes.add(node);
    }
    network.run(120_000);
  }

  private IpAddress anywhere() {
    IpAddress address;
    do {
      address = IpAddress.of(ByteBuffer.allocate(4).putInt(random.nextInt()).array());
    } while (address.scope() != AddressScope.PUBLIC);
    return address;
  }

  private long seconds() {
    return network.now().unixSeconds();
  }

  private AddressRecord relay(int owner, Topic... topics) {
    return Peers.announced(owner, anywhere() + ":4848", seconds(), topics);
  }

  /** Relays whose owners sit anywhere, each at its own node. */
  private Set<PublicKey> announceHonest() {
    Set<PublicKey> keys = new HashSet<>();
    for (int i = 0; i < HONEST; i++) {
      AddressRecord honest = relay(i + 1, MUSIC);
      Outcome.Announced outcome = nodes.get(i + 1).announce(honest, MUSIC);
      assertThat(outcome.acknowledged()).isGreaterThanOrEqualTo(Protocol.K);
      keys.add(honest.pubkey());
    }
    return keys;
  }

  private static Set<PublicKey> keys(Outcome.Listed listed) {
    return listed.records().stream().map(AddressRecord::pubkey).collect(Collectors.toSet());
  }

  private void assertAllListHonest(Set<PublicKey> honest) {
    for (int reader = 0; reader < NODES; reader += 13) {
      Outcome.Listed listed = nodes.get(reader).list(MUSIC);
      assertThat(keys(listed)).as("listed by node %d", reader).containsAll(honest);
    }
  }

  @Test
  void everybodyListsWhoAnnounced() {
    grow(NODES);
    Set<PublicKey> honest = announceHonest();
    AddressRecord other = relay(1000, CHESS);
    nodes.get(3).announce(other, CHESS);
    assertAllListHonest(honest);
    assertThat(keys(nodes.get(60).list(CHESS))).containsExactly(other.pubkey());
    assertThat(nodes.get(60).list(new Topic("nobody")).records()).isEmpty();
  }

  @Test
  void whatIsWithdrawnOrLeavesTheTopicOrExpiresIsListedNoMore() {
    grow(30);
    AddressRecord first = relay(1, MUSIC, CHESS);
    AddressRecord second = relay(2, MUSIC);
    nodes.get(1).announce(first, MUSIC);
    nodes.get(1).announce(first, CHESS);
    nodes.get(2).announce(second, MUSIC);
    assertThat(keys(nodes.get(20).list(MUSIC)))
        .containsExactlyInAnyOrder(first.pubkey(), second.pubkey());

    network.run(10_000);
    AddressRecord moved = relay(1, CHESS);
    nodes.get(1).announce(moved, MUSIC);
    assertThat(keys(nodes.get(20).list(MUSIC))).containsExactly(second.pubkey());
    assertThat(nodes.get(20).list(CHESS).records()).as("registrars saw a newer one").isEmpty();
    nodes.get(1).announce(moved, CHESS);
    assertThat(keys(nodes.get(20).list(CHESS))).containsExactly(moved.pubkey());

    network.run(2 * 3600_000 + 2 * 60_000);
    assertThat(nodes.get(20).list(MUSIC).records()).isEmpty();
    assertThat(nodes.stream().mapToInt(node -> node.kademlia.announcementsHeld()).sum()).isZero();
  }

  @Test
  void aPublicationTellsWhatToAnnounce() {
    grow(30);
    Outcome.Published first = nodes.get(1).publish(relay(1, MUSIC, CHESS));
    assertThat(first.topics()).containsExactly(MUSIC, CHESS);
    network.run(10_000);
    Outcome.Published second = nodes.get(9).publish(relay(1));
    assertThat(second.topics()).as("those to be taken back").containsExactly(MUSIC, CHESS);
  }

  /** A hundred hosts of one /24 announce as much as they can, with relays that are everywhere. */
  private void flood(int round) {
    for (int i = 0; i < FLOODERS; i++) {
      Contact contact =
          Contact.of(
              Peers.key(80_000 + round * 1000 + i),
              Peers.address("198.51.100." + (i + 1) + ":" + (5000 + round)));
      MemoryNetwork.Node flooder =
          network.add(20_000 + round * 1000 + i, contact, Parameters.defaults().asClient());
      flooder.join(nodes.get(i % NODES));
      for (int key = 0; key < 3; key++) {
        flooder.announce(relay(10_000 + round * 1000 + i * 3 + key, MUSIC), MUSIC);
      }
    }
  }

  @Test
  void aHundredFloodersOfOneSubnetDisplaceNobody() {
    grow(NODES);
    flood(0);
    Set<PublicKey> honest = announceHonest();
    assertAllListHonest(honest);
    flood(1);
    assertAllListHonest(honest);
    for (MemoryNetwork.Node node : nodes) {
      long ofFlooders =
          node
              .kademlia
              .state()
              .announcements
              .after(NodeId.ofTopic(MUSIC), NodeId.ofTopic(MUSIC), 1000)
              .stream()
              .filter(each -> !honest.contains(each.pubkey()))
              .count();
      assertThat(ofFlooders)
          .as("announcements of the flooders at one registrar")
          .isLessThanOrEqualTo(Protocol.MAX_ANNOUNCEMENTS_OF_SUBNET_IN_TOPIC);
    }
  }

  @Test
  void registrarsThatInventRelaysCrowdNobodyOut() {
    grow(NODES);
    Set<PublicKey> honest = announceHonest();
    List<NostrEvent> invented = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      invented.add(relay(30_000 + i, MUSIC).event());
    }
    // The ten nodes closest to the topic lie.
    NodeId place = NodeId.ofTopic(MUSIC);
    List<MemoryNetwork.Node> byDistance = new ArrayList<>(nodes);
    byDistance.sort((a, b) -> distance(a, place).compareTo(distance(b, place)));
    for (int liar = 0; liar < 10; liar++) {
      int first = liar * 60;
      byDistance.get(liar).tongue =
          (ask, answer) ->
              answer instanceof Reply.TopicFound found
                  ? new Reply.TopicFound(
                      found.storeToken(), 1000, invented.subList(first, first + 4))
                  : answer;
    }
    for (int reader = 0; reader < 5; reader++) {
      Outcome.Listed listed = byDistance.get(60 + reader).list(MUSIC);
      assertThat(keys(listed)).containsAll(honest);
    }
  }

  private static Distance distance(MemoryNetwork.Node node, NodeId place) {
    return node.contact.id().distanceTo(place);
  }
}
