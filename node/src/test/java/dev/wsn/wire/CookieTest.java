package dev.wsn.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.kademlia.Effect;
import dev.wsn.kademlia.NodeId;
import dev.wsn.kademlia.Protocol;
import dev.wsn.kademlia.Reply;
import dev.wsn.kademlia.Request;
import dev.wsn.kademlia.RequestId;
import dev.wsn.kademlia.Token;
import dev.wsn.record.IpPort;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Who forges source addresses buys no public-key work, and locks nobody out. */
class CookieTest {
  private static final NodeId TARGET = NodeId.ofRecord(Messages.EVENT.pubkey());
  private static final int BURST = Protocol.BURST_SECONDS;

  private final Peer alice = Peer.of(1);
  private final Peer bob = Peer.of(2);
  private final AtomicInteger agreements = new AtomicInteger();
  private final SplittableRandom random = new SplittableRandom(5);
  private long nowMillis = 5_000;
  private int serial;

  private static Rates rates(int perAddress, int total, int agreements) {
    Rates.Allowance each = new Rates.Allowance(perAddress, 4 * perAddress, total, agreements);
    return new Rates(each, each, 10, 1_000, 1_024, false);
  }

  /** Bob with these rates. */
  private DatagramSealer callee(Rates rates) {
    KeyAgreement ecdh = KeyAgreement.ecdh(Secp256k1.preferred(), bob.secret);
    return new DatagramSealer(
        bob.key,
        peer -> {
          agreements.incrementAndGet();
          return ecdh.shared(peer);
        },
        Peer.NETWORK,
        new SplittableRandom(9),
        Limits.defaults().withRates(rates),
        what -> {});
  }

  private Opened open(DatagramSealer callee, byte[] datagram, IpPort from) {
    return callee.open(nowMillis, datagram, 0, datagram.length, from);
  }

  private Request request(Request.Ask ask) {
    return new Request(new RequestId(++serial, 1), false, Token.NONE, ask);
  }

  private byte[] ping(Peer caller) {
    return caller.seal(bob, request(new Request.Ping()));
  }

  /** Bytes that look like a request of a key that nobody has used. */
  private byte[] forged() {
    byte[] datagram = ping(alice);
    byte[] key = new byte[PublicKey.BYTES];
    random.nextBytes(key);
    System.arraycopy(key, 0, datagram, 1, PublicKey.BYTES);
    return datagram;
  }

  private static IpPort address(int number) {
    return IpPort.parse(
            "20." + number / 65_536 + "." + number / 256 % 256 + "." + number % 256 + ":4848")
        .orElseThrow();
  }

  @Test
  void challengedCallerComesBackWithTheCookieAndIsServed() {
    DatagramSealer callee = callee(rates(1_000, 10_000, 1));
    for (int i = 0; i < BURST; i++) {
      open(callee, forged(), address(i));
    }
    assertThat(agreements).hasValue(BURST);

    byte[] asked = ping(alice);
    Opened.Unproven unproven = (Opened.Unproven) open(callee, asked, alice.address);
    assertThat(unproven.reason()).isEqualTo(RejectReason.AGREEMENT_RATE);
    assertThat(unproven.challenge()).hasSize(17);
    assertThat(agreements).as("a challenge costs none").hasValue(BURST);

    Opened heard = alice.open(unproven.challenge(), bob);
    assertThat(heard).isEqualTo(new Opened.Challenged(bob.key, new RequestId(serial, 1)));

    byte[] again = ping(alice);
    assertThat(again).hasSize(80);
    assertThat(again[0]).isEqualTo((byte) 0x13);
    assertThat(open(callee, again, alice.address)).isInstanceOf(Opened.IncomingRequest.class);
    assertThat(agreements).hasValue(BURST + 1);
    assertThat(open(callee, again, alice.address))
        .isEqualTo(new Opened.Rejected(RejectReason.REPLAYED));
  }

