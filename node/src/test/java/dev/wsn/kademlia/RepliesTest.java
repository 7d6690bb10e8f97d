package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which replies count, and what happens to requests that get none. */
class RepliesTest {
  private static final Contact SEED = Peers.contact(1);
  private static final Reply.Answer NOBODY = new Reply.Nodes(List.of());

  private final NodeByHand node = NodeByHand.local();

  private Effect.Send joinBySeed() {
    node.join(SEED);
    assertThat(node.asked()).containsExactly(SEED);
    return node.sends().get(0);
  }

  @Test
  void replyNobodyWaitsForIsDropped() {
    joinBySeed();
    node.receive(SEED.address(), SEED.key(), new RequestId(1, 1), Token.NONE, NOBODY);
    assertThat(node.drops(KademliaObserver.Drop.UNKNOWN_REQUEST)).isEqualTo(1);
    assertThat(node.kademlia.contacts()).isEmpty();
    assertThat(node.kademlia.lastAnswerMillis()).isEmpty();
  }

  @Test
  void replyFromAnotherAddressOrKeyIsDroppedAndTheRightOneStillCounts() {
    Effect.Send send = joinBySeed();
    RequestId id = send.request().id();

    node.receive(Peers.loopback(9), SEED.key(), id, Token.NONE, NOBODY);
    node.receive(SEED.address(), Peers.key(9), id, Token.NONE, NOBODY);
    node.receive(SEED.address(), SEED.key(), id, Token.NONE, new Reply.Pong());
    node.receive(SEED.address(), SEED.key(), id, Token.NONE, new Reply.Stored());

    assertThat(node.drops(KademliaObserver.Drop.WRONG_ADDRESS)).isEqualTo(1);
    assertThat(node.drops(KademliaObserver.Drop.WRONG_KEY)).isEqualTo(1);
    assertThat(node.drops(KademliaObserver.Drop.WRONG_ANSWER)).isEqualTo(2);
    assertThat(node.kademlia.contacts()).isEmpty();

    node.millis = 30;
    node.reply(send, NOBODY);
    assertThat(node.kademlia.contacts()).containsExactly(SEED);
    assertThat(node.kademlia.lastAnswerMillis()).hasValue(30);
    node.reply(send, NOBODY);
    assertThat(node.drops(KademliaObserver.Drop.UNKNOWN_REQUEST)).as("once").isEqualTo(1);
  }

  @Test
  void everyKindOfRequestHasItsKindOfAnswer() {
    Reply.Answer found = new Reply.RecordFound(Token.NONE, Optional.empty(), List.of());
    Reply.Answer refused = new Reply.Refused(new Reply.Refusal(true, Optional.empty()));
    List<Reply.Answer> answers =
        List.of(new Reply.Pong(), NOBODY, found, new Reply.Stored(), refused, new Reply.Retry());
    AddressRecord signed = Peers.signed(1, Peers.WALL);
    List<Request.Ask> asks =
        List.of(
            new Request.Ping(),
            new Request.FindNode(Peers.id(1)),
            new Request.FindRecord(Peers.id(1)),
            new Request.Store(Token.NONE, signed.event()));
    String[] fitting = {"100000", "010001", "001001", "000110"};
    for (int i = 0; i < asks.size(); i++) {
      Request request = new Request(new RequestId(1, 1), false, Token.NONE, asks.get(i));
      PendingRequest pending =
          new PendingRequest(SEED, request, Sender.NONE, false, false, 0, 1, 2);
      for (int j = 0; j < answers.size(); j++) {
        assertThat(pending.isAnsweredBy(answers.get(j))).isEqualTo(fitting[i].charAt(j) == '1');
      }
    }
  }

  @Test
  void retryIsAnsweredWithTheTokenThatCameWithIt() {
    Effect.Send first = joinBySeed();
    assertThat(first.request().addressToken()).isEqualTo(Token.NONE);

    node.reply(first, new Token(77), new Reply.Retry());
    Effect.Send second = node.sends().get(0);
    assertThat(second.to()).isEqualTo(SEED);
    assertThat(second.request().ask()).isEqualTo(first.request().ask());
    assertThat(second.request().addressToken()).isEqualTo(new Token(77));
    assertThat(second.request().id()).isNotEqualTo(first.request().id());

    node.reply(second, NOBODY);
    assertThat(node.outcomes()).hasOnlyElementsOfType(Outcome.Joined.class).hasSize(1);
  }

