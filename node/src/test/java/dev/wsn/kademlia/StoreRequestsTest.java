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

/** What becomes of a store request: token first, then age, then signature, then disk. */
class StoreRequestsTest {
  private static final Contact CALLER = Peers.contact(1);

  private final NodeByHand node = NodeByHand.local();
  private final AddressRecord signed = Peers.signed(1, Peers.WALL);

  private static Reply.Refusal refusal(Reply reply) {
    return ((Reply.Refused) reply.answer()).reason();
  }

  private static RecordRejection rejection(Reply reply) {
    Reply.Refusal refusal = refusal(reply);
    assertThat(refusal.isBadToken()).isFalse();
    return refusal.rejection().orElseThrow();
  }

  private Reply refusedStore(AddressRecord addressRecord) {
    return node.store(CALLER, addressRecord).orElseThrow();
  }

  private Reply refusedStore(NostrEvent event, Token token) {
    return node.store(CALLER, event, token).orElseThrow();
  }

  @Test
  void storeIsAcknowledgedOnlyFromDisk() {
    Token token = node.storeToken(CALLER, signed);

    Optional<Reply> reply =
        node.ask(CALLER, Token.NONE, 400, true, new Request.Store(token, signed.event()));

    assertThat(reply).isEmpty();
    List<Effect.Persist> persists = node.all(Effect.Persist.class);
    assertThat(persists)
        .extracting(persist -> persist.held().addressRecord())
        .containsExactly(signed);
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

    assertThat(rejection(node.answers().get(0).reply())).isEqualTo(RecordRejection.FULL);
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
      Reply.Refusal refusal = refusal(refusedStore(signed.event(), bad));
      assertThat(refusal.isBadToken()).isTrue();
      assertThat(refusal.rejection()).isEmpty();
    }
    assertThat(node.badTokens).isEqualTo(5);

    Token good = node.storeToken(CALLER, signed);
    node.millis = 2 * Protocol.TOKEN_SECRET_MILLIS;
    assertThat(refusal(refusedStore(signed.event(), good)).isBadToken()).as("too old").isTrue();
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
    assertThat(rejection(refusedStore(signed))).isEqualTo(RecordRejection.OLDER_THAN_KNOWN);

    node.millis = 120_000;
    node.sleepUntil(240_000);
    assertThat(node.kademlia.recordsHeld()).as("the newer one expired").isZero();
    assertThat(rejection(refusedStore(signed))).isEqualTo(RecordRejection.OLDER_THAN_KNOWN);
  }

  @Test
  void olderRecordIsRefusedWhileTheNewerIsOnItsWayToDisk() {
    AddressRecord newer = Peers.signed(1, Peers.WALL + 10);
    Token token = node.storeToken(CALLER, signed);
    node.ask(CALLER, Token.NONE, 400, true, new Request.Store(token, newer.event()));
    assertThat(
            rejection(
                node.ask(CALLER, Token.NONE, 400, true, new Request.Store(token, signed.event()))
                    .orElseThrow()))
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

    assertThat(rejection(refusedStore(forged, token))).isEqualTo(RecordRejection.BAD_SIGNATURE);
    assertThat(rejection(refusedStore(wrongId, token))).isEqualTo(RecordRejection.BAD_ID);
    assertThat(rejection(refusedStore(Peers.signed(1, Peers.WALL - 7200).event(), token)))
        .isEqualTo(RecordRejection.EXPIRED);
    assertThat(rejection(refusedStore(Peers.signed(1, Peers.WALL + 61).event(), token)))
        .isEqualTo(RecordRejection.FROM_THE_FUTURE);
    assertThat(node.memory.size()).as("what is not verified is not remembered").isZero();
  }

  /** Two records, the nearer to the node first. */
  private static List<AddressRecord> nearestFirst() {
    NodeId own = NodeId.unplaced(NodeByHand.SELF);
    return List.of(Peers.signed(1, Peers.WALL), Peers.signed(2, Peers.WALL)).stream()
        .sorted(Comparator.comparing(each -> NodeId.ofRecord(each.pubkey()).distanceTo(own)))
        .toList();
  }

  @Test
  void fullNodeRefusesFartherKeysAndTakesNewVersions() {
    NodeByHand small = new NodeByHand(Parameters.defaults().asLocal().withMaxRecords(1));
    AddressRecord near = nearestFirst().get(0);
    small.store(CALLER, near);

    assertThat(rejection(small.store(CALLER, nearestFirst().get(1)).orElseThrow()))
        .isEqualTo(RecordRejection.FULL);
    assertThat(small.limits(KademliaObserver.Limit.RECORDS)).isEqualTo(1);
    int owner = near.equals(Peers.signed(1, Peers.WALL)) ? 1 : 2;
    assertThat(small.store(CALLER, Peers.signed(owner, Peers.WALL + 1)).orElseThrow().answer())
        .isEqualTo(new Reply.Stored());
  }

  @Test
  void nearerRecordTakesThePlaceOfAFartherOneInMemoryAndOnDisk() {
    NodeByHand small = new NodeByHand(Parameters.defaults().asLocal().withMaxRecords(1));
    AddressRecord far = nearestFirst().get(1);
    AddressRecord near = nearestFirst().get(0);
    small.store(CALLER, far);
    assertThat(small.all(Effect.Erase.class)).isEmpty();

    assertThat(small.store(CALLER, near).orElseThrow().answer()).isEqualTo(new Reply.Stored());
    assertThat(small.all(Effect.Erase.class)).containsExactly(new Effect.Erase(far));
    assertThat(small.index.records()).containsExactly(near);
    assertThat(small.kademlia.state().schedule.size()).as("no duty is left").isEqualTo(1);
  }

  @Test
  void subnetThatFilledItsShareIsRefusedAndOthersAreNot() {
    NodeByHand open = new NodeByHand(Parameters.defaults().withMaxRecords(4));
    Contact greedy = Peers.publicContact(1, "203.0.113.7:4848");
    Contact neighbour = Peers.publicContact(2, "203.0.113.8:4848");
    Contact other = Peers.publicContact(3, "198.51.100.1:4848");
    open.store(greedy, Peers.signed(1, Peers.WALL));
    assertThat(rejection(open.store(neighbour, Peers.signed(2, Peers.WALL)).orElseThrow()))
        .isEqualTo(RecordRejection.FULL);
    assertThat(open.limits(KademliaObserver.Limit.SUBNET_RECORDS)).isEqualTo(1);
    assertThat(open.store(other, Peers.signed(2, Peers.WALL)).orElseThrow().answer())
        .isEqualTo(new Reply.Stored());
  }

  @Test
  void storesThatWaitForTheDiskAreBounded() {
    Token token = node.storeToken(CALLER, signed);
    Request.Store store = new Request.Store(token, signed.event());
    for (int i = 0; i < Protocol.MAX_WAITING_STORES; i++) {
      assertThat(node.ask(CALLER, Token.NONE, 400, true, store)).isEmpty();
    }
    assertThat(rejection(node.ask(CALLER, Token.NONE, 400, true, store).orElseThrow()))
        .isEqualTo(RecordRejection.FULL);
    assertThat(node.limits(KademliaObserver.Limit.WAITING_STORES)).isEqualTo(1);
  }
}
