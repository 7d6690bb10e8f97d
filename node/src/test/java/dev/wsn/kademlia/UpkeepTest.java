package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.record.AddressRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class UpkeepTest {
  private static final long MINUTE = 60_000;

  private final NodeByHand node = NodeByHand.local();

  private static List<Effect.Send> sends(List<Effect> effects, Class<? extends Request.Ask> kind) {
    return effects.stream()
        .filter(Effect.Send.class::isInstance)
        .map(Effect.Send.class::cast)
        .filter(send -> kind.isInstance(send.request().ask()))
        .toList();
  }

  /** Answers everything at once until a time; what was sent is returned. */
  private List<Effect.Send> liveUntil(NodeByHand living, long end) {
    List<Effect.Send> all = new ArrayList<>();
    while (living.millis < end) {
      living.wakeAt(Math.min(end, Math.max(living.millis + 1, living.wakesAt())));
      List<Effect.Send> open = new ArrayList<>(living.sends());
      while (!open.isEmpty()) {
        Effect.Send send = open.remove(0);
        all.add(send);
        living.reply(
            send,
            send.request().ask() instanceof Request.Ping
                ? new Reply.Pong()
                : new Reply.Nodes(List.of()));
        open.addAll(living.sends());
      }
    }
    return all;
  }

  private static long count(List<Effect.Send> sends, Class<? extends Request.Ask> kind) {
    return sends.stream().filter(send -> kind.isInstance(send.request().ask())).count();
  }

  @Test
  void everyStepEndsWithOneTimer() {
    node.wakeAt(0);
    assertThat(node.effects).hasSize(1);
    assertThat(node.wakesAt()).isBetween(0L, MINUTE);
    node.join(Peers.contact(1));
    assertThat(node.all(Effect.WakeAt.class)).hasSize(1);
    assertThat(node.effects.get(node.effects.size() - 1)).isInstanceOf(Effect.WakeAt.class);
  }

  @Test
  void sleepingNodeWakesSeldom() {
    int wakes = 0;
    node.wakeAt(0);
    while (node.wakesAt() < 60 * MINUTE) {
      node.wakeAt(node.wakesAt());
      wakes++;
    }
    assertThat(wakes).isLessThan(10 * 60);
  }

  @Test
  void joiningAsksAllSeedsForTheOwnId() {
    node.join(Peers.contact(1), Peers.contact(2), Peers.contact(3));
    assertThat(node.sends())
        .extracting(send -> send.request().ask())
        .containsOnly(new Request.FindNode(NodeId.unplaced(NodeByHand.SELF)));
    assertThat(node.asked())
        .containsExactlyInAnyOrder(Peers.contact(1), Peers.contact(2), Peers.contact(3));

    List<Effect.Send> sends = node.sends();
    for (Effect.Send send : sends) {
      node.reply(send, new Reply.Nodes(List.of()));
    }
    Outcome.Joined joined = (Outcome.Joined) node.outcomes().get(0);
    assertThat(joined.contacts()).isEqualTo(3);
    assertThat(joined.evidence().answered()).isEqualTo(3);
    assertThat(node.searches).containsEntry(KademliaObserver.SearchKind.JOIN, 1);
  }

  @Test
  void joiningIsWide() {
    Contact[] seeds = new Contact[30];
    for (int i = 0; i < seeds.length; i++) {
      seeds[i] = Peers.contact(i + 1);
    }
    node.join(seeds);
    assertThat(node.sends()).hasSize(Protocol.WIDE_ALPHA);
  }

  @Test
  void seedsAreBounded() {
    Contact[] seeds = new Contact[Protocol.MAX_JOIN_CONTACTS + 20];
    for (int i = 0; i < seeds.length; i++) {
      seeds[i] = Peers.contact(i + 1);
    }
    node.join(seeds);
    List<Effect> effects = new ArrayList<>(node.effects);
    effects.addAll(node.sleepUntil(MINUTE));
    assertThat(
            sends(effects, Request.FindNode.class).stream().map(Effect.Send::to).distinct().count())
        .isEqualTo(Protocol.MAX_JOIN_CONTACTS);
  }

  @Test
  void nodeThatFoundNobodyTriesAgainWithGrowingPauses() {
    node.join(Peers.contact(1));
    List<Long> searches = new ArrayList<>();
    node.wakeAt(node.wakesAt());
    int before = 0;
    while (node.millis < 60 * MINUTE) {
      node.wakeAt(node.wakesAt());
      int ended = node.searches.getOrDefault(KademliaObserver.SearchKind.JOIN, 0);
      if (ended > before) {
        searches.add(node.millis);
        before = ended;
      }
    }
    assertThat(searches.size()).isBetween(10, 25);
    assertThat(searches.get(1)).isLessThan(10_000);
    long lastPause = searches.get(searches.size() - 1) - searches.get(searches.size() - 2);
    assertThat(lastPause).isBetween(4 * MINUTE, 9 * MINUTE);
  }

  @Test
  void nodeWhoseContactsAllFellSilentJoinsThroughItsSeedsAgain() {
    node.join(Peers.contact(1));
    node.reply(node.sends().get(0), new Reply.Nodes(List.of(Peers.contact(2))));
    node.reply(node.sends().get(0), new Reply.Nodes(List.of()));
    List<Effect> effects = node.sleepUntil(20 * MINUTE);

    assertThat(
            sends(effects, Request.FindNode.class).stream()
                .filter(send -> send.to().equals(Peers.contact(1)))
                .count())
        .isGreaterThan(3);
    assertThat(node.kademlia.contacts()).as("nobody answered, so nobody is to blame").hasSize(2);
  }

  @Test
  void ownIdIsLookedUpEveryQuarterOfAnHour() {
    node.meet(Peers.contact(1));
    List<Effect.Send> sends = liveUntil(node, 120 * MINUTE);
    long ownSearches =
        sends.stream()
            .filter(
                send ->
                    send.request().ask() instanceof Request.FindNode find
                        && find.target().equals(NodeId.unplaced(NodeByHand.SELF)))
            .count();
    assertThat(ownSearches).isBetween(6L, 8L);
  }

  @Test
  void quietContactsArePingedEveryFiveMinutes() {
    Contact[] known = new Contact[40];
    for (int i = 0; i < known.length; i++) {
      known[i] = Peers.contact(i + 1);
    }
    node.meet(known);
    List<Effect.Send> sends = liveUntil(node, 65 * MINUTE);
    for (Contact contact : known) {
      long asked = sends.stream().filter(send -> send.to().equals(contact)).count();
      assertThat(asked).isGreaterThanOrEqualTo(11);
    }
    assertThat(count(sends, Request.Ping.class)).isLessThan(40 * 13 + 65 * 6 * 2);
  }

  @Test
  void nodeThatHearsNobodyAsksSomebody() {
    node.meet(Peers.contact(1), Peers.contact(2));
    List<Effect.Send> sends = liveUntil(node, 5 * MINUTE);
    assertThat(count(sends, Request.Ping.class)).isBetween(50L, 62L);
    assertThat(sends).extracting(Effect.Send::to).contains(Peers.contact(1), Peers.contact(2));
  }

  @Test
  void pingsOfATickAreBounded() {
    Contact[] many = new Contact[60];
    for (int i = 0; i < many.length; i++) {
      many[i] = Peers.contact(i + 1);
    }
    node.meet(many);
    int most = 0;
    while (node.millis < 10 * MINUTE) {
      node.wakeAt(Math.max(node.wakesAt(), node.millis + 1));
      most = Math.max(most, sends(node.effects, Request.Ping.class).size());
    }
    assertThat(most).as("sixteen, and one to see whether this node is cut off").isEqualTo(17);
  }

  @Test
  void deadContactLeavesWhileOthersAnswer() {
    node.meet(Peers.contact(1), Peers.contact(2));
    while (node.millis < 10 * MINUTE) {
      node.wakeAt(Math.max(node.wakesAt(), node.millis + 1));
      for (Effect.Send send : node.sends()) {
        if (send.to().equals(Peers.contact(1))) {
          node.reply(
              send,
              send.request().ask() instanceof Request.Ping
                  ? new Reply.Pong()
                  : new Reply.Nodes(List.of()));
        }
      }
    }
    assertThat(node.kademlia.contacts()).containsExactly(Peers.contact(1));
    assertThat(node.removed).containsExactly(Peers.contact(2));
  }

  @Test
  void clientsPingNobodyAndLookUpTheFarHalfOnly() {
    NodeByHand client = new NodeByHand(Parameters.defaults().asLocal().asClient());
    client.join(Peers.contact(1));
    client.reply(client.sends().get(0), new Reply.Nodes(List.of()));
    NodeId own = NodeId.unplaced(NodeByHand.SELF);
    List<Effect.Send> sends = liveUntil(client, 14 * MINUTE);
    boolean isFar = own.distanceTo(Peers.contact(1).id()).sharedBits() == 0;
    assertThat(sends).hasSize(isFar ? 1 : 0);
    assertThat(sends)
        .allMatch(
            send ->
                send.request().ask() instanceof Request.FindNode find
                    && own.distanceTo(find.target()).sharedBits() == 0);
    assertThat(liveUntil(client, 40 * MINUTE)).as("but looks for newcomers").isNotEmpty();
  }

  @Test
  void bucketsAreRefreshedByRandomIdsOfTheirRange() {
    NodeId own = NodeId.unplaced(NodeByHand.SELF);
    Contact[] known = new Contact[40];
    for (int i = 0; i < known.length; i++) {
      known[i] = Peers.contact(i + 1);
    }
    node.meet(known);
    int nearest =
        node.kademlia.contacts().stream()
            .mapToInt(contact -> own.distanceTo(contact.id()).bucketIndex())
            .min()
            .orElseThrow();

    List<Effect.Send> sends = liveUntil(node, 5 * MINUTE);

    List<Integer> buckets =
        sends.stream()
            .map(send -> send.request().ask())
            .filter(Request.FindNode.class::isInstance)
            .map(ask -> ((Request.FindNode) ask).target())
            .distinct()
            .map(target -> own.distanceTo(target).bucketIndex())
            .toList();
    List<Integer> expected = new ArrayList<>();
    for (int bucket = 255; bucket >= nearest; bucket--) {
      expected.add(bucket);
    }
    assertThat(buckets).as("each once").containsExactlyInAnyOrderElementsOf(expected);
    assertThat(count(liveUntil(node, 12 * MINUTE), Request.FindNode.class))
        .as("not again before a quarter of an hour")
        .isZero();
    assertThat(count(liveUntil(node, 20 * MINUTE), Request.FindNode.class)).isPositive();
  }

  @Test
  void deadRecordsAreDropped() {
    AddressRecord signed = Peers.signed(1, Peers.WALL, Duration.ofMinutes(10));
    node.store(Peers.contact(1), signed);
    node.sleepUntil(9 * MINUTE);
    assertThat(node.kademlia.recordsHeld()).isEqualTo(1);
    node.sleepUntil(11 * MINUTE);
    assertThat(node.kademlia.recordsHeld()).isZero();
    assertThat(node.expired).isEqualTo(1);
    assertThat(node.memory.size()).as("but remembered").isEqualTo(1);
    node.sleepUntil(25 * 60 * MINUTE);
    assertThat(node.memory.size()).as("for a day").isZero();
  }

  @Test
  void contactsForTheNextStartAreTheLatestFirst() {
    node.meet(Peers.contact(1));
    node.millis = 1_000;
    node.meet(Peers.contact(2));
    node.millis = 2_000;
    node.meet(Peers.contact(3));
    assertThat(node.kademlia.contacts())
        .containsExactly(Peers.contact(3), Peers.contact(2), Peers.contact(1));
  }
}
