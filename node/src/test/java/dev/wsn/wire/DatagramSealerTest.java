package dev.wsn.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Caller;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Effect;
import dev.wsn.kademlia.NodeId;
import dev.wsn.kademlia.Reply;
import dev.wsn.kademlia.Request;
import dev.wsn.kademlia.RequestId;
import dev.wsn.kademlia.Token;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** Two peers talk; whatever else arrives is dropped, cheaply and without an exception. */
class DatagramSealerTest {
  private static final Token TOKEN = new Token(7);
  private static final NodeId TARGET = new NodeId(1, 2, 3, 4);
  private static final Limits SMALL = new Limits(2, 1, 2, 2, Rates.defaults());

  private final Peer alice = Peer.of(1);
  private final Peer bob = Peer.of(2);
  private long serial;

  @Provide
  Arbitrary<Request> requests() {
    return Messages.requests();
  }

  @Provide
  Arbitrary<Reply> replies() {
    return Messages.replies();
  }

  @Property(tries = 100)
  void conversationArrivesAsItWasSaid(
      @ForAll("requests") Request drawn, @ForAll("replies") Reply any) {
    // An id is used once; drawn ones repeat.
    RequestId id = new RequestId(++serial, drawn.id().tail());
    Request request = new Request(id, drawn.isClient(), drawn.addressToken(), drawn.ask());
    byte[] asked = alice.seal(bob, request);
    Opened.IncomingRequest incoming = bob.openRequest(asked, alice);
    assertThat(incoming.request()).isEqualTo(request);
    assertThat(incoming.caller()).isEqualTo(new Caller(alice.key, alice.address, asked.length));

    Reply reply = new Reply(request.id(), any.observed(), any.addressToken(), any.answer());
    byte[] answered = bob.seal(incoming.caller(), reply, Datagrams.MAX_BYTES);
    Opened.IncomingReply back = alice.openReply(answered, bob);
    assertThat(back.replier()).isEqualTo(bob.key);
    assertThat(back.reply().id()).isEqualTo(request.id());
    assertThat(back.reply().addressToken()).isEqualTo(reply.addressToken());
    Peer.assertRejected(alice.open(answered, bob), RejectReason.UNEXPECTED_REPLY);
  }

  @Property(tries = 300)
  void mutatedDatagramNeverThrowsAndNeverPasses(
      @ForAll @IntRange(max = 1231) int at,
      @ForAll @IntRange(min = 1, max = 255) int change,
      @ForAll @IntRange(max = 30) int cut) {
    Peer caller = Peer.of(3);
    Peer callee = Peer.of(4);
    byte[] request = caller.seal(callee, find(new RequestId(9, at), Token.NONE));
    byte[] mutant = Arrays.copyOf(request, request.length - cut);
    mutant[at % mutant.length] ^= (byte) change;
    assertThat(callee.open(mutant, caller)).isInstanceOf(Opened.Rejected.class);
    Caller known = callee.openRequest(request, caller).caller();
    byte[] reply = callee.seal(known, pong(new RequestId(9, at)), 1232);
    byte[] mutantReply = Arrays.copyOf(reply, Math.max(1, reply.length - cut));
    mutantReply[at % mutantReply.length] ^= (byte) change;
    assertThat(caller.open(mutantReply, callee)).isInstanceOf(Opened.Rejected.class);
    assertThat(caller.open(reply, callee)).isInstanceOf(Opened.IncomingReply.class);
  }

  @Provide
  Arbitrary<byte[]> noise() {
    return Arbitraries.bytes().array(byte[].class).ofMaxSize(1400);
  }

  @Property(tries = 300)
  void noiseNeverThrowsAndNeverPasses(@ForAll("noise") byte[] noise, @ForAll boolean isRequest) {
    if (noise.length > 0) {
      noise[0] = isRequest ? Datagrams.REQUEST : Datagrams.REPLY;
    }
    assertThat(bob.open(noise, alice)).isInstanceOf(Opened.Rejected.class);
  }

