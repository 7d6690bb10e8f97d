package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A node that lost sight of others finds the way back to them. */
class ReunionTest {
  private static final long MINUTE = 60_000;
  private static final Contact FRIEND = Peers.contact(1);
  private static final Contact LOST = Peers.contact(2);
  private static final Contact BEYOND = Peers.contact(3);

  private final NodeByHand node = NodeByHand.local();

  /** Lets time pass while only these contacts answer, and returns what was sent. */
  private List<Effect.Send> liveUntil(long end, Map<Contact, List<Contact>> neighbours) {
    List<Effect.Send> all = new ArrayList<>();
    while (node.millis < end) {
      node.wakeAt(Math.min(end, Math.max(node.wakesAt(), node.millis + 1)));
      List<Effect.Send> open = new ArrayList<>(node.sends());
      while (!open.isEmpty()) {
        Effect.Send send = open.remove(0);
        all.add(send);
        List<Contact> closest = neighbours.get(send.to());
        if (closest != null) {
          node.reply(
              send,
              send.request().ask() instanceof Request.Ping
                  ? new Reply.Pong()
                  : new Reply.Nodes(closest));
          open.addAll(node.sends());
        }
      }
    }
    return all;
  }

  @Test
  void lostContactIsAskedEveryMinuteAndLeadsToItsNeighbours() {
    node.meet(FRIEND, LOST);
    liveUntil(10 * MINUTE, Map.of(FRIEND, List.of()));
    assertThat(node.kademlia.contacts()).containsExactly(FRIEND);

    List<Effect.Send> alone = liveUntil(20 * MINUTE, Map.of(FRIEND, List.of()));
    assertThat(alone.stream().filter(send -> send.to().equals(LOST)).count()).isBetween(9L, 11L);

    Map<Contact, List<Contact>> mended =
        Map.of(FRIEND, List.of(), LOST, List.of(BEYOND), BEYOND, List.of());
    liveUntil(22 * MINUTE, mended);
    assertThat(node.kademlia.contacts()).contains(FRIEND, LOST, BEYOND);
    assertThat(node.kademlia.state().lost.size()).isZero();
  }

  @Test
  void seedThatNeverAnsweredIsTriedAgain() {
    node.meet(FRIEND);
    node.join(LOST);
    List<Effect.Send> sends = liveUntil(10 * MINUTE, Map.of(FRIEND, List.of()));
    assertThat(count(sends, LOST)).isGreaterThanOrEqualTo(9);
    liveUntil(12 * MINUTE, Map.of(FRIEND, List.of(), LOST, List.of()));
    assertThat(node.kademlia.contacts()).contains(LOST);
  }

  @Test
  void nothingNewStartsNoSearch() {
    node.meet(FRIEND, LOST);
    liveUntil(10 * MINUTE, Map.of(FRIEND, List.of()));
    int before = node.searches.getOrDefault(KademliaObserver.SearchKind.JOIN, 0);
    liveUntil(12 * MINUTE, Map.of(FRIEND, List.of(), LOST, List.of(FRIEND)));
    assertThat(node.searches.getOrDefault(KademliaObserver.SearchKind.JOIN, 0)).isEqualTo(before);
  }

  @Test
  void oldestOfTooManyLostContactsIsForgotten() {
    LostContacts lost = new LostContacts();
    for (int i = 0; i <= Protocol.MAX_LOST_CONTACTS; i++) {
      assertThat(lost.lost(Peers.contact(i))).isEqualTo(i < Protocol.MAX_LOST_CONTACTS);
    }
    assertThat(lost.size()).isEqualTo(Protocol.MAX_LOST_CONTACTS);
    assertThat(lost.next()).contains(Peers.contact(1));
    assertThat(lost.next()).contains(Peers.contact(2));
    lost.found(Peers.contact(3));
    assertThat(lost.next()).contains(Peers.contact(4));
  }

  private static long count(List<Effect.Send> sends, Contact to) {
    return sends.stream().filter(send -> send.to().equals(to)).count();
  }
}
