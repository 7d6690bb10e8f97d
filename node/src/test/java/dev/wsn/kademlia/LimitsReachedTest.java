package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.kademlia.KademliaObserver.Drop;
import dev.wsn.kademlia.KademliaObserver.Limit;
import dev.wsn.record.Topic;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is left alone or forgotten because of a bound is counted, by bound. */
class LimitsReachedTest {
  private static final long NOW = 1_000;

  private final NodeByHand node = new NodeByHand(Parameters.defaults());
  private final Tables tables = node.kademlia.state().tables;

  private static Contact far(int number) {
    return Peers.publicContact(number, "9." + number / 250 + "." + number % 250 + ".1:4848");
  }

  @Test
  void contactsThatAreNotJoinedThrough() {
    Contact[] seeds =
        IntStream.rangeClosed(1, Protocol.MAX_JOIN_CONTACTS + 3)
            .mapToObj(LimitsReachedTest::far)
            .toArray(Contact[]::new);
    node.join(seeds);
    assertThat(node.limits(Limit.JOIN_CONTACTS)).isEqualTo(3);
  }

  @Test
  void votesThatMakeRoomForOthers() {
    for (int i = 1; i <= Protocol.MAX_ADDRESS_VOTES + 2; i++) {
      tables.observed(far(i), Peers.address("203.0.113.7:4848"), NOW);
    }
    assertThat(node.limits(Limit.ADDRESS_VOTES)).isEqualTo(2);
    assertThat(node.drops(Drop.UNUSABLE_VOTE)).isZero();
  }

  @Test
  void votesThatDoNotCount() {
    tables.observed(far(1), far(1).address(), NOW);
    tables.observed(far(1), Peers.address("[2001:db8::1]:4848"), NOW);
    tables.observed(far(1), Peers.address("0.0.0.0:4848"), NOW);
    assertThat(node.drops(Drop.UNUSABLE_VOTE)).isEqualTo(3);
  }

  @Test
  void contactsThatWaitForAPlaceTooLong() {
    RoutingTable table = tables.of(far(1));
    int answered = 0;
    for (int i = 1; i <= 1_000; i++) {
      table.answered(far(i), NOW, 10);
      answered++;
    }
    int waiting = 0;
    for (int i = 0; i < Protocol.ID_BITS; i++) {
      waiting += table.bucket(i).map(bucket -> bucket.replacements().size()).orElse(0);
    }
    int forgotten = node.limits(Limit.REPLACEMENTS) + node.limits(Limit.SUBNET);
    assertThat(forgotten).isPositive();
    assertThat(table.size() + waiting + forgotten).as("nobody is lost unseen").isEqualTo(answered);
  }

  @Test
  void callersThatAreNotVerified() {
    node.ask(far(1), Token.NONE, 110, false, new Request.FindNode(Peers.id(7)));
    assertThat(node.drops(Drop.NO_ROOM_TO_VERIFY)).isEqualTo(1);
    node.ask(far(1), Token.NONE, NodeByHand.PADDED, false, new Request.FindNode(Peers.id(7)));
    assertThat(node.drops(Drop.NO_ROOM_TO_VERIFY)).isEqualTo(1);
  }

  @Test
  void addressesThatAreTakenForStrangers() {
    Reachability reachability = new Reachability();
    reachability.start(0);
    for (int i = 0; i < Protocol.MAX_ADDRESSES_SENT_TO; i++) {
      assertThat(reachability.sent(NOW, far(i).address())).isTrue();
    }
    assertThat(reachability.sent(NOW, far(0).address())).as("known").isTrue();
    assertThat(reachability.sent(NOW, Peers.address("8.8.8.8:1"))).isFalse();
  }

  /** Asks a contact, who answers. */
  private void hear(Contact contact) {
    Step step = new Step(node.now());
    assertThat(node.kademlia.state().send(step, contact, new Request.Ping(), Sender.NONE)).isTrue();
    node.effects = step.end(NOW);
    node.reply(node.sends().get(0), new Token(contact.hashCode()), new Reply.Pong());
  }

  private void hearOf(int contacts) {
    node.join();
    for (int i = 1; i <= contacts; i++) {
      hear(far(i));
    }
  }

  @Test
  void tokensThatMakeRoomForOthers() {
    hearOf(Protocol.MAX_ADDRESS_TOKENS);
    assertThat(node.limits(Limit.ADDRESS_TOKENS)).isZero();
    hear(far(Protocol.MAX_ADDRESS_TOKENS + 1));
    assertThat(node.limits(Limit.ADDRESS_TOKENS)).isEqualTo(1);
    assertThat(node.limits(Limit.ADDRESSES_SENT_TO)).isZero();
  }

  @Test
  void addressesThatWereSentToAndAreNotRemembered() {
    hearOf(Protocol.MAX_ADDRESSES_SENT_TO);
    assertThat(node.limits(Limit.ADDRESSES_SENT_TO)).isZero();
    hear(far(Protocol.MAX_ADDRESSES_SENT_TO + 1));
    assertThat(node.limits(Limit.ADDRESSES_SENT_TO)).isEqualTo(1);
  }

  /** One of them goes on answering, so that the silence is theirs. */
  @Test
  void contactsThatFellSilentAndAreNotTriedAgain() {
    hearOf(1_000);
    Contact alive = node.kademlia.contacts().get(0);
    int known = node.kademlia.contacts().size();
    assertThat(known).isGreaterThan(Protocol.MAX_LOST_CONTACTS + 1);
    while (node.kademlia.contacts().size() > 1 && node.millis < 24 * 3_600_000L) {
      node.wakeAt(Math.max(node.millis + 1, node.wakesAt()));
      for (Effect.Send asked : node.sends()) {
        if (asked.to().equals(alive)) {
          node.reply(asked, new Reply.Pong());
        }
      }
    }
    assertThat(node.removed).hasSizeGreaterThan(Protocol.MAX_LOST_CONTACTS);
    assertThat(node.limits(Limit.LOST_CONTACTS))
        .isEqualTo(node.removed.size() - Protocol.MAX_LOST_CONTACTS);
  }

  @Test
  void announcementsThatMakeRoomForOthersAreCountedToo() {
    NodeId place = NodeId.ofTopic(new Topic("music"));
    Announcements announcements = node.kademlia.state().announcements;
    int accepted = 0;
    int offered = Protocol.MAX_ANNOUNCEMENTS_OF_TOPIC + 20;
    for (int i = 1; i <= offered; i++) {
      boolean isKept =
          announcements.put(
              place,
              Peers.announced(i, "203.0.113.7:4848", Peers.WALL, new Topic("music")),
              Subnet.source(far(i).address().address()));
      accepted += isKept ? 1 : 0;
    }
    assertThat(accepted).isLessThanOrEqualTo(offered);
    assertThat(node.limits(Limit.ANNOUNCEMENTS)).isEqualTo(20);
  }
}