  @Test
  void datagramIsReadFromItsPlaceInTheBuffer() {
    byte[] asked = alice.seal(bob, ping(1));
    byte[] buffer = ByHand.join(new byte[7], asked, new byte[5]);
    byte[] before = buffer.clone();
    Opened opened = bob.sealer.open(Peer.NOW, buffer, 7, asked.length, alice.address);
    assertThat(((Opened.IncomingRequest) opened).request()).isEqualTo(ping(1));
    assertThat(buffer).isEqualTo(before);
    byte[] reply = ByHand.join(new byte[3], bob.seal(alice, pong(new RequestId(1, 1))));
    assertThat(alice.sealer.open(Peer.NOW, reply, 3, reply.length - 3, bob.address))
        .isInstanceOf(Opened.IncomingReply.class);
    assertThatThrownBy(() -> bob.sealer.open(Peer.NOW, asked, 1, asked.length, alice.address))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void requestsAreAsLongAsTheirRepliesNeed() {
    assertThat(alice.seal(bob, ping(1))).hasSize(80);
    assertThat(alice.seal(bob, new Request(new RequestId(2, 2), true, TOKEN, new Request.Ping())))
        .hasSize(80);
    assertThat(alice.seal(bob, find(new RequestId(3, 3), Token.NONE))).hasSize(1232);
    assertThat(alice.seal(bob, find(new RequestId(4, 4), TOKEN))).hasSize(61 + 42);
    Request.Ask record = new Request.FindRecord(TARGET);
    assertThat(alice.seal(bob, new Request(new RequestId(5, 5), false, Token.NONE, record)))
        .hasSize(1232);
  }

  /** What was in the buffer before must not leak into the padding. */
  @Test
  void paddingIsZeroAfterALongMessage() {
    Request.Ask store = new Request.Store(TOKEN, Messages.event(8));
    bob.openRequest(alice.seal(bob, new Request(new RequestId(1, 1), false, TOKEN, store)), alice);
    assertThat(bob.openRequest(alice.seal(bob, ping(2)), alice).request()).isEqualTo(ping(2));
  }

  @Test
  void repliesNeverRepeatANonce() {
    byte[] first = bob.seal(alice, pong(new RequestId(1, 1)));
    byte[] second = bob.seal(alice, pong(new RequestId(1, 1)));
    assertThat(Arrays.copyOfRange(first, 9, 21)).isNotEqualTo(Arrays.copyOfRange(second, 9, 21));
  }

  @Test
  void requestToOneselfIsNotSealed() {
    assertThat(alice.sealer.seal(new Effect.Send(alice.contact, ping(1))))
        .isEqualTo(new Sealed.Unsealable(RejectReason.OWN_KEY));
  }

  @Test
  void contactWithoutAPointIsNotCalled() {
    Contact nobody = Contact.of(PublicKey.of(new byte[32]), bob.address);
    assertThat(alice.sealer.seal(new Effect.Send(nobody, ping(1))))
        .isEqualTo(new Sealed.Unsealable(RejectReason.KEY_NOT_ON_CURVE));
    Caller caller = new Caller(nobody.key(), bob.address, 80);
    assertThat(alice.sealer.seal(new Effect.Answer(caller, pong(new RequestId(1, 1)), 80)))
        .isEqualTo(new Sealed.Unsealable(RejectReason.KEY_NOT_ON_CURVE));
  }

  @Test
  void replyThatMayNotEvenBeARetryIsNotSealed() {
    Caller caller = new Caller(alice.key, alice.address, 52);
    Reply retry = pong(new RequestId(1, 1));
    assertThat(bob.sealer.seal(new Effect.Answer(caller, retry, 52)))
        .isEqualTo(new Sealed.Unsealable(RejectReason.NO_ROOM));
    assertThat(bob.sealer.seal(new Effect.Answer(caller, retry, -1)))
        .isEqualTo(new Sealed.Unsealable(RejectReason.NO_ROOM));
    assertThat(bob.seal(caller, retry, 53)).hasSize(53);
  }

  @Test
  void oldestWaitingRequestIsForgottenFirst() {
    Peer caller = Peer.of(5, SMALL);
    for (int i = 1; i <= 3; i++) {
      caller.seal(bob, ping(i));
    }
    Peer.assertRejected(
        caller.open(bob.seal(caller, pong(new RequestId(1, 1))), bob),
        RejectReason.UNEXPECTED_REPLY);
    caller.openReply(bob.seal(caller, pong(new RequestId(2, 2))), bob);
    caller.openReply(bob.seal(caller, pong(new RequestId(3, 3))), bob);
  }

  @Test
  void replayIsRefusedWhileItsNonceIsRemembered() {
    Peer callee = Peer.of(5, SMALL);
    byte[] first = alice.seal(callee, ping(1));
    callee.openRequest(first, alice);
    Peer.assertRejected(callee.open(first, bob), RejectReason.REPLAYED);
    callee.openRequest(alice.seal(callee, ping(2)), alice);
    callee.openRequest(alice.seal(callee, ping(3)), alice);
    assertThat(callee.open(first, alice)).isInstanceOf(Opened.IncomingRequest.class);
  }

  /** Else an observer could use up the nonces of others before they arrive. */
  @Test
  void nonceOfAnotherCallerIsNoReplay() {
    bob.openRequest(Peer.of(6).seal(bob, ping(1)), alice);
    bob.openRequest(alice.seal(bob, ping(1)), alice);
  }

  @Test
  void forgedRequestIsNotRememberedAsSeen() {
    byte[] asked = alice.seal(bob, ping(1));
    byte[] forged = asked.clone();
    forged[79] ^= 1;
    Peer.assertRejected(bob.open(forged, alice), RejectReason.NOT_AUTHENTIC);
    bob.openRequest(asked, alice);
  }

  /** Conversations with more peers than are kept go on; only the key agreement is repeated. */
  @Test
  void forgottenPeersAreDerivedAgain() {
    Peer busy = Peer.of(7, SMALL);
    for (int round = 0; round < 3; round++) {
      for (int i = 10; i < 15; i++) {
        Peer other = Peer.of(i);
        RequestId id = new RequestId(round, i);
        other.openRequest(busy.seal(other, find(id, Token.NONE)), busy);
        busy.openReply(other.seal(busy, pong(id)), other);
        busy.openRequest(other.seal(busy, find(id, Token.NONE)), other);
        other.openReply(busy.seal(other, pong(id)), busy);
      }
    }
  }

  @Test
  void nothingIsAgreedOnForWhatIsCheapToRefuse() {
    AtomicInteger agreements = new AtomicInteger();
    KeyAgreement counted =
        peer -> {
          agreements.incrementAndGet();
          throw new MalformedKeyException("not asked for");
        };
    DatagramSealer sealer =
        new DatagramSealer(
            bob.key, counted, "main", new SplittableRandom(1), Limits.defaults(), what -> {});
    byte[] own = bob.seal(alice, ping(1));
    byte[] reply = bob.seal(alice, pong(new RequestId(1, 1)));
    for (byte[] cheap :
        List.of(new byte[0], new byte[1233], new byte[80], Arrays.copyOf(own, 79), own, reply)) {
      assertThat(sealer.open(Peer.NOW, cheap, 0, cheap.length, alice.address))
          .isInstanceOf(Opened.Rejected.class);
    }
    assertThat(agreements).hasValue(0);
    byte[] request = alice.seal(bob, ping(1));
    Peer.assertRejected(
        sealer.open(Peer.NOW, request, 0, request.length, alice.address),
        RejectReason.KEY_NOT_ON_CURVE);
    assertThat(agreements).hasValue(1);
  }

  @Test
  void reasonsAreLabelsInLowerCase() {
    assertThat(RejectReason.PADDING_NOT_ZERO.label()).isEqualTo("padding_not_zero");
  }

  @Test
  void limitsHaveRoomForOne() {
    assertThatThrownBy(() -> new Limits(1, 1, 0, 1, Rates.defaults()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(new Limits(1, 1, 1, 1, Rates.defaults()).peers()).isEqualTo(1);
  }

  private static Request ping(int number) {
    return new Request(new RequestId(number, number), false, Token.NONE, new Request.Ping());
  }

  private static Request find(RequestId id, Token addressToken) {
    return new Request(id, false, addressToken, new Request.FindNode(TARGET));
  }

  private Reply pong(RequestId id) {
    return new Reply(id, alice.address, TOKEN, new Reply.Pong());
  }

  /** The nonce of a request is its id, byte for byte. */
  @Test
  void nonceIsTheRequestId() {
    byte[] asked = alice.seal(bob, ping(5));
    assertThat(Arrays.copyOfRange(asked, 33, 45))
        .isEqualTo(ByteBuffer.allocate(12).putLong(5).putInt(5).array());
  }
}