  @Test
  void secondRetryIsSilence() {
    Effect.Send first = joinBySeed();
    node.reply(first, new Token(77), new Reply.Retry());
    node.reply(node.sends().get(0), new Token(78), new Reply.Retry());
    assertThat(node.drops(KademliaObserver.Drop.REPEATED_RETRY)).isEqualTo(1);
    // Where fewer than k are left the lookup asks everybody twice.
    node.reply(node.sends().get(0), new Token(79), new Reply.Retry());
    node.reply(node.sends().get(0), new Token(80), new Reply.Retry());
    assertThat(node.outcomes()).hasSize(1);
    assertThat(node.sends()).isEmpty();
  }

  @Test
  void challengedRequestGoesAgainOnce() {
    Effect.Send first = joinBySeed();
    node.challenge(Peers.loopback(9), SEED.key(), first.request().id());
    node.challenge(SEED.address(), Peers.key(9), first.request().id());
    node.challenge(SEED.address(), SEED.key(), new RequestId(1, 1));
    assertThat(node.sends()).isEmpty();

    node.challenge(SEED.address(), SEED.key(), first.request().id());
    Effect.Send second = node.sends().get(0);
    assertThat(second.to()).isEqualTo(SEED);
    assertThat(second.request().ask()).isEqualTo(first.request().ask());
    assertThat(second.request().id()).isNotEqualTo(first.request().id());
    assertThat(node.kademlia.contacts()).as("a challenge is no answer").isEmpty();

    node.challenge(SEED.address(), SEED.key(), second.request().id());
    assertThat(node.drops(KademliaObserver.Drop.REPEATED_CHALLENGE)).isEqualTo(1);
    node.reply(second, new Token(77), new Reply.Retry());
    node.reply(node.sends().get(0), NOBODY);
    assertThat(node.outcomes()).hasOnlyElementsOfType(Outcome.Joined.class).hasSize(1);
  }

  @Test
  void tokenIsSentWithTheNextRequestWhileItIsGood() {
    node.reply(joinBySeed(), new Token(77), NOBODY);
    node.resolve(Peers.key(9), ReadPolicy.QUORUM);
    assertThat(node.sends().get(0).request().addressToken()).isEqualTo(new Token(77));

    node.millis = Protocol.TOKEN_LIFE_MILLIS;
    node.resolve(Peers.key(9), ReadPolicy.QUORUM);
    assertThat(node.sends().get(0).request().addressToken()).isEqualTo(Token.NONE);
  }

  @Test
  void contactsThatCannotBeUsedAreLeftOut() {
    NodeByHand open = NodeByHand.open();
    Contact seed = Peers.publicContact(1, "203.0.113.7:4848");
    open.join(seed, Peers.contact(2), Contact.of(NodeByHand.SELF, seed.address()));
    assertThat(open.asked()).containsExactly(seed);
    assertThat(open.drops(KademliaObserver.Drop.UNUSABLE_CONTACT)).isEqualTo(2);

    Contact good = Peers.publicContact(3, "198.51.100.1:4848");
    open.reply(
        open.sends().get(0),
        new Reply.Nodes(
            List.of(
                good,
                Peers.publicContact(4, "192.168.1.1:4848"),
                Peers.publicContact(5, "127.0.0.1:4848"),
                Peers.publicContact(6, "224.0.0.1:4848"),
                Peers.publicContact(7, "[2001:db8::1]:4848"),
                Contact.of(NodeByHand.SELF, good.address()))));

    assertThat(open.asked()).containsExactly(good);
    assertThat(open.drops(KademliaObserver.Drop.UNUSABLE_CONTACT)).isEqualTo(6);
  }

  @Test
  void localNodeUsesEveryAddressThatCanBeSentTo() {
    Effect.Send send = joinBySeed();
    node.reply(
        send,
        new Reply.Nodes(
            List.of(
                Peers.publicContact(4, "192.168.1.1:4848"),
                Peers.publicContact(5, "203.0.113.5:4848"),
                Peers.publicContact(6, "0.0.0.0:4848"))));
    assertThat(node.asked()).hasSize(2);
    assertThat(node.drops(KademliaObserver.Drop.UNUSABLE_CONTACT)).isEqualTo(1);
  }

