package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RegionTest {
  private static final int K = 4;
  private static final NodeId PLACE = Peers.id(0);

  private final Parameters parameters = Parameters.defaults().withK(K);
  private final RandomGenerator random = Peers.random(3);
  private final RoutingTable table = new RoutingTable(PLACE, parameters, KademliaObserver.NONE);

  /** K contacts, the farthest of them at this share of 1/256 of the key space. */
  private static List<Contact> upTo(int distance) {
    List<Contact> contacts = new ArrayList<>();
    for (int i = 1; i <= K; i++) {
      NodeId id = Peers.id(Math.max(0, distance - (K - i)));
      contacts.add(new Contact(id, Peers.key(i), Peers.address("5." + i + ".0.1:4848")));
    }
    return contacts;
  }

  private Optional<Region> suspected(List<Contact> closest) {
    return Region.suspected(parameters, table, 0, PLACE, closest);
  }

  @Test
  void densityIsComparedWithTheSizeOfTheNetwork() {
    // Of 64 nodes the third closest is expected at 3/64 of the key space, 12/256.
    assertThat(suspected(upTo(4))).as("nothing to compare with").isEmpty();
    table.networkSize().measured(0, Peers.id(0x70), 64);
    assertThat(suspected(upTo(12))).isEmpty();
    assertThat(suspected(upTo(7))).isEmpty();
    assertThat(suspected(upTo(5))).contains(new Region(PLACE, 4));
    assertThat(suspected(upTo(5).subList(0, K - 1))).as("that is everybody").isEmpty();
  }

  @Test
  void networkHasAtLeastTheNodesThatAreKnown() {
    table.networkSize().measured(0, Peers.id(0x70), 2);
    assertThat(table.nodes(0)).hasValue(2);
    fill("7.7.");
    assertThat(table.nodes(0)).hasValue(2 * K);
  }

  @Test
  void regionHasRoomForAtLeastKNodes() {
    for (int nodes : new int[] {1, 5, 64, 100, 1000}) {
      table.networkSize().measured(0, Peers.id(0x70), nodes);
      NodeId near = new NodeId(0, 0, 0, 1);
      List<Contact> crowd = new ArrayList<>();
      for (int i = 0; i < K; i++) {
        crowd.add(new Contact(near, Peers.key(i), Peers.address("5." + i + ".0.1:4848")));
      }
      Region region = suspected(crowd).orElseThrow();
      double expected = nodes / Math.pow(2, region.bits());
      assertThat(expected).isGreaterThanOrEqualTo(Math.min(nodes, K)).isLessThan(2 * K + nodes / K);
    }
  }

  @Test
  void closestArePlausibleWhenTheyAreAsDenseAsTheNetwork() {
    assertThat(isPlausible(upTo(12))).as("nothing to compare with").isFalse();
    table.networkSize().measured(0, Peers.id(0x70), 64);
    assertThat(isPlausible(upTo(12))).isTrue();
    assertThat(isPlausible(upTo(23))).isTrue();
    assertThat(isPlausible(upTo(25))).as("half of them are not known yet").isFalse();
    assertThat(isPlausible(upTo(5))).as("somebody crowds here").isFalse();
    assertThat(isPlausible(upTo(12).subList(0, K - 1))).isFalse();
  }

  private boolean isPlausible(List<Contact> closest) {
    return Region.isPlausible(parameters, table, 0, PLACE, closest);
  }

  /** Who looks for nodes of one part of a region passes the part by that the place is in. */
  @Test
  void whatLiesNearerThanATargetIsThePlacesOwnPart() {
    NodeId place = NodeId.ofRecord(Peers.key(7));
    Region region = new Region(place, 9);
    for (NodeId target : region.targets(random)) {
      Region nearer = region.beyond(target);
      assertThat(nearer.contains(place)).isTrue();
      assertThat(nearer.contains(target)).isFalse();
      int shared = place.distanceTo(target).sharedBits();
      assertThat(nearer.contains(place.beside(shared + 1, random))).isTrue();
      assertThat(nearer.contains(place.beside(shared, random))).isFalse();
    }
  }

  @Test
  void fewProvidersAreSuspiciousUnlessTheWholeTableHasFew() {
    table.networkSize().measured(0, Peers.id(0x70), 64);
    List<Contact> oneProvider = new ArrayList<>();
    for (int i = 1; i <= K; i++) {
      oneProvider.add(
          new Contact(Peers.id(8 + i), Peers.key(i), Peers.address("5.6." + i + ".1:4848")));
    }
    fill("7.7.");
    assertThat(suspected(oneProvider)).as("everybody is of one provider").isEmpty();

    RoutingTable diverse = new RoutingTable(PLACE, parameters, KademliaObserver.NONE);
    diverse.networkSize().measured(0, Peers.id(0x70), 64);
    for (int i = 0; i < 2 * K; i++) {
      diverse.answered(at(i, "9." + i + ".1.1:4848"), 0, 10);
    }
    assertThat(Region.suspected(parameters, diverse, 0, PLACE, oneProvider))
        .as("two bits wider than for a crowd")
        .contains(new Region(PLACE, 2));
    assertThat(Region.suspected(parameters, diverse, 0, PLACE, upTo(12))).isEmpty();
  }

  private void fill(String prefix) {
    for (int i = 0; i < 2 * K; i++) {
      table.answered(at(i, prefix + i + ".1:4848"), 0, 10);
    }
  }

  private static Contact at(int number, String address) {
    NodeId id = new NodeId((long) (0x10 << number % 4) << 56, 0, 0, number);
    return new Contact(id, Peers.key(100 + number), Peers.address(address));
  }

  @Test
  void targetsAreSpreadOverTheRegionAndNeverTheSame() {
    NodeId place = NodeId.ofRecord(Peers.key(7));
    Region region = new Region(place, 9);
    List<NodeId> targets = region.targets(random);
    assertThat(targets).hasSize(5).allMatch(region::contains).doesNotHaveDuplicates();
    assertThat(targets)
        .extracting(target -> place.distanceTo(target).sharedBits())
        .containsExactly(9, 9, 10, 11, 12);
    assertThat(targets.get(0).distanceTo(targets.get(1)).sharedBits()).isEqualTo(10);
    assertThat(region.targets(random)).doesNotContainAnyElementsOf(targets);
    assertThat(region.contains(place.beside(8, random))).isFalse();
  }
}
