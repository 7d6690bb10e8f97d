package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.record.AddressRecord;
import dev.wsn.record.EventId;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordRejection;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestHandlingTest {
  private static final Contact CALLER = Peers.contact(1);
  private static final int PING_DATAGRAM = 71;
  private static final int FIND_DATAGRAM = 104;

  private final NodeByHand node = NodeByHand.local();
  private final AddressRecord signed = Peers.signed(1, Peers.WALL);

  private static Reply.Refusal refusal(Optional<Reply> reply) {
    return ((Reply.Refused) reply.orElseThrow().answer()).reason();
  }

  private static RecordRejection rejection(Optional<Reply> reply) {
    Reply.Refusal refusal = refusal(reply);
    assertThat(refusal.isBadToken()).isFalse();
    return refusal.rejection().orElseThrow();
  }

  @Test
  void pingIsAnsweredWithWhatTheCallerNeedsToKnow() {
    Reply reply =
        node.ask(CALLER, Token.NONE, PING_DATAGRAM, true, new Request.Ping()).orElseThrow();

    assertThat(reply.answer()).isEqualTo(new Reply.Pong());
    assertThat(reply.observed()).isEqualTo(CALLER.address());
    assertThat(reply.addressToken().isPresent()).isTrue();
    assertThat(node.answers().get(0).maxBytes()).isEqualTo(PING_DATAGRAM);
    assertThat(node.sends()).isEmpty();
  }

  @Test
  void addressTokenLiftsTheBound() {
    Token token = node.addressToken(CALLER);
    node.ask(CALLER, token, FIND_DATAGRAM, true, new Request.FindNode(Peers.id(1)));
    assertThat(node.answers().get(0).maxBytes()).isEqualTo(Protocol.MAX_DATAGRAM_BYTES);

    Contact other = Peers.contact(2);
    node.ask(other, token, FIND_DATAGRAM, true, new Request.FindNode(Peers.id(1)));
    assertThat(node.answers().get(0).maxBytes()).as("of another caller").isEqualTo(FIND_DATAGRAM);
  }

  @Test
  void closestContactsAreToldWithoutTheCallerItself() {
    node.meet(Peers.contact(1), Peers.contact(2), Peers.contact(3));
    NodeId target = Peers.contact(1).id();

    Reply reply = node.ask(CALLER, new Request.FindNode(target));

    assertThat(((Reply.Nodes) reply.answer()).closest())
        .hasSize(2)
        .doesNotContain(CALLER)
        .isSortedAccordingTo(Comparator.comparing(contact -> contact.id().distanceTo(target)));
  }

  @Test
  void callersAreToldOnlyOfTheirOwnAddressFamily() {
    Contact ipv6 = Contact.of(Peers.key(2), Peers.address("[::1]:4848"));
    node.meet(ipv6, Peers.contact(3));

    Reply reply = node.ask(CALLER, new Request.FindNode(Peers.id(1)));
    assertThat(((Reply.Nodes) reply.answer()).closest()).containsExactly(Peers.contact(3));

    Contact caller6 = Contact.of(Peers.key(9), Peers.address("[::1]:4849"));
    reply = node.ask(caller6, new Request.FindNode(Peers.id(1)));
    assertThat(((Reply.Nodes) reply.answer()).closest()).containsExactly(ipv6);
  }

  @Test
  void heldRecordIsReturnedWhileItLives() {
    node.store(CALLER, signed);
    Request.Ask ask = new Request.FindRecord(NodeId.ofRecord(signed.pubkey()));

    Reply.RecordFound found = (Reply.RecordFound) node.ask(CALLER, ask).answer();
    assertThat(found.event()).contains(signed.event());
    assertThat(found.storeToken().isPresent()).isTrue();

    node.millis = 2 * 3_600_000;
    found = (Reply.RecordFound) node.ask(CALLER, ask).answer();
    assertThat(found.event()).isEmpty();
  }

  @Test
  void storeIsAcknowledgedOnlyFromDisk() {
    Token token = node.storeToken(CALLER, signed);

    Optional<Reply> reply =
        node.ask(CALLER, Token.NONE, 400, true, new Request.Store(token, signed.event()));

    assertThat(reply).isEmpty();
    List<Effect.Persist> persists = node.all(Effect.Persist.class);
    assertThat(persists).extracting(Effect.Persist::addressRecord).containsExactly(signed);
    assertThat(node.kademlia.recordsHeld()).isZero();

    node.persisted(persists.get(0).ticket(), true);
    assertThat(node.answers().get(0).reply().answer()).isEqualTo(new Reply.Stored());
    assertThat(node.answers().get(0).to().address()).isEqualTo(CALLER.address());
    assertThat(node.kademlia.recordsHeld()).isEqualTo(1);
    assertThat(node.stored).containsExactly(signed);

    node.persisted(persists.get(0).ticket(), true);
    assertThat(node.answers()).as("a ticket is used once").isEmpty();
  }

  @Test
  void failedDiskIsNoAcknowledgement() {
    Token token = node.storeToken(CALLER, signed);
    node.ask(CALLER, Token.NONE, 400, true, new Request.Store(token, signed.event()));
    node.persisted(node.all(Effect.Persist.class).get(0).ticket(), false);

    assertThat(rejection(Optional.of(node.answers().get(0).reply())))
        .isEqualTo(RecordRejection.FULL);
    assertThat(node.kademlia.recordsHeld()).isZero();
    assertThat(node.store(CALLER, signed).orElseThrow().answer())
        .as("it may be tried again")
        .isEqualTo(new Reply.Stored());
  }

  @Test
  void heldRecordIsAcknowledgedWithoutTheDisk() {
    node.store(CALLER, signed);
    Token token = node.storeToken(CALLER, signed);
    Optional<Reply> reply =
        node.ask(CALLER, Token.NONE, 400, true, new Request.Store(token, signed.event()));
    assertThat(reply.orElseThrow().answer()).isEqualTo(new Reply.Stored());
    assertThat(node.all(Effect.Persist.class)).isEmpty();
  }

  @Test
  void storeOvertakenByANewerOneIsDone() {
    AddressRecord newer = Peers.signed(1, Peers.WALL + 1);
    Token token = node.storeToken(CALLER, signed);
    node.ask(CALLER, Token.NONE, 400, true, new Request.Store(token, signed.event()));
    long first = node.all(Effect.Persist.class).get(0).ticket();
    node.ask(CALLER, Token.NONE, 400, true, new Request.Store(token, newer.event()));
    long second = node.all(Effect.Persist.class).get(0).ticket();
    node.persisted(second, true);
    node.persisted(first, true);

    assertThat(node.answers().get(0).reply().answer()).isEqualTo(new Reply.Stored());
    assertThat(node.index.records()).containsExactly(newer);
  }

  @Test
  void tokenIsLookedAtBeforeTheRecord() {
    Token foreign = node.storeToken(Peers.contact(2), signed);
    Token address = node.addressToken(CALLER);
    Token other = node.storeToken(CALLER, Peers.signed(2, Peers.WALL));
    for (Token bad : List.of(Token.NONE, foreign, address, other, new Token(1))) {
      Reply.Refusal refusal = refusal(node.store(CALLER, signed.event(), bad));
      assertThat(refusal.isBadToken()).isTrue();
      assertThat(refusal.rejection()).isEmpty();
    }
    assertThat(node.badTokens).isEqualTo(5);

    Token good = node.storeToken(CALLER, signed);
    node.millis = 2 * Protocol.TOKEN_SECRET_MILLIS;
    assertThat(refusal(node.store(CALLER, signed.event(), good)).isBadToken())
        .as("too old")
        .isTrue();
  }

  @Test
  void storeTokenAloneProvesTheAddress() {
    Token token = node.storeToken(CALLER, signed);
    node.ask(CALLER, Token.NONE, 400, true, new Request.Store(token, signed.event()));
    node.persisted(node.all(Effect.Persist.class).get(0).ticket(), true);
    assertThat(node.answers().get(0).maxBytes()).isEqualTo(Protocol.MAX_DATAGRAM_BYTES);
  }

  @Test
  void olderRecordIsRefusedWhetherTheNewerIsHeldOrRemembered() {
    AddressRecord newer = Peers.signed(1, Peers.WALL + 10, Duration.ofMinutes(1));
    node.store(CALLER, newer);
    assertThat(rejection(node.store(CALLER, signed))).isEqualTo(RecordRejection.OLDER_THAN_KNOWN);

    node.millis = 120_000;
    node.sleepUntil(240_000);
    assertThat(node.kademlia.recordsHeld()).as("the newer one expired").isZero();
    assertThat(rejection(node.store(CALLER, signed))).isEqualTo(RecordRejection.OLDER_THAN_KNOWN);
  }

  @Test
  void olderRecordIsRefusedWhileTheNewerIsOnItsWayToDisk() {
    AddressRecord newer = Peers.signed(1, Peers.WALL + 10);
    Token token = node.storeToken(CALLER, signed);
    node.ask(CALLER, Token.NONE, 400, true, new Request.Store(token, newer.event()));
    assertThat(
            rejection(
                node.ask(CALLER, Token.NONE, 400, true, new Request.Store(token, signed.event()))))
        .isEqualTo(RecordRejection.OLDER_THAN_KNOWN);
  }

  @Test
  void recordThatBreaksARuleIsRefusedByItsName() {
    NostrEvent event = signed.event();
    NostrEvent forged =
        new NostrEvent(
            event.id(),
            event.pubkey(),
            event.createdAt(),
            event.kind(),
            event.tags(),
            event.content(),
            Peers.signed(2, Peers.WALL).event().signature());
    NostrEvent wrongId =
        new NostrEvent(
            EventId.of(new byte[32]),
            event.pubkey(),
            event.createdAt(),
            event.kind(),
            event.tags(),
            event.content(),
            event.signature());
    Token token = node.storeToken(CALLER, signed);

    assertThat(rejection(node.store(CALLER, forged, token)))
        .isEqualTo(RecordRejection.BAD_SIGNATURE);
    assertThat(rejection(node.store(CALLER, wrongId, token))).isEqualTo(RecordRejection.BAD_ID);
    assertThat(rejection(node.store(CALLER, Peers.signed(1, Peers.WALL - 7200).event(), token)))
        .isEqualTo(RecordRejection.EXPIRED);
    assertThat(rejection(node.store(CALLER, Peers.signed(1, Peers.WALL + 61).event(), token)))
        .isEqualTo(RecordRejection.FROM_THE_FUTURE);
    assertThat(node.memory.size()).as("what is not verified is not remembered").isZero();
  }

  @Test
  void fullNodeRefusesNewKeysAndTakesNewVersions() {
    NodeByHand small = new NodeByHand(Parameters.defaults().asLocal().withMaxRecords(1));
    small.store(CALLER, signed);

    assertThat(rejection(small.store(CALLER, Peers.signed(2, Peers.WALL))))
        .isEqualTo(RecordRejection.FULL);
    assertThat(small.limits(KademliaObserver.Limit.RECORDS)).isEqualTo(1);
    assertThat(small.store(CALLER, Peers.signed(1, Peers.WALL + 1)).orElseThrow().answer())
        .isEqualTo(new Reply.Stored());
  }

  @Test
  void storesThatWaitForTheDiskAreBounded() {
    Token token = node.storeToken(CALLER, signed);
    Request.Store store = new Request.Store(token, signed.event());
    for (int i = 0; i < Protocol.MAX_WAITING_STORES; i++) {
      assertThat(node.ask(CALLER, Token.NONE, 400, true, store)).isEmpty();
    }
    assertThat(rejection(node.ask(CALLER, Token.NONE, 400, true, store)))
        .isEqualTo(RecordRejection.FULL);
    assertThat(node.limits(KademliaObserver.Limit.WAITING_STORES)).isEqualTo(1);
  }

  @Test
  void clientAnswersNothing() {
    NodeByHand client = new NodeByHand(Parameters.defaults().asLocal().asClient());
    assertThat(client.ask(CALLER, Token.NONE, 1232, false, new Request.Ping())).isEmpty();
    assertThat(client.effects).hasSize(1);
    assertThat(client.drops(KademliaObserver.Drop.CLIENT_ANSWERS_NOTHING)).isEqualTo(1);
  }

  @Test
  void requestSealedWithTheOwnKeyIsNotAnswered() {
    Contact self = Contact.of(NodeByHand.SELF, Peers.loopback(5));
    assertThat(node.ask(self, Token.NONE, 1232, false, new Request.Ping())).isEmpty();
    assertThat(node.drops(KademliaObserver.Drop.OWN_KEY)).isEqualTo(1);
  }

  // Unknown callers.

  @Test
  void callerEntersTheTableOnlyAfterItAnswered() {
    node.ask(CALLER, node.addressToken(CALLER), FIND_DATAGRAM, false, new Request.Ping());
    assertThat(node.asked()).containsExactly(CALLER);
    assertThat(node.kademlia.contacts()).isEmpty();

    Effect.Send ping = node.sends().get(0);
    node.reply(ping, new Reply.Pong());
    assertThat(node.kademlia.contacts()).containsExactly(CALLER);

    node.ask(CALLER, node.addressToken(CALLER), FIND_DATAGRAM, false, new Request.Ping());
    assertThat(node.sends()).as("known by now").isEmpty();
  }

  @Test
  void callerIsPingedOnceAtATime() {
    Token token = node.addressToken(CALLER);
    node.ask(CALLER, token, FIND_DATAGRAM, false, new Request.Ping());
    node.ask(CALLER, token, FIND_DATAGRAM, false, new Request.Ping());
    assertThat(node.sends()).isEmpty();

    node.wakeAt(1_000);
    node.ask(CALLER, token, FIND_DATAGRAM, false, new Request.Ping());
    assertThat(node.asked()).as("the first stayed unanswered").containsExactly(CALLER);
  }

  @Test
  void clientsAreNeverPinged() {
    node.ask(CALLER, node.addressToken(CALLER), 1232, true, new Request.Ping());
    assertThat(node.sends()).isEmpty();
  }

  @Test
  void privateCallersAreNoContactsOutsideLocalMode() {
    NodeByHand open = NodeByHand.open();
    Token token = open.addressToken(CALLER);
    assertThat(open.ask(CALLER, token, 1232, false, new Request.Ping())).isPresent();
    assertThat(open.sends()).isEmpty();

    Contact reachable = Peers.publicContact(2, "203.0.113.7:4848");
    open.ask(reachable, open.addressToken(reachable), 1232, false, new Request.Ping());
    assertThat(open.asked()).containsExactly(reachable);
  }

  @Test
  void callersUnderVerificationAreBounded() {
    for (int i = 1; i <= Protocol.MAX_UNDER_VERIFICATION + 1; i++) {
      Contact caller = Peers.contact(i);
      node.ask(caller, node.addressToken(caller), 100, false, new Request.Ping());
    }
    assertThat(node.sends()).isEmpty();
    assertThat(node.limits(KademliaObserver.Limit.UNDER_VERIFICATION)).isEqualTo(1);
  }

  @Test
  void knownKeyAtANewAddressIsNotMovedByWriting() {
    node.meet(CALLER);
    Contact moved = Contact.of(CALLER.key(), Peers.loopback(55));
    node.ask(moved, node.addressToken(moved), 100, false, new Request.Ping());
    assertThat(node.asked()).containsExactly(moved);

    node.reply(node.sends().get(0), new Reply.Pong());
    assertThat(node.kademlia.contacts()).containsExactly(CALLER);
    assertThat(node.asked()).as("is it still there?").containsExactly(CALLER);

    node.sleepUntil(4_000);
    assertThat(node.kademlia.contacts()).as("it is not").containsExactly(moved);
  }

  // Amplification.

  @ParameterizedTest
  @ValueSource(ints = {71, 80, 104, 160, 300, 500, 800, 1000, 1232, 1400, 65_000})
  void unprovenCallerNeverGetsMoreBytesThanItSent(int bytes) {
    for (int i = 10; i < 60; i++) {
      node.meet(Peers.contact(i));
    }
    node.store(CALLER, signed);
    NodeId target = NodeId.ofRecord(signed.pubkey());
    int caller = 1_000;
    for (Request.Ask ask :
        List.of(
            new Request.Ping(),
            new Request.FindNode(target),
            new Request.FindRecord(target),
            new Request.FindRecord(Peers.id(1)),
            new Request.Store(Token.NONE, signed.event()))) {
      node.ask(Peers.contact(++caller), Token.NONE, bytes, false, ask);

      Effect.Answer answer = node.answers().get(0);
      Reply sent = MemoryNetwork.trimmed(answer.reply(), answer.maxBytes());
      int pings = node.sends().size() * Protocol.PING_BYTES;
      assertThat(answer.maxBytes() + pings).isLessThanOrEqualTo(Math.min(bytes, 1232));
      assertThat(MemoryNetwork.replyBytes(sent)).isLessThanOrEqualTo(answer.maxBytes());
    }
  }

  @Test
  void shortUnprovenSearchIsAskedToComeBack() {
    node.meet(Peers.contact(2), Peers.contact(3));
    Request.Ask ask = new Request.FindNode(Peers.id(1));

    Reply first = node.ask(CALLER, Token.NONE, FIND_DATAGRAM, true, ask).orElseThrow();
    assertThat(first.answer()).isEqualTo(new Reply.Retry());
    assertThat(node.retries).isEqualTo(1);

    Reply second = node.ask(CALLER, first.addressToken(), FIND_DATAGRAM, true, ask).orElseThrow();
    assertThat(((Reply.Nodes) second.answer()).closest()).hasSize(2);
  }

  @Test
  void paddedUnprovenSearchIsAnsweredAndLeavesRoomForAPing() {
    for (int i = 10; i < 40; i++) {
      node.meet(Peers.contact(i));
    }
    Request.Ask ask = new Request.FindNode(Peers.id(1));
    Reply reply = node.ask(CALLER, Token.NONE, NodeByHand.PADDED, false, ask).orElseThrow();

    assertThat(((Reply.Nodes) reply.answer()).closest()).hasSize(20);
    assertThat(node.asked()).containsExactly(CALLER);
    assertThat(node.answers().get(0).maxBytes())
        .isEqualTo(Protocol.MAX_DATAGRAM_BYTES - Protocol.PING_BYTES);
  }

  @Test
  void emptyAnswerFitsAShortRequest() {
    Reply reply =
        node.ask(CALLER, Token.NONE, FIND_DATAGRAM, true, new Request.FindNode(Peers.id(1)))
            .orElseThrow();
    assertThat(reply.answer()).isEqualTo(new Reply.Nodes(List.of()));
  }

  @Test
  void unprovenPingHasNoRoomForAPingBack() {
    node.ask(CALLER, Token.NONE, PING_DATAGRAM, false, new Request.Ping());
    assertThat(node.answers()).hasSize(1);
    assertThat(node.sends()).isEmpty();
  }
}