  @Test
  void floodOfForgedSourcesBuysNoMoreThanTheRate() {
    DatagramSealer callee = callee(rates(1_000, 1_000_000, 5));
    Map<Boolean, Integer> answered = new HashMap<>();
    for (int i = 0; i < 2_000; i++) {
      Opened opened = open(callee, forged(), address(i));
      answered.merge(opened instanceof Opened.Unproven, 1, Integer::sum);
    }
    assertThat(agreements).hasValue(5 * BURST);
    assertThat(answered.get(true)).as("all others are challenged").isEqualTo(2_000 - 5 * BURST);
  }

  /** Somebody sends requests in alice's name; she pays a round trip and nothing else. */
  @Test
  void forgerDoesNotLockTheOwnerOfAnAddressOut() {
    DatagramSealer callee = callee(rates(5, 1_000, 100));
    Map<RejectReason, Integer> refused = new EnumMap<>(RejectReason.class);
    int challenges = 0;
    for (int i = 0; i < 200; i++) {
      Opened opened = open(callee, forged(), alice.address);
      if (opened instanceof Opened.Rejected rejected) {
        refused.merge(rejected.reason(), 1, Integer::sum);
      }
      challenges += opened instanceof Opened.Unproven ? 1 : 0;
    }
    assertThat(challenges).as("what the forger makes alice receive").isEqualTo(10 * BURST);
    assertThat(refused).containsKey(RejectReason.ADDRESS_RATE);

    nowMillis += 150;
    Opened opened = open(callee, ping(alice), alice.address);
    alice.open(((Opened.Unproven) opened).challenge(), bob);
    for (int i = 0; i < 5 * BURST; i++) {
      assertThat(open(callee, ping(alice), alice.address))
          .isInstanceOf(Opened.IncomingRequest.class);
    }
    assertThat(open(callee, ping(alice), alice.address))
        .as("proven requests have a rate too")
        .isEqualTo(new Opened.Rejected(RejectReason.ADDRESS_RATE));
  }

  @Test
  void cookieIsGoodForOneAddressOneKeyAndAFewMinutes() {
    DatagramSealer callee = callee(rates(1, 1_000, 100));
    exhaust(callee, alice.address);
    alice.open(((Opened.Unproven) open(callee, ping(alice), alice.address)).challenge(), bob);
    assertThat(open(callee, ping(alice), alice.address)).isInstanceOf(Opened.IncomingRequest.class);

    IpPort elsewhere = address(77);
    exhaust(callee, elsewhere);
    assertThat(open(callee, ping(alice), elsewhere))
        .as("from another address")
        .isInstanceOf(Opened.Unproven.class);

    Peer carol = Peer.of(3);
    byte[] stolen = ping(alice);
    System.arraycopy(carol.key.bytes(), 0, stolen, 1, PublicKey.BYTES);
    assertThat(open(callee, stolen, alice.address))
        .as("with another key")
        .isInstanceOf(Opened.Unproven.class);

    nowMillis += 2 * Protocol.COOKIE_SECRET_MILLIS + 1;
    exhaust(callee, alice.address);
    Opened late = open(callee, ping(alice), alice.address);
    assertThat(late).as("a cookie grows old").isInstanceOf(Opened.Unproven.class);
    alice.open(((Opened.Unproven) late).challenge(), bob);
    assertThat(open(callee, ping(alice), alice.address)).isInstanceOf(Opened.IncomingRequest.class);
  }

  private void exhaust(DatagramSealer callee, IpPort from) {
    for (int i = 0; i < BURST; i++) {
      open(callee, forged(), from);
    }
  }

  @Test
  void subnetAndTotalHaveRatesOfTheirOwn() {
    DatagramSealer callee = callee(rates(1, 10, 100));
    for (int i = 0; i < 4 * BURST; i++) {
      open(callee, forged(), address(i));
    }
    Opened.Unproven subnet = (Opened.Unproven) open(callee, forged(), address(200));
    assertThat(subnet.reason()).isEqualTo(RejectReason.SUBNET_RATE);
    for (int i = 0; i < 6 * BURST; i++) {
      open(callee, forged(), address(256 * i + 256));
    }
    Opened.Unproven total = (Opened.Unproven) open(callee, forged(), address(100_000));
    assertThat(total.reason()).isEqualTo(RejectReason.TOTAL_RATE);
  }

