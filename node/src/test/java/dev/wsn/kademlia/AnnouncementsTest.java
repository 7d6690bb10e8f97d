package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Topic;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a registrar keeps, and who loses when there is no room. */
class AnnouncementsTest {
  private static final Topic MUSIC = new Topic("music");
  private static final NodeId PLACE = NodeId.ofTopic(MUSIC);

  private final Announcements announcements =
      new Announcements(Peers.random(1), KademliaObserver.NONE);

  private static AddressRecord relay(int owner) {
    return Peers.announced(owner, "203.0.113.7:4848", Peers.WALL, MUSIC);
  }

  private static long source(String address) {
    return Subnet.source(Peers.ip(address));
  }

  private Set<PublicKey> kept() {
    Set<PublicKey> keys = new HashSet<>();
    announcements.after(PLACE, PLACE, 1000).forEach(each -> keys.add(each.pubkey()));
    return keys;
  }

  @Test
  void pagesGoRoundOnce() {
    for (int i = 1; i <= 20; i++) {
      assertThat(announcements.put(PLACE, relay(i), source(i + ".1.1.1"))).isTrue();
    }
    List<PublicKey> seen = new ArrayList<>();
    NodeId after = Peers.id(0x80);
    for (int page = 0; page < 4; page++) {
      for (AddressRecord each : announcements.after(PLACE, after, 5)) {
        seen.add(each.pubkey());
        after = NodeId.ofRecord(each.pubkey());
      }
    }
    assertThat(seen).doesNotHaveDuplicates().hasSize(20);
    assertThat(announcements.after(PLACE, after, 5).get(0).pubkey()).isEqualTo(seen.get(0));
  }

  @Test
  void aSubnetHasTwoOfATopic() {
    assertThat(announcements.put(PLACE, relay(1), source("11.2.3.4"))).isTrue();
    assertThat(announcements.put(PLACE, relay(2), source("11.2.3.5"))).isTrue();
    assertThat(announcements.put(PLACE, relay(3), source("11.2.3.6"))).isFalse();
    assertThat(announcements.put(PLACE, relay(3), source("11.2.4.6"))).isTrue();
    assertThat(announcements.put(PLACE, relay(1), source("11.2.3.9"))).as("again").isTrue();
    assertThat(announcements.size()).isEqualTo(3);
  }

  @Test
  void aSubnetHasFewAnnouncementsInAll() {
    int kept = 0;
    for (int topic = 0; topic < 100; topic++) {
      NodeId place = NodeId.ofTopic(new Topic("topic-" + topic));
      kept += announcements.put(place, relay(1), source("11.2.3.4")) ? 1 : 0;
    }
    assertThat(kept).isEqualTo(Protocol.MAX_ANNOUNCEMENTS_OF_SUBNET);
  }

  @Test
  void aProviderThatFloodsDisplacesNobody() {
    // A whole /16 comes first and takes all the room.
    for (int i = 0; i < 200; i++) {
      announcements.put(PLACE, relay(1000 + i), source("198.51." + i + ".9"));
    }
    assertThat(announcements.size(PLACE)).isEqualTo(Protocol.MAX_ANNOUNCEMENTS_OF_TOPIC);
    Set<PublicKey> honest = new HashSet<>();
    for (int i = 1; i <= 90; i++) {
      assertThat(announcements.put(PLACE, relay(i), source(i + ".7.1.1"))).isTrue();
      honest.add(relay(i).pubkey());
    }
    for (int i = 0; i < 200; i++) {
      announcements.put(PLACE, relay(2000 + i), source("198.51." + i + ".9"));
    }
    assertThat(kept()).containsAll(honest);
    assertThat(announcements.size(PLACE)).isEqualTo(Protocol.MAX_ANNOUNCEMENTS_OF_TOPIC);
  }

  @Test
  void amongEqualsNeitherTheFirstNorTheLastWins() {
    // 150 networks that are all alike announce in two orders.
    Set<PublicKey> forward = fill(1, 1);
    Set<PublicKey> backward = fill(1, -1);
    Set<PublicKey> elsewhere = fill(2, 1);
    assertThat(forward).hasSize(100).isEqualTo(backward);
    assertThat(elsewhere).hasSize(100).isNotEqualTo(forward);
  }

  private static Set<PublicKey> fill(int seed, int direction) {
    Announcements fresh = new Announcements(Peers.random(seed), KademliaObserver.NONE);
    for (int i = 0; i < 150; i++) {
      int number = direction > 0 ? i : 149 - i;
      // One /8 each.
      int first = number + 11;
      long source = (1L << 48) | ((long) first << 16);
      fresh.put(PLACE, relay(number + 1), source);
    }
    Set<PublicKey> keys = new HashSet<>();
    fresh.after(PLACE, PLACE, 1000).forEach(each -> keys.add(each.pubkey()));
    return keys;
  }

  @Test
  void theTotalIsBounded() {
    int topics = Protocol.MAX_ANNOUNCEMENTS / 60 + 20;
    for (int topic = 0; topic < topics; topic++) {
      NodeId place = NodeId.ofTopic(new Topic("topic-" + topic));
      for (int i = 1; i <= 60; i++) {
        announcements.put(place, relay(i), (1L << 48) | ((long) topic << 8 | i));
      }
    }
    assertThat(announcements.size()).isEqualTo(Protocol.MAX_ANNOUNCEMENTS);
  }

  @Test
  void whatIsDeadIsForgotten() {
    announcements.put(PLACE, relay(1), HeldRecord.OWN);
    announcements.expire(Peers.WALL + 7199);
    assertThat(announcements.size()).isEqualTo(1);
    announcements.expire(Peers.WALL + 7200);
    assertThat(announcements.size()).isZero();
    assertThat(announcements.of(PLACE, relay(1).pubkey())).isEmpty();
  }
}
