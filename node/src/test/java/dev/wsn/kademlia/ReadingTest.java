package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.record.AddressRecord;
import dev.wsn.record.NostrEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ReadingTest {
  private final NodeByHand node = NodeByHand.local();
  private final AddressRecord older = Peers.signed(1, Peers.WALL - 60);
  private final AddressRecord newer = Peers.signed(1, Peers.WALL - 10);

  private static Reply.Answer found(AddressRecord addressRecord) {
    return found(addressRecord.event());
  }

  private static Reply.Answer found(NostrEvent event) {
    return new Reply.RecordFound(new Token(5), Optional.of(event), List.of());
  }

  private static Reply.Answer nothing(Contact... closer) {
    return new Reply.RecordFound(new Token(5), Optional.empty(), List.of(closer));
  }

  private List<Effect.Send> resolve(ReadPolicy policy, int contacts) {
    Contact[] known = new Contact[contacts];
    for (int i = 0; i < contacts; i++) {
      known[i] = Peers.contact(i + 1);
    }
    node.meet(known);
    node.resolve(older.pubkey(), policy);
    return node.sends();
  }

  @Test
  void quorumReadWaitsForAllAndRepairsTheStale() {
    List<Effect.Send> sends = resolve(ReadPolicy.QUORUM, 3);
    node.reply(sends.get(0), found(older));
    assertThat(node.outcomes()).isEmpty();
    node.reply(sends.get(1), found(newer));
    assertThat(node.outcomes()).isEmpty();
    node.reply(sends.get(2), nothing());

    assertThat(node.read().newest()).contains(newer);
    assertThat(node.read().isFinal()).isTrue();
    assertThat(node.asked()).containsExactlyInAnyOrder(sends.get(0).to(), sends.get(2).to());
    assertThat(node.sends())
        .extracting(send -> send.request().ask())
        .containsOnly(new Request.Store(new Token(5), newer.event()));
  }

  /** A path of its own for everyone; who is asked on one is not asked on another. */
  @Test
  void secureReadAsksNobodyTwiceAndComparesAllPaths() {
    List<Effect.Send> sends = resolve(ReadPolicy.SECURE, 6);
    assertThat(sends).hasSize(6).extracting(Effect.Send::to).doesNotHaveDuplicates();
    Contact stranger = Peers.contact(50);
    List<Effect> effects = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      node.reply(sends.get(i), i == 1 ? found(older) : nothing(stranger));
      effects.addAll(node.effects);
    }
    node.reply(sends.get(5), found(newer));
    effects.addAll(node.effects);
    assertThat(effects).noneMatch(Effect.Finish.class::isInstance);
    List<Effect.Send> more =
        effects.stream()
            .filter(Effect.Send.class::isInstance)
            .map(Effect.Send.class::cast)
            .toList();
    assertThat(more).as("five named it, one path asks it").hasSize(1);
    assertThat(more.get(0).to()).isEqualTo(stranger);
    node.reply(more.get(0), nothing());

    assertThat(node.read().newest()).contains(newer);
    assertThat(node.read().isFinal()).isTrue();
    assertThat(node.read().evidence()).isEqualTo(new Outcome.Evidence(7, 7, 2, 1, 1, 2, 0));
    assertThat(node.sends()).as("everybody else gets it").hasSize(6);
  }

  @Test
  void recordOlderThanAnythingRememberedIsNeverReturned() {
    node.memory.remember(newer.pubkey(), newer.version());
    for (ReadPolicy policy : ReadPolicy.values()) {
      node.resolve(older.pubkey(), policy);
      List<Effect.Send> sends =
          node.kademlia.contacts().isEmpty() ? resolve(policy, 1) : node.sends();
      node.reply(sends.get(0), found(older));
      assertThat(node.read().newest()).isEmpty();
      assertThat(node.read().isFinal()).isTrue();
      assertThat(node.read().evidence().had()).isEqualTo(1);
      assertThat(node.read().evidence().conflicting()).isEqualTo(1);
      assertThat(node.sends()).isEmpty();
    }
  }

  @Test
  void recordThatIsNewestAtFirstMayBeOldAtTheEnd() {
    List<Effect.Send> sends = resolve(ReadPolicy.QUORUM, 2);
    node.reply(sends.get(0), found(older));
    node.store(Peers.contact(9), newer);
    node.reply(sends.get(1), found(older));
    assertThat(node.read().newest()).contains(newer);
    assertThat(node.read().evidence().agreed()).isZero();
  }

  @Test
  void whatWasReadIsRemembered() {
    List<Effect.Send> sends = resolve(ReadPolicy.FAST, 2);
    node.reply(sends.get(0), found(newer));
    node.reply(sends.get(1), found(newer));
    assertThat(node.memory.newest(newer.pubkey())).contains(newer.version());
    assertThat(node.newest).containsExactly(newer);
  }

  @Test
  void recordThatDoesNotVerifyIsAsGoodAsNone() {
    NostrEvent event = newer.event();
    NostrEvent forged =
        new NostrEvent(
            event.id(),
            event.pubkey(),
            event.createdAt(),
            event.kind(),
            event.tags(),
            event.content(),
            older.event().signature());
    List<Effect.Send> sends = resolve(ReadPolicy.FAST, 4);
    node.reply(sends.get(0), found(forged));
    node.reply(sends.get(1), found(Peers.signed(2, Peers.WALL)));
    node.reply(sends.get(2), found(Peers.signed(1, Peers.WALL - 7200)));
    assertThat(node.outcomes()).isEmpty();
    node.reply(sends.get(3), nothing());

    assertThat(node.read().newest()).isEmpty();
    assertThat(node.read().evidence()).isEqualTo(new Outcome.Evidence(4, 4, 0, 0, 0, 1, 0));
    assertThat(node.drops(KademliaObserver.Drop.INVALID_RECORD)).isEqualTo(3);
    assertThat(node.memory.size()).isZero();
  }

  @Test
  void withdrawalIsAnAnswerLikeOthers() {
    AddressRecord withdrawal =
        Peers.RULES.sign(Peers.owner(1), List.of(), Peers.WALL, Duration.ofHours(1), new byte[32]);
    List<Effect.Send> sends = resolve(ReadPolicy.QUORUM, 2);
    node.reply(sends.get(0), found(newer));
    node.reply(sends.get(1), found(withdrawal));
    assertThat(node.read().newest()).contains(withdrawal);
  }

  @Test
  void heldRecordIsNoBetterThanThatOfOthers() {
    node.store(Peers.contact(9), older);
    List<Effect.Send> sends = resolve(ReadPolicy.FAST, 1);
    assertThat(node.outcomes()).as("it may have been replaced since").isEmpty();

    node.reply(sends.get(0), found(newer));
    assertThat(node.read().newest()).contains(newer);
    assertThat(node.read().evidence().had()).isEqualTo(1);
    assertThat(node.all(Effect.Persist.class))
        .as("and is corrected when it was old")
        .extracting(persist -> persist.held().addressRecord())
        .containsExactly(newer);
  }

  @Test
  void heldRecordIsFoundAlthoughNobodyElseHasIt() {
    node.store(Peers.contact(9), older);
    List<Effect.Send> sends = resolve(ReadPolicy.FAST, 1);
    node.reply(sends.get(0), nothing());
    assertThat(node.read().newest()).contains(older);
    assertThat(node.read().isFinal()).isTrue();
    assertThat(node.read().evidence().had()).isZero();
  }

  @Test
  void deadHeldRecordIsNoAnswer() {
    node.store(Peers.contact(9), older);
    node.millis = 2 * 3_600_000;
    node.resolve(older.pubkey(), ReadPolicy.FAST);
    assertThat(node.read().newest()).isEmpty();
    assertThat(node.read().isFinal()).isTrue();
  }

  @Test
  void nodeThatHoldsNothingKeepsNothingOfWhatItReads() {
    List<Effect.Send> sends = resolve(ReadPolicy.QUORUM, 1);
    node.reply(sends.get(0), found(newer));
    assertThat(node.all(Effect.Persist.class)).isEmpty();
  }

  @Test
  void referralsAreCountedAsHops() {
    List<Effect.Send> sends = resolve(ReadPolicy.QUORUM, 1);
    node.reply(sends.get(0), nothing(Peers.contact(5)));
    node.reply(node.sends().get(0), nothing(Peers.contact(6)));
    node.reply(node.sends().get(0), found(newer));
    assertThat(node.read().evidence().hops()).isEqualTo(3);
    assertThat(node.read().evidence().asked()).isEqualTo(3);
  }

  /** Everything that somebody who is asked can do, in one lookup. */
  @Test
  void thePathTellsWhomWasAskedAndWhatTheySaid() {
    Contact named = Peers.contact(50);
    List<Effect.Send> sends = resolve(ReadPolicy.QUORUM, 5);
    node.millis = 7;
    node.reply(sends.get(0), found(older));
    node.millis = 12;
    node.reply(sends.get(1), nothing(named));
    Effect.Send referral = node.sends().get(0);
    assertThat(referral.to()).isEqualTo(named);
    node.reply(sends.get(2), found(Peers.signed(2, Peers.WALL)));
    node.millis = 30;
    node.reply(referral, found(newer));
    while (node.outcomes().isEmpty()) {
      node.wakeAt(node.wakesAt());
    }

    Outcome.Read read = node.read();
    NodeId place = NodeId.ofRecord(older.pubkey());
    assertThat(read.path()).hasSize(6).isSortedAccordingTo(AskedContact.ORDER);
    assertThat(asked(read, sends.get(0).to()))
        .isEqualTo(
            new AskedContact(
                sends.get(0).to(),
                1,
                place.distanceTo(sends.get(0).to().id()),
                Optional.empty(),
                AskedContact.Answer.OLDER_RECORD,
                OptionalLong.of(7)));
    assertThat(asked(read, sends.get(1).to()).answer()).isEqualTo(AskedContact.Answer.NODES);
    assertThat(asked(read, sends.get(2).to()).answer()).isEqualTo(AskedContact.Answer.BAD_RECORD);
    AskedContact holder = asked(read, named);
    assertThat(holder.hop()).isEqualTo(2);
    assertThat(holder.namedBy()).contains(sends.get(1).to());
    assertThat(holder.answer()).isEqualTo(AskedContact.Answer.RECORD);
    assertThat(holder.roundTripMillis()).hasValue(18);
    assertThat(read.path())
        .filteredOn(each -> each.answer() == AskedContact.Answer.SILENCE)
        .hasSize(2)
        .allMatch(each -> each.roundTripMillis().isEmpty());
  }

  private static AskedContact asked(Outcome.Read read, Contact contact) {
    return read.path().stream()
        .filter(each -> each.contact().equals(contact))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void deadContactsCostTheirTimeoutsAndNoMore() {
    List<Effect.Send> sends = resolve(ReadPolicy.QUORUM, 2);
    node.millis = 10;
    node.reply(sends.get(0), found(newer));
    while (node.outcomes().isEmpty()) {
      node.wakeAt(node.wakesAt());
    }
    assertThat(node.millis).as("two timeouts of 100 ms").isLessThanOrEqualTo(210);
    assertThat(node.read().evidence().answered()).isEqualTo(1);
    assertThat(node.read().newest()).contains(newer);
  }

  @Test
  void bothFamiliesAreSearched() {
    Contact ipv6 = Contact.of(Peers.key(2), Peers.address("[::1]:4848"));
    node.meet(Peers.contact(1), ipv6);
    node.resolve(older.pubkey(), ReadPolicy.QUORUM);
    assertThat(node.asked()).containsExactly(Peers.contact(1), ipv6);
    List<Effect.Send> sends = node.sends();
    node.reply(sends.get(0), nothing());
    assertThat(node.outcomes()).isEmpty();
    node.reply(sends.get(1), found(newer));
    assertThat(node.read().newest()).contains(newer);
    assertThat(node.asked()).as("repaired").containsExactly(Peers.contact(1));
  }
}
