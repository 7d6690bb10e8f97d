package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.record.AddressRecord;
import dev.wsn.record.RecordRejection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class PublishingTest {
  private final NodeByHand node = NodeByHand.local();
  private final AddressRecord signed = Peers.signed(1, Peers.WALL - 10);
  private final AddressRecord newer = Peers.signed(1, Peers.WALL - 5);

  private static Reply.Answer token(long bits) {
    return new Reply.RecordFound(new Token(bits), Optional.empty(), List.of());
  }

  private static Reply.Answer token(long bits, AddressRecord held) {
    return new Reply.RecordFound(new Token(bits), Optional.of(held.event()), List.of());
  }

  private static Reply.Answer refused(RecordRejection reason) {
    return new Reply.Refused(new Reply.Refusal(false, Optional.of(reason)));
  }

  private static final Reply.Answer BAD_TOKEN =
      new Reply.Refused(new Reply.Refusal(true, Optional.empty()));

  /** Goes through the search; the stores are the effects then. */
  private List<Effect.Send> publish(int contacts) {
    Contact[] known = new Contact[contacts];
    for (int i = 0; i < contacts; i++) {
      known[i] = Peers.contact(i + 1);
    }
    node.meet(known);
    node.publish(signed);
    List<Effect.Send> finds = node.sends();
    assertThat(finds).hasSize(contacts);
    for (int i = 0; i < contacts; i++) {
      node.reply(finds.get(i), token(100 + i));
    }
    return node.sends();
  }

  @Test
  void recordIsStoredWithTheTokenOfEachNode() {
    List<Effect.Send> stores = publish(3);
    assertThat(stores).hasSize(3);
    assertThat(stores)
        .extracting(send -> ((Request.Store) send.request().ask()).storeToken().bits())
        .containsExactlyInAnyOrder(100L, 101L, 102L);
    assertThat(stores)
        .extracting(send -> ((Request.Store) send.request().ask()).event())
        .containsOnly(signed.event());
  }

  @Test
  void allAcknowledgementsAreCountedAndHalfAreRequired() {
    List<Effect.Send> stores = publish(3);
    node.reply(stores.get(0), new Reply.Stored());
    node.reply(stores.get(1), new Reply.Stored());
    assertThat(node.outcomes()).isEmpty();
    node.reply(stores.get(2), refused(RecordRejection.FULL));

    assertThat(node.published().acknowledged()).isEqualTo(2);
    assertThat(node.published().required()).isEqualTo(2);
    assertThat(node.published().refusals()).isEqualTo(Map.of(RecordRejection.FULL, 1));
    assertThat(node.published().newerKnown()).isEmpty();
    assertThat(node.published().evidence().answered()).isEqualTo(3);
  }

  @Test
  void ownCopyIsKeptButIsNoAcknowledgement() {
    node.publish(signed);
    assertThat(node.published().acknowledged()).isZero();
    assertThat(node.published().required()).isEqualTo(1);

    node.persisted(node.all(Effect.Persist.class).get(0).ticket(), true);
    assertThat(node.answers()).isEmpty();
    assertThat(node.index.records()).containsExactly(signed);
    assertThat(node.memory.newest(signed.pubkey())).contains(signed.version());

    node.publish(signed);
    assertThat(node.all(Effect.Persist.class)).as("it is there").isEmpty();
  }

  @Test
  void clientsKeepNoCopy() {
    NodeByHand client = new NodeByHand(Parameters.defaults().asLocal().asClient());
    client.publish(signed);
    assertThat(client.all(Effect.Persist.class)).isEmpty();
  }

  @Test
  void nodeThatIsNotAmongTheClosestKeepsNoCopy() {
    NodeByHand tight = new NodeByHand(Parameters.defaults().asLocal().withK(1));
    NodeId target = NodeId.ofRecord(signed.pubkey());
    Distance own = NodeId.unplaced(NodeByHand.SELF).distanceTo(target);
    int closer = 1;
    while (Peers.contact(closer).id().distanceTo(target).compareTo(own) >= 0) {
      closer++;
    }
    tight.meet(Peers.contact(closer));
    tight.publish(signed);
    tight.reply(tight.sends().get(0), token(1));
    assertThat(tight.all(Effect.Persist.class)).isEmpty();
    assertThat(tight.sends()).hasSize(1);
    assertThat(tight.memory.newest(signed.pubkey())).as("nobody has it").isEmpty();
    tight.reply(tight.sends().get(0), new Reply.Stored());
    assertThat(tight.memory.newest(signed.pubkey())).contains(signed.version());

    int farther = 1;
    while (Peers.contact(farther).id().distanceTo(target).compareTo(own) < 0) {
      farther++;
    }
    NodeByHand nearer = new NodeByHand(Parameters.defaults().asLocal().withK(1));
    nearer.meet(Peers.contact(farther));
    nearer.publish(signed);
    nearer.reply(nearer.sends().get(0), token(1));
    assertThat(nearer.all(Effect.Persist.class)).hasSize(1);
  }

  @Test
  void expiredRecordIsNotKept() {
    node.publish(Peers.signed(1, Peers.WALL - 7200));
    assertThat(node.all(Effect.Persist.class)).isEmpty();
  }

  @Test
  void newerRecordOnTheWayStopsThePublication() {
    node.meet(Peers.contact(1), Peers.contact(2));
    node.publish(signed);
    List<Effect.Send> finds = node.sends();
    node.reply(finds.get(0), token(1, newer));
    node.reply(finds.get(1), token(2));

    assertThat(node.sends()).isEmpty();
    assertThat(node.all(Effect.Persist.class)).isEmpty();
    assertThat(node.published().newerKnown()).contains(newer);
    assertThat(node.published().refusals()).isEqualTo(Map.of(RecordRejection.OLDER_THAN_KNOWN, 1));
    assertThat(node.published().acknowledged()).isZero();
    assertThat(node.published().evidence().had()).isEqualTo(1);
    assertThat(node.published().evidence().agreed()).isZero();
  }

  @Test
  void newerRecordOnTheWayGoesToWhoeverHasAnOlderOne() {
    node.meet(Peers.contact(1), Peers.contact(2), Peers.contact(3));
    node.publish(signed);
    List<Effect.Send> finds = node.sends();
    node.reply(finds.get(0), token(1, newer));
    node.reply(finds.get(1), token(2));
    node.reply(finds.get(2), token(3, signed));

    assertThat(node.sends()).extracting(Effect.Send::to).containsExactly(finds.get(2).to());
    assertThat(node.sends().get(0).request().ask())
        .isEqualTo(new Request.Store(new Token(3), newer.event()));
    assertThat(node.published().newerKnown()).contains(newer);
  }

  @Test
  void newerRecordThatThisNodeHoldsStopsIt() {
    node.store(Peers.contact(9), newer);
    node.publish(signed);
    assertThat(node.published().newerKnown()).contains(newer);
    assertThat(node.published().refusals()).isEmpty();
    assertThat(node.published().acknowledged()).isZero();
  }

  @Test
  void newerRecordCorrectsTheOwnCopy() {
    node.store(Peers.contact(9), signed);
    node.meet(Peers.contact(1));
    node.publish(signed);
    node.reply(node.sends().get(0), token(1, newer));
    assertThat(node.all(Effect.Persist.class))
        .extracting(persist -> persist.held().addressRecord())
        .containsExactly(newer);
  }

  @Test
  void olderRecordOnTheWayIsOverwritten() {
    node.meet(Peers.contact(1));
    node.publish(newer);
    node.reply(node.sends().get(0), token(1, signed));
    node.reply(node.sends().get(0), new Reply.Stored());
    assertThat(node.published().acknowledged()).isEqualTo(1);
    assertThat(node.published().evidence().conflicting()).isEqualTo(1);
  }

  @Test
  void refusedTokenIsReplacedOnce() {
    Effect.Send store = publish(1).get(0);
    node.reply(store, BAD_TOKEN);
    Effect.Send find = node.sends().get(0);
    assertThat(find.request().ask()).isInstanceOf(Request.FindRecord.class);

    node.reply(find, token(200));
    Effect.Send again = node.sends().get(0);
    assertThat(again.request().ask()).isEqualTo(new Request.Store(new Token(200), signed.event()));
    node.reply(again, BAD_TOKEN);

    assertThat(node.sends()).isEmpty();
    assertThat(node.published().acknowledged()).isZero();
    assertThat(node.published().refusals()).as("nobody looked at the record").isEmpty();
  }

  @Test
  void refusedTokenAndThenSuccess() {
    node.reply(publish(1).get(0), BAD_TOKEN);
    node.reply(node.sends().get(0), token(200));
    node.reply(node.sends().get(0), new Reply.Stored());
    assertThat(node.published().acknowledged()).isEqualTo(1);
  }

  @Test
  void nodeThatGivesNoFreshTokenIsLeft() {
    node.reply(publish(1).get(0), BAD_TOKEN);
    node.sleepUntil(5_000);
    assertThat(node.published().acknowledged()).isZero();
  }

  @Test
  void unansweredStoreIsSentOnceMore() {
    Effect.Send first = publish(2).get(0);
    List<Effect> effects = node.sleepUntil(node.millis + 100);
    List<Effect.Send> again =
        effects.stream()
            .filter(Effect.Send.class::isInstance)
            .map(Effect.Send.class::cast)
            .filter(send -> send.request().ask() instanceof Request.Store)
            .toList();
    assertThat(again).hasSize(2);
    assertThat(again.get(0).request().ask()).isEqualTo(first.request().ask());

    node.reply(again.get(0), new Reply.Stored());
    assertThat(node.outcomes()).isEmpty();
    node.sleepUntil(node.millis + 100);
    assertThat(node.published().acknowledged()).isEqualTo(1);
    assertThat(node.published().required()).isEqualTo(1);
  }

  @Test
  void bothAnswersToARepeatedStoreAreOneAcknowledgement() {
    List<Effect.Send> stores = publish(2);
    node.sleepUntil(node.millis + 100);
    List<Effect.Send> again = node.sends();
    node.reply(stores.get(0), new Reply.Stored());
    node.reply(again.get(0), new Reply.Stored());
    assertThat(node.outcomes()).isEmpty();
    node.reply(stores.get(1), refused(RecordRejection.FULL));
    assertThat(node.published().acknowledged()).isEqualTo(1);
    assertThat(node.published().refusals()).isEqualTo(Map.of(RecordRejection.FULL, 1));
  }

  @Test
  void lateRefusalOfTheOldTokenDoesNotStopTheStoreWithTheFreshOne() {
    Effect.Send first = publish(1).get(0);
    node.sleepUntil(node.millis + 100);
    Effect.Send second = node.sends().get(0);
    node.reply(first, BAD_TOKEN);
    Effect.Send find = node.sends().get(0);
    node.reply(second, BAD_TOKEN);
    assertThat(node.outcomes()).isEmpty();

    node.reply(find, token(200));
    node.reply(node.sends().get(0), new Reply.Stored());
    assertThat(node.published().acknowledged()).isEqualTo(1);
  }

  @Test
  void contactThatAnsweredTheSearchLateIsNotStoredAt() {
    node.meet(Peers.contact(1), Peers.contact(2));
    node.publish(signed);
    List<Effect.Send> finds = node.sends();
    node.reply(finds.get(0), token(1));
    node.sleepUntil(node.millis + 200);
    assertThat(node.sends())
        .filteredOn(send -> send.request().ask() instanceof Request.Store)
        .extracting(Effect.Send::to)
        .containsOnly(finds.get(0).to());
    node.reply(finds.get(1), token(2));
    assertThat(node.sends()).isEmpty();
  }

  @Test
  void nodeWithoutATokenCannotBeStoredAt() {
    node.meet(Peers.contact(1));
    node.publish(signed);
    node.reply(node.sends().get(0), token(0));
    assertThat(node.published().acknowledged()).isZero();
    assertThat(node.published().required()).isEqualTo(1);
  }

  @Test
  void versionThatIsOlderThanRememberedIsLeftToTheHolders() {
    node.memory.remember(newer.pubkey(), newer.version());
    Effect.Send store = publish(1).get(0);
    node.reply(store, refused(RecordRejection.OLDER_THAN_KNOWN));
    assertThat(node.published().newerKnown()).isEmpty();
    assertThat(node.published().refusals()).isEqualTo(Map.of(RecordRejection.OLDER_THAN_KNOWN, 1));
  }
}
