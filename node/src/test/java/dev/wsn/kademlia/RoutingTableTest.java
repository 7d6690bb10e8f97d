package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** The own id is 0 unless a test says otherwise, so an id is its distance. */
class RoutingTableTest {
  private static final int FAR = 255;
  private static final long NOW = 1_000;

  private final Map<KademliaObserver.Limit, Integer> limits =
      new EnumMap<>(KademliaObserver.Limit.class);
  private final List<Contact> removed = new ArrayList<>();
  private int reported;
  private final KademliaObserver observer =
      new KademliaObserver() {
        @Override
        public void limitReached(Limit limit) {
          limits.merge(limit, 1, Integer::sum);
        }

        @Override
        public void contactAdded(Contact contact) {
          reported++;
        }

        @Override
        public void contactRemoved(Contact contact) {
          removed.add(contact);
          reported--;
        }
      };
  private RoutingTable table = table(Parameters.defaults().asLocal().withK(2));

  private RoutingTable table(Parameters parameters) {
    return new RoutingTable(Peers.id(0), parameters, observer);
  }

  /** Contacts of the far half: all have the first bit. */
  private static Contact far(int number) {
    return Peers.toy(0x80 | number, number);
  }

  private void fail(Contact contact, int times) {
    for (int i = 0; i < times; i++) {
      table.unanswered(contact, true);
    }
  }

  private List<Contact> contacts() {
    return table.entries().stream().map(TableEntry::contact).toList();
  }

  @Test
  void contactsStandInTheBucketOfTheirHighestBit() {
    table.answered(Peers.toy(0b1000_0001, 1), NOW, 10);
    table.answered(Peers.toy(0b0100_0001, 2), NOW, 10);
    table.answered(Peers.toy(0b0000_0001, 3), NOW, 10);

    assertThat(table.bucket(255).orElseThrow().entries()).hasSize(1);
    assertThat(table.bucket(254).orElseThrow().entries()).hasSize(1);
    assertThat(table.bucket(248).orElseThrow().entries()).hasSize(1);
    assertThat(table.size()).isEqualTo(3);
  }

  @Test
  void farBucketsAreWideWithTheKOfTheSpecification() {
    table = table(Parameters.defaults().asLocal());
    for (int i = 0; i < 200; i++) {
      for (int bucket = 255; bucket >= 251; bucket--) {
        NodeId id = new NodeId(1L << (bucket - 192), 0, 0, i);
        int number = 1000 * bucket + i;
        table.answered(
            new Contact(id, Peers.key(number), Peers.address("127.0.0.1:" + (i + 1))), NOW, 10);
      }
    }
    List<Integer> sizes = new ArrayList<>();
    for (int bucket = 255; bucket >= 251; bucket--) {
      sizes.add(table.bucket(bucket).orElseThrow().entries().size());
    }
    assertThat(sizes).containsExactly(128, 64, 32, 20, 20);
  }

  @Test
  void fullBucketKeepsItsOldContactsAndRemembersTheNewOne() {
    table.answered(far(1), NOW, 10);
    table.answered(far(2), NOW, 10);
    table.answered(far(3), NOW, 10);

    assertThat(contacts()).containsExactly(far(1), far(2));
    fail(far(1), Protocol.MAX_FAILURES);
    assertThat(contacts()).containsExactly(far(2), far(3));
    assertThat(removed).containsExactly(far(1));
  }

  @Test
  void lastReplacementThatAnsweredGoesFirst() {
    for (int i = 1; i <= 4; i++) {
      table.answered(far(i), NOW, 10);
    }
    fail(far(1), Protocol.MAX_FAILURES);
    assertThat(contacts()).containsExactly(far(2), far(4));
  }

  @Test
  void replacementsAreBounded() {
    for (int i = 1; i <= 2 + 3 * Protocol.MAX_REPLACEMENTS; i++) {
      table.answered(far(i), NOW, 10);
    }
    assertThat(table.bucket(FAR).orElseThrow().replacements()).hasSize(Protocol.MAX_REPLACEMENTS);
    assertThat(table.isWanted(far(100))).as("not worth a ping").isFalse();
  }

