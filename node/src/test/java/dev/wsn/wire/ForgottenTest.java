package dev.wsn.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Effect;
import dev.wsn.kademlia.Protocol;
import dev.wsn.kademlia.Request;
import dev.wsn.kademlia.RequestId;
import dev.wsn.kademlia.Token;
import dev.wsn.record.IpPort;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What makes room for something newer is counted. */
class ForgottenTest {
  private final Peer alice = Peer.of(1, new Limits(1, 1, 2, 3, Rates.defaults()));
  private final Peer bob = Peer.of(2);
  private final Peer carol = Peer.of(3);
  private int serial;

  private Request ping() {
    return new Request(new RequestId(++serial, 1), false, Token.NONE, new Request.Ping());
  }

  private void assertForgotten(Map<Forgotten, Long> expected) {
    for (Forgotten what : Forgotten.values()) {
      assertThat(alice.forgotten.of(what))
          .as(what.name())
          .isEqualTo(expected.getOrDefault(what, 0L));
    }
  }

  @Test
  void keysOfCalleesAndRequestsWithoutAnAnswer() {
    byte[] unused = alice.seal(bob, ping());
    unused = alice.seal(bob, ping());
    assertForgotten(Map.of());
    unused = alice.seal(carol, ping());
    assertForgotten(
        Map.of(Forgotten.CALLEE_KEYS, 1L, Forgotten.CIPHERS, 1L, Forgotten.UNANSWERED, 1L));
  }

  @Test
  void keysOfCallersAndNonces() {
    Map<Forgotten, Long> expected = new EnumMap<>(Forgotten.class);
    for (int i = 0; i < 3; i++) {
      assertThat(alice.openRequest(bob.seal(alice, ping()), bob)).isNotNull();
    }
    assertForgotten(expected);
    assertThat(alice.openRequest(carol.seal(alice, ping()), carol)).isNotNull();
    expected.put(Forgotten.CALLER_KEYS, 1L);
    expected.put(Forgotten.NONCES, 1L);
    // A caller's cipher is kept ready from its second request on.
    assertForgotten(expected);
    assertThat(alice.openRequest(carol.seal(alice, ping()), carol)).isNotNull();
    expected.put(Forgotten.CIPHERS, 1L);
    expected.put(Forgotten.NONCES, 2L);
    assertForgotten(expected);
  }

  @Test
  void cookiesOfOthers() {
    for (int port = 1; port <= Protocol.MAX_COOKIES; port++) {
      challenge(port);
    }
    assertForgotten(Map.of());
    challenge(1);
    assertForgotten(Map.of());
    challenge(Protocol.MAX_COOKIES + 1);
    assertForgotten(Map.of(Forgotten.COOKIES, 1L));
  }

  /** Bob, at one of many addresses, demands a cookie. */
  private void challenge(int port) {
    IpPort address = new IpPort(bob.address.address(), port);
    Request request = ping();
    byte[] asked =
        Peer.datagram(alice.sealer.seal(new Effect.Send(Contact.of(bob.key, address), request)));
    assertThat(asked).isNotEmpty();
    byte[] challenge =
        ByteBuffer.allocate(Datagrams.CHALLENGE_BYTES)
            .put(Datagrams.CHALLENGE)
            .putLong(request.id().head())
            .putLong(port)
            .array();
    assertThat(alice.sealer.open(Peer.NOW, challenge, 0, challenge.length, address))
        .isInstanceOf(Opened.Challenged.class);
  }
}
