package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.record.AddressRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When a fast read gives its first answer: nobody who hands out old records decides alone. */
class FastReadingTest {
  private final NodeByHand node = NodeByHand.local();
  private final AddressRecord older = Peers.signed(1, Peers.WALL - 60);
  private final AddressRecord newer = Peers.signed(1, Peers.WALL - 10);

  private static Reply.Answer found(AddressRecord addressRecord) {
    return new Reply.RecordFound(new Token(5), Optional.of(addressRecord.event()), List.of());
  }

  private static Reply.Answer nothing() {
    return new Reply.RecordFound(new Token(5), Optional.empty(), List.of());
  }

  /** Begins a fast read among k contacts, in a network that seems to have so many nodes. */
  private Deque<Effect.Send> resolveFast(int nodes) {
    Contact[] known = new Contact[Protocol.K];
    for (int i = 0; i < known.length; i++) {
      known[i] = Peers.contact(i + 1);
    }
    node.meet(known);
    if (nodes > 0) {
      RoutingTable table = node.kademlia.state().tables.both().get(0);
      table.networkSize().measured(node.millis, table.own(), nodes);
    }
    node.resolve(older.pubkey(), ReadPolicy.FAST);
    return new ArrayDeque<>(node.sends());
  }

  private Contact answer(Deque<Effect.Send> open, Reply.Answer answer) {
    Effect.Send next = open.remove();
    node.reply(next, answer);
    open.addAll(node.sends());
    return next.to();
  }

  @Test
  void fastReadAnswersWhenEnoughHoldersWereHeardAndCorrectsItLater() {
    Deque<Effect.Send> open = resolveFast(Protocol.K);
    assertThat(open)
        .hasSize(Protocol.WIDE_ALPHA)
        .extracting(send -> send.request().ask())
        .containsOnly(new Request.FindRecord(NodeId.ofRecord(older.pubkey())));
    List<Contact> stale = new ArrayList<>();
    for (int i = 1; i < Protocol.FAST_HOLDERS; i++) {
      stale.add(answer(open, found(older)));
      assertThat(node.outcomes()).as("after %d holders", i).isEmpty();
    }
    assertThat(open.size() + stale.size()).as("a holder is near the others").isEqualTo(Protocol.K);
    answer(open, nothing());
    assertThat(node.outcomes()).as("who has none does not count").isEmpty();
    node.millis = 30;
    stale.add(answer(open, found(older)));
    assertThat(node.read().newest()).contains(older);
    assertThat(node.read().isFinal()).isFalse();
    assertThat(node.read().evidence())
        .isEqualTo(new Outcome.Evidence(Protocol.K, 10, 9, 9, 0, 1, 30));

    while (open.size() > 1) {
      answer(open, found(newer));
      assertThat(node.outcomes()).as("one first answer").isEmpty();
    }
    node.millis = 50;
    answer(open, nothing());
    assertThat(node.read().newest()).contains(newer);
    assertThat(node.read().isFinal()).isTrue();
    assertThat(node.read().evidence())
        .isEqualTo(new Outcome.Evidence(Protocol.K, Protocol.K, 18, 9, 9, 1, 50));
    assertThat(node.asked())
        .as("who has an older one is corrected, who has none is left alone")
        .containsExactlyInAnyOrderElementsOf(stale);
  }

  @Test
  void newestOfTheFirstHoldersIsTheFirstAnswer() {
    Deque<Effect.Send> open = resolveFast(Protocol.K);
    answer(open, found(newer));
    for (int i = 1; i < Protocol.FAST_HOLDERS; i++) {
      answer(open, found(older));
    }
    assertThat(node.read().newest()).contains(newer);
    assertThat(node.read().isFinal()).isFalse();
    assertThat(node.read().evidence().agreed()).isEqualTo(1);
  }

  /** In a larger network there must be others who are nearer, and in an unknown one there may. */
  @ParameterizedTest
  @ValueSource(ints = {0, 3 * Protocol.K})
  void fastReadWaitsWhileTheClosestMayNotBeKnown(int nodes) {
    Deque<Effect.Send> open = resolveFast(nodes);
    while (open.size() > 1) {
      answer(open, found(older));
      assertThat(node.outcomes()).isEmpty();
    }
    answer(open, found(older));
    assertThat(node.read().newest()).contains(older);
    assertThat(node.read().isFinal()).isTrue();
  }

  /** Somebody far away who says that he holds the record is not one of its holders. */
  @Test
  void holdersFarFromThePlaceDoNotCount() {
    Deque<Effect.Send> open = resolveFast(Protocol.K);
    NodeId place = NodeId.ofRecord(older.pubkey());
    List<Contact> nearer =
        IntStream.range(100, 100_000)
            .mapToObj(Peers::contact)
            .filter(contact -> place.distanceTo(contact.id()).sharedBits() >= 5)
            .limit(Protocol.K)
            .toList();
    for (int i = 1; i < Protocol.FAST_HOLDERS; i++) {
      answer(open, found(older));
    }
    node.reply(
        open.remove(), new Reply.RecordFound(new Token(5), Optional.of(older.event()), nearer));
    assertThat(node.outcomes()).isEmpty();
    assertThat(node.asked()).isNotEmpty().allMatch(nearer::contains);
  }

  @Test
  void theFirstAnswerOfAFastReadSaysWhoIsStillAwaited() {
    Deque<Effect.Send> open = resolveFast(Protocol.K);
    for (int i = 0; i < Protocol.FAST_HOLDERS; i++) {
      answer(open, found(newer));
    }
    List<AskedContact> path = node.read().path();
    assertThat(path).hasSize(Protocol.K);
    assertThat(path)
        .filteredOn(each -> each.answer() == AskedContact.Answer.RECORD)
        .hasSize(Protocol.FAST_HOLDERS);
    assertThat(path)
        .filteredOn(each -> each.answer() == AskedContact.Answer.WAITING)
        .hasSize(Protocol.K - Protocol.FAST_HOLDERS);
  }
}
