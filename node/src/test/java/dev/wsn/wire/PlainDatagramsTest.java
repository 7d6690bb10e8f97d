package dev.wsn.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.kademlia.Caller;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Effect;
import dev.wsn.kademlia.Reply;
import dev.wsn.kademlia.Request;
import dev.wsn.kademlia.RequestId;
import java.util.Optional;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/** A datagram without its seal says the same and is as long as the one with it. */
class PlainDatagramsTest {
  private final Peer alice = Peer.of(1);
  private final Peer bob = Peer.of(2);
  private final PlainDatagrams plain = new PlainDatagrams(Contact::of);
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
  void requestIsTheSame(@ForAll("requests") Request drawn) {
    RequestId id = new RequestId(++serial, drawn.id().tail());
    Request request = new Request(id, drawn.isClient(), drawn.addressToken(), drawn.ask());
    Effect.Send send = new Effect.Send(bob.contact, request);
    PlainDatagrams.Plain open = plain.of(alice.key, send);
    byte[] sealed = alice.seal(bob, request);
    assertThat(open.datagramBytes()).isEqualTo(sealed.length);
    assertThat(plain.open(open, alice.address)).isEqualTo(bob.openRequest(sealed, alice));
  }

  @Property(tries = 100)
  void replyIsTheSame(
      @ForAll("replies") Reply any, @ForAll @IntRange(min = 60, max = 1232) int maxBytes) {
    Request request =
        new Request(
            new RequestId(++serial, 1), false, dev.wsn.kademlia.Token.NONE, new Request.Ping());
    Caller caller = bob.openRequest(alice.seal(bob, request), alice).caller();
    Reply reply = new Reply(request.id(), any.observed(), any.addressToken(), any.answer());
    Effect.Answer answer = new Effect.Answer(caller, reply, maxBytes);
    Optional<PlainDatagrams.Plain> open = plain.of(bob.key, answer);
    Sealed sealed = bob.sealer.seal(answer);
    assertThat(open.isPresent()).isEqualTo(sealed instanceof Sealed.Datagram);
    if (open.isPresent()) {
      byte[] datagram = Peer.datagram(sealed);
      assertThat(open.get().datagramBytes()).isEqualTo(datagram.length);
      assertThat(plain.open(open.get(), bob.address)).isEqualTo(alice.open(datagram, bob));
    }
  }

  @Test
  void malformedMessageIsRejected() {
    for (boolean isRequest : new boolean[] {true, false}) {
      PlainDatagrams.Plain nonsense =
          new PlainDatagrams.Plain(
              alice.key, new RequestId(1, 1), isRequest, new byte[] {99, 99}, 80);
      assertThat(plain.open(nonsense, alice.address)).isInstanceOf(Opened.Rejected.class);
    }
  }
}
