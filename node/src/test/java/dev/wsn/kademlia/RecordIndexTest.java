package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.record.AddressRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RecordIndexTest {
  private final RecordIndex index = new RecordIndex(2);

  private static HeldRecord own(AddressRecord addressRecord) {
    return new HeldRecord(addressRecord, HeldRecord.OWN);
  }

  @Test
  void newestRecordOfAKeyIsHeld() {
    AddressRecord older = Peers.signed(1, Peers.WALL);
    AddressRecord newer = Peers.signed(1, Peers.WALL + 1);

    assertThat(index.restore(own(newer))).isTrue();
    assertThat(index.restore(own(older))).isFalse();
    assertThat(index.restore(own(newer))).as("again").isTrue();

    assertThat(index.at(NodeId.ofRecord(newer.pubkey()))).contains(newer);
    assertThat(index.records()).containsExactly(newer);
    assertThat(index.size()).isEqualTo(1);
  }

  /** Records of other keys, nearest to the id 0 of an index that was told nothing first. */
  private static List<AddressRecord> nearestFirst(int count) {
    return IntStream.rangeClosed(1, count)
        .mapToObj(number -> Peers.signed(number, Peers.WALL))
        .sorted(Comparator.comparing(each -> place(each).distanceTo(new NodeId(0, 0, 0, 0))))
        .toList();
  }

  private static NodeId place(AddressRecord addressRecord) {
    return NodeId.ofRecord(addressRecord.pubkey());
  }

  @Test
  void fullIndexTakesNewVersionsAndNearerKeysOnly() {
    List<AddressRecord> sorted = nearestFirst(3);
    assertThat(index.restore(own(sorted.get(0)))).isTrue();
    assertThat(index.restore(own(sorted.get(1)))).isTrue();
    assertThat(index.refusal(place(sorted.get(2)), HeldRecord.OWN, 0))
        .contains(KademliaObserver.Limit.RECORDS);
    assertThat(index.restore(own(sorted.get(2)))).isFalse();
    assertThat(index.refusal(place(sorted.get(0)), HeldRecord.OWN, 0)).isEmpty();

    RecordIndex other = new RecordIndex(2);
    other.restore(own(sorted.get(1)));
    other.restore(own(sorted.get(2)));
    assertThat(other.refusal(place(sorted.get(0)), HeldRecord.OWN, 0)).isEmpty();
    RecordIndex.Put put = other.put(sorted.get(0), HeldRecord.OWN);
    assertThat(put.isHeld()).isTrue();
    assertThat(put.evicted())
        .as("the farthest")
        .contains(new RecordIndex.Evicted(sorted.get(2), KademliaObserver.Departure.FARTHEST));
    assertThat(other.records()).containsExactlyInAnyOrder(sorted.get(0), sorted.get(1));
  }

  @Test
  void farthestFollowsTheOwnId() {
    List<AddressRecord> sorted = nearestFirst(3);
    index.restore(own(sorted.get(0)));
    index.restore(own(sorted.get(1)));
    index.surround(List.of(place(sorted.get(2))));
    assertThat(index.put(sorted.get(2), HeldRecord.OWN).isHeld()).isTrue();
  }

  @Test
  void subnetFillsNoMoreThanItsShare() {
    RecordIndex roomy = new RecordIndex(16);
    int share = (int) (16 * Protocol.MAX_SHARE_OF_SUBNET);
    List<AddressRecord> sorted = nearestFirst(share + 1);
    for (AddressRecord each : sorted.subList(0, share)) {
      assertThat(roomy.refusal(place(each), 7, 0)).isEmpty();
      roomy.put(each, 7);
    }
    AddressRecord more = sorted.get(share);
    assertThat(roomy.refusal(place(more), 7, 0)).contains(KademliaObserver.Limit.SUBNET_RECORDS);
    assertThat(roomy.refusal(place(more), 8, 0)).as("another subnet").isEmpty();
    assertThat(roomy.refusal(place(sorted.get(0)), 7, 0)).as("a newer version").isEmpty();
  }

  @Test
  void largestSubnetMakesRoomFarthestFirst() {
    RecordIndex full = new RecordIndex(16);
    List<AddressRecord> sorted = nearestFirst(20);
    for (int i = 0; i < 16; i++) {
      // 4 each of the networks 1 to 3, 2 each of 4 and 5.
      full.put(sorted.get(i), i < 12 ? 1 + i % 3 : 4 + i % 2);
    }
    AddressRecord far = sorted.get(19);
    assertThat(full.put(far, 9).evicted())
        .as("whoever has less need not be nearer")
        .hasValueSatisfying(
            gone -> {
              assertThat(sorted.indexOf(gone.addressRecord())).isBetween(9, 11);
              assertThat(gone.reason()).isEqualTo(KademliaObserver.Departure.LARGEST_SUBNET);
            });
    assertThat(full.size()).isEqualTo(16);
    for (int i = 16; i < 19; i++) {
      full.put(sorted.get(i), 10 + i);
    }
    assertThat(sorted.subList(12, 16)).as("of small subnets").isSubsetOf(full.records());
    assertThat(full.size()).isEqualTo(16);
  }

  @Test
  void newerVersionCountsAgainstWhoStoredIt() {
    RecordIndex few = new RecordIndex(4);
    few.put(Peers.signed(1, Peers.WALL), 7);
    assertThat(few.refusal(Peers.id(1), 7, 0)).contains(KademliaObserver.Limit.SUBNET_RECORDS);
    few.put(Peers.signed(1, Peers.WALL + 1), 8);
    assertThat(few.refusal(Peers.id(1), 7, 0)).isEmpty();
    assertThat(few.refusal(Peers.id(1), 8, 0)).contains(KademliaObserver.Limit.SUBNET_RECORDS);
    few.expire(Peers.WALL + 1_000_000);
    assertThat(few.refusal(Peers.id(1), 8, 0)).as("what expired counts no more").isEmpty();
  }

  @Test
  void placesCanBeKeptForRecordsOnTheirWayToDisk() {
    assertThat(index.refusal(Peers.id(1), HeldRecord.OWN, 1)).isEmpty();
    assertThat(index.refusal(Peers.id(1), HeldRecord.OWN, 2))
        .contains(KademliaObserver.Limit.RECORDS);
  }

  /** Against a list that is searched, over many random changes. */
  @Test
  void heapsAgreeWithASearch() {
    SplittableRandom random = new SplittableRandom(11);
    RecordIndex small = new RecordIndex(40);
    List<AddressRecord> all = new ArrayList<>();
    for (int i = 0; i < 120; i++) {
      all.add(Peers.signed(1 + i, Peers.WALL, Duration.ofSeconds(1 + random.nextInt(3_000))));
    }
    long now = Peers.WALL;
    for (int i = 0; i < 2_000; i++) {
      AddressRecord each = all.get(random.nextInt(all.size()));
      List<AddressRecord> before = small.records();
      RecordIndex.Put put = small.put(each, random.nextInt(4));
      List<AddressRecord> expected = new ArrayList<>(before);
      put.evicted().ifPresent(gone -> assertThat(expected.remove(gone.addressRecord())).isTrue());
      if (put.isHeld() && !expected.contains(each)) {
        expected.add(each);
      }
      if (i % 50 == 0) {
        now += 20;
        long time = now;
        List<NodeId> dead =
            expected.stream()
                .filter(held -> !held.isLive(time))
                .map(RecordIndexTest::place)
                .toList();
        assertThat(small.expire(now)).containsExactlyInAnyOrderElementsOf(dead);
        expected.removeIf(held -> !held.isLive(time));
      }
      assertThat(small.records()).containsExactlyInAnyOrderElementsOf(expected);
      assertThat(small.size()).isLessThanOrEqualTo(40);
    }
  }

  @Test
  void deadRecordsAreDroppedInTheOrderOfTheirExpiry() {
    AddressRecord longer = Peers.signed(1, Peers.WALL, Duration.ofHours(2));
    AddressRecord shorter = Peers.signed(2, Peers.WALL, Duration.ofHours(1));
    index.restore(own(longer));
    index.restore(own(shorter));
    assertThat(index.records()).containsExactly(shorter, longer);

    assertThat(index.expire(shorter.expiresAt() - 1)).isEmpty();
    assertThat(index.expire(shorter.expiresAt()))
        .containsExactly(NodeId.ofRecord(shorter.pubkey()));
    assertThat(index.records()).isEqualTo(List.of(longer));
  }

  @Test
  void replacedRecordExpiresOnlyOnce() {
    AddressRecord older = Peers.signed(1, Peers.WALL, Duration.ofHours(1));
    AddressRecord newer = Peers.signed(1, Peers.WALL + 1, Duration.ofHours(2));
    index.restore(own(older));
    index.restore(own(newer));

    assertThat(index.expire(older.expiresAt())).isEmpty();
    assertThat(index.at(NodeId.ofRecord(newer.pubkey()))).contains(newer);
  }
}