  @Test
  void answerMovesToTheTail() {
    table.answered(far(1), NOW, 10);
    table.answered(far(2), NOW, 10);
    table.answered(far(1), NOW + 5, 10);
    assertThat(contacts()).containsExactly(far(2), far(1));
  }

  @Test
  void contactLeavesAfterThreeFailuresInARow() {
    table.answered(far(1), NOW, 10);
    fail(far(1), 2);
    table.answered(far(1), NOW, 10);
    fail(far(1), 2);
    assertThat(contacts()).containsExactly(far(1));
    fail(far(1), 1);
    assertThat(contacts()).isEmpty();
  }

  @Test
  void silenceThatIsOursCostsNobodyItsPlace() {
    table.answered(far(1), NOW, 10);
    for (int i = 0; i < 10; i++) {
      table.unanswered(far(1), false);
    }
    assertThat(contacts()).containsExactly(far(1));
    assertThat(table.closest(Peers.id(0), 2, false)).as("but nobody is told of it").isEmpty();
    assertThat(table.closest(Peers.id(0), 2, true)).containsExactly(far(1));
    assertThat(table.isWanted(far(1))).as("and it is pinged when it writes").isTrue();
  }

  @Test
  void ownIdAndStrangersAreNoContacts() {
    assertThat(table.answered(Peers.toy(0, 1), NOW, 10)).isEmpty();
    table.unanswered(far(1), true);
    assertThat(table.size()).isZero();
    assertThat(table.isWanted(Peers.toy(0, 1))).isFalse();
    assertThat(table.isWanted(far(1))).isTrue();
  }

  @Test
  void keyStaysAtItsAddressWhileItAnswersThere() {
    table.answered(far(1), NOW, 10);
    Contact elsewhere = new Contact(far(1).id(), far(1).key(), Peers.loopback(77));
    assertThat(table.isWanted(elsewhere)).isTrue();

    assertThat(table.answered(elsewhere, NOW, 10)).contains(far(1));

    assertThat(contacts()).containsExactly(far(1));
    assertThat(table.isWanted(elsewhere)).as("it waits already").isFalse();
    table.unanswered(far(1), true);
    assertThat(contacts()).containsExactly(elsewhere);
  }

  @Test
  void keyMovesAtOnceIfItWasSilentBefore() {
    table.answered(far(1), NOW, 10);
    table.answered(far(2), NOW, 10);
    table.answered(far(3), NOW, 10);
    table.unanswered(far(1), true);
    Contact nearer = new Contact(Peers.id(1), far(1).key(), Peers.loopback(77));

    assertThat(table.answered(nearer, NOW, 10)).isEmpty();

    assertThat(contacts()).as("and far(3) takes the place").containsExactly(far(2), far(3), nearer);
  }

  @Test
  void closestAreSortedAndComplete() {
    for (int i = 1; i < 128; i <<= 1) {
      table.answered(Peers.toy(i, i), NOW, 10);
      table.answered(Peers.toy(i + 1, 1000 + i), NOW, 10);
    }
    for (int target = 0; target < 256; target++) {
      NodeId id = Peers.id(target);
      List<Contact> sorted = new ArrayList<>(contacts());
      sorted.sort(Comparator.comparing(contact -> contact.id().distanceTo(id)));
      for (int n : new int[] {1, 3, 5, 100}) {
        assertThat(table.closest(id, n, false))
            .isEqualTo(sorted.subList(0, Math.min(n, sorted.size())));
      }
    }
  }