  @Test
  void noMoreThanKContactsAreTakenFromAnAnswer() {
    NodeByHand tight = new NodeByHand(Parameters.defaults().asLocal().withK(2));
    tight.join(SEED);
    tight.reply(
        tight.sends().get(0),
        new Reply.Nodes(List.of(Peers.contact(2), Peers.contact(3), Peers.contact(4))));
    assertThat(tight.asked()).doesNotContain(Peers.contact(4));
  }

  @Test
  void firstTimeoutIsASecondAndLaterOnesFollowTheRoundTrips() {
    Effect.Send send = joinBySeed();
    assertThat(node.wakesAt()).isEqualTo(1_000);
    node.millis = 20;
    node.reply(send, NOBODY);

    node.resolve(Peers.key(9), ReadPolicy.QUORUM);
    assertThat(node.wakesAt()).isEqualTo(20 + 100);
  }

  @Test
  void lateReplyStillCounts() {
    Effect.Send send = joinBySeed();
    node.wakeAt(1_000);
    assertThat(node.asked()).as("once more").containsExactly(SEED);

    node.millis = 2_900;
    node.reply(send, NOBODY);
    assertThat(node.kademlia.contacts()).containsExactly(SEED);
    assertThat(node.outcomes()).hasSize(1);
  }

  @Test
  void replyAfterTheLongestTimeDoesNot() {
    Effect.Send send = joinBySeed();
    node.sleepUntil(3_000);
    assertThat(node.unanswered).isEqualTo(1);
    node.reply(send, NOBODY);
    assertThat(node.kademlia.contacts()).isEmpty();
    assertThat(node.drops(KademliaObserver.Drop.UNKNOWN_REQUEST)).isEqualTo(1);
  }

  @Test
  void requestsThatWaitAreBounded() {
    node.meet(SEED);
    int sent = 0;
    for (int i = 0; i <= Protocol.MAX_OPERATIONS; i++) {
      node.resolve(Peers.key(1_000 + i), ReadPolicy.FAST);
      sent += node.sends().size();
    }
    assertThat(sent).isEqualTo(Protocol.MAX_OPERATIONS);
    assertThat(node.limits(KademliaObserver.Limit.OPERATIONS)).isEqualTo(1);
    assertThat(node.read().newest()).isEmpty();
    assertThat(node.read().isFinal()).isTrue();
    assertThat(node.read().evidence().asked()).isZero();

    node.join(SEED);
    assertThat(node.outcomes()).hasOnlyElementsOfType(Outcome.Joined.class).hasSize(1);
    node.publish(Peers.signed(1, Peers.WALL));
    assertThat(node.published().acknowledged()).isZero();
    assertThat(node.published().required()).isEqualTo(1);
  }

  @Test
  void operationsThatCannotSendEnd() {
    Contact[] many = new Contact[Parameters.defaults().k()];
    for (int i = 0; i < many.length; i++) {
      many[i] = Peers.contact(i + 1);
    }
    node.meet(many);
    for (int i = 0; node.limits(KademliaObserver.Limit.PENDING_REQUESTS) == 0; i++) {
      if (i == Protocol.MAX_OPERATIONS) {
        // Late requests free their slot of a lookup but still wait for a reply.
        node.wakeAt(node.wakesAt());
        i = 0;
      }
      node.resolve(Peers.key(1_000 + i), ReadPolicy.FAST);
    }
    assertThat(node.kademlia.state().pendingRequests()).isEqualTo(Protocol.MAX_PENDING_REQUESTS);
    node.sleepUntil(node.millis + 30_000);
    assertThat(node.kademlia.state().pendingRequests()).isZero();
    assertThat(node.kademlia.state().operations.running()).isEmpty();
  }

  @Test
  void nodeWithoutContactsAnswersAtOnce() {
    PublicKey key = Peers.key(9);
    node.resolve(key, ReadPolicy.FAST);
    assertThat(node.read())
        .isEqualTo(
            new Outcome.Read(
                Optional.empty(), new Outcome.Evidence(0, 0, 0, 0, 0, 0, 0), List.of(), true));
    node.join();
    assertThat(node.outcomes()).hasSize(1);
  }
}
