package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.record.AddressRecord;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestHandlingTest {
  private static final Contact CALLER = Peers.contact(1);
  private static final int PING_DATAGRAM = 71;
  private static final int FIND_DATAGRAM = 104;

  private final NodeByHand node = NodeByHand.local();
  private final AddressRecord signed = Peers.signed(1, Peers.WALL);

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