  @Test
  void subnetHasTwoPlacesInABucketAndTenInTheTable() {
    table = table(Parameters.defaults());
    int added = 0;
    for (int bucket = 255; bucket > 245; bucket--) {
      for (int i = 0; i < 4; i++) {
        NodeId id = new NodeId(1L << (bucket - 192), 0, 0, i);
        int number = 10 * bucket + i;
        Contact contact =
            new Contact(id, Peers.key(number), Peers.address("203.0.113." + i + ":" + number));
        boolean wanted = table.isWanted(contact);
        table.answered(contact, NOW, 10);
        assertThat(wanted).isEqualTo(table.size() > added);
        added = table.size();
      }
    }
    assertThat(added).isEqualTo(Protocol.MAX_PER_SUBNET_IN_TABLE);
    assertThat(table.bucket(255).orElseThrow().entries()).hasSize(2);
    assertThat(limits).containsEntry(KademliaObserver.Limit.SUBNET, 30);

    Contact neighbour =
        new Contact(Peers.id(0x80), Peers.key(1), Peers.address("203.0.112.1:4848"));
    table.answered(neighbour, NOW, 10);
    assertThat(contacts()).contains(neighbour);
    fail(contacts().get(0), Protocol.MAX_FAILURES);
    assertThat(
            table.isWanted(
                new Contact(Peers.id(0x90), Peers.key(2), Peers.address("203.0.113.9:1"))))
        .as("a place is free")
        .isTrue();
  }

  @Test
  void subnetOfIpv6HasFortyEightBits() {
    assertThat(Subnet.of(Peers.ip("2001:db8:1:2::1")))
        .isEqualTo(Subnet.of(Peers.ip("2001:db8:1::9")));
    assertThat(Subnet.of(Peers.ip("2001:db8:1::1")))
        .isNotEqualTo(Subnet.of(Peers.ip("2001:db8:2::1")));
    assertThat(Subnet.of(Peers.ip("203.0.113.1"))).isEqualTo(Subnet.of(Peers.ip("203.0.113.200")));
    assertThat(Subnet.of(Peers.ip("203.0.113.1"))).isNotEqualTo(Subnet.of(Peers.ip("203.0.112.1")));
  }

  @Test
  void oneSubnetCannotFillTheReplacements() {
    KBucket bucket = new KBucket(1, true);
    for (int i = 1; i <= 5; i++) {
      TableEntry entry =
          new TableEntry(Peers.publicContact(i, "203.0.113." + i + ":4848"), NOW, 10);
      assertThat(bucket.addReplacement(entry)).isEqualTo(i <= 2);
    }
    assertThat(bucket.replacements()).hasSize(2);
  }

  @Test
  void bucketRefusesOneTooMany() {
    KBucket bucket = new KBucket(1, false);
    bucket.add(new TableEntry(far(1), NOW, 10));
    assertThat(bucket.isFull()).isTrue();
    assertThat(bucket.capacity()).isEqualTo(1);
    assertThatIllegalStateException().isThrownBy(() -> bucket.add(new TableEntry(far(2), NOW, 10)));
  }

  @Test
  void bucketsThatHaveContactsOrAreFartherAreRefreshedInTheOrderTheyAreDue() {
    assertThat(table.bucketToRefresh(NOW, 0)).isEmpty();
    table.answered(Peers.toy(0b0010_0000, 1), NOW, 10);

    table.markLookedUp(Peers.id(0b1000_0000), 5_000);
    table.markLookedUp(Peers.id(0b0100_0000), 4_000);
    table.markLookedUp(Peers.id(0), 1);
    assertThat(table.bucketToRefresh(NOW, 0)).isEqualTo(OptionalInt.of(253));
    table.markLookedUp(Peers.id(0b0010_0000), 6_000);
    assertThat(table.bucketToRefresh(NOW, 0)).isEmpty();
    assertThat(table.bucketToRefresh(5_500, 0)).isEqualTo(OptionalInt.of(254));
  }

  @Test
  void newOwnIdKeepsTheContacts() {
    table.answered(far(1), NOW, 10);
    table.answered(far(2), NOW, 10);
    table.answered(Peers.toy(1, 3), NOW, 10);

    table.rebase(far(1).id());

    assertThat(table.own()).isEqualTo(far(1).id());
    assertThat(contacts())
        .as("all but the one at the own id")
        .containsExactly(Peers.toy(1, 3), far(2));
    assertThat(reported).as("additions less removals").isEqualTo(table.size()).isEqualTo(2);
    assertThat(table.bucket(255).orElseThrow().entries()).hasSize(1);
  }
}