  @Test
  void sourcesOfALocalNetworkAreBoundedInTotalOnly() {
    DatagramSealer callee = callee(rates(1, 50, 100).asLocal());
    IpPort loopback = IpPort.parse("127.0.0.1:7").orElseThrow();
    for (int i = 0; i < 50 * BURST; i++) {
      assertThat(open(callee, ping(alice), loopback)).isInstanceOf(Opened.IncomingRequest.class);
    }
    Opened.Unproven over = (Opened.Unproven) open(callee, ping(alice), loopback);
    assertThat(over.reason()).isEqualTo(RejectReason.TOTAL_RATE);
  }

  @Test
  void callersWhoseKeysAreAtHandNeedNoAgreement() {
    DatagramSealer callee = callee(rates(1_000, 10_000, 1));
    assertThat(open(callee, ping(alice), alice.address)).isInstanceOf(Opened.IncomingRequest.class);
    for (int i = 0; i < BURST; i++) {
      open(callee, forged(), address(i));
    }
    assertThat(open(callee, ping(alice), alice.address)).isInstanceOf(Opened.IncomingRequest.class);
  }

  @Test
  void challengeFitsOneWaitingRequestAtItsAddressOnly() {
    byte[] challenge = ByteBuffer.allocate(17).put((byte) 0x12).putLong(1).putLong(99).array();
    Peer.assertRejected(alice.open(challenge, bob), RejectReason.UNEXPECTED_REPLY);
    assertThat(ping(alice)).hasSize(80);
    Peer.assertRejected(alice.open(challenge, Peer.of(3)), RejectReason.UNEXPECTED_REPLY);
    Peer.assertRejected(alice.open(Arrays.copyOf(challenge, 18), bob), RejectReason.TOO_LONG);
    assertThat(alice.open(challenge, bob)).isInstanceOf(Opened.Challenged.class);
    Peer.assertRejected(alice.open(challenge, bob), RejectReason.UNEXPECTED_REPLY);
  }

  /** With a cookie a request is as long as without, so a reply is no longer than the request. */
  @Test
  void requestsWithCookieKeepTheirLengths() {
    ping(alice);
    byte[] challenge = ByteBuffer.allocate(17).put((byte) 0x12).putLong(serial).putLong(9).array();
    assertThat(alice.open(challenge, bob)).isInstanceOf(Opened.Challenged.class);
    byte[] find = alice.seal(bob, request(new Request.FindNode(TARGET)));
    assertThat(find).hasSize(1232);
    Opened.IncomingRequest incoming = bob.openRequest(find, alice);
    assertThat(incoming.caller().requestBytes()).isEqualTo(1232);
    byte[] store = alice.seal(bob, request(new Request.Store(new Token(5), Messages.EVENT)));
    assertThat(bob.openRequest(store, alice).request().ask()).isInstanceOf(Request.Store.class);
    byte[] flipped = store.clone();
    flipped[Datagrams.REQUEST_HEADER_BYTES] ^= 1;
    byte[] fresh = alice.seal(bob, request(new Request.Ping()));
    fresh[Datagrams.REQUEST_HEADER_BYTES] ^= 1;
    Peer.assertRejected(bob.open(fresh, alice), RejectReason.NOT_AUTHENTIC);
    Peer.assertRejected(bob.open(flipped, alice), RejectReason.REPLAYED);
    byte[] pong =
        bob.seal(
            alice, new Reply(incoming.request().id(), alice.address, Token.NONE, new Reply.Pong()));
    assertThat(alice.openReply(pong, bob).reply().answer()).isInstanceOf(Reply.Pong.class);
    assertThat(alice.sealer.seal(new Effect.Send(Peer.of(3).contact, request(new Request.Ping()))))
        .as("no cookie for others")
        .satisfies(made -> assertThat(Peer.datagram(made)[0]).isEqualTo((byte) 0x10));
  }
}
