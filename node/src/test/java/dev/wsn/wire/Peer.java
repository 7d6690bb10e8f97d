package dev.wsn.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.kademlia.Caller;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Effect;
import dev.wsn.kademlia.Reply;
import dev.wsn.kademlia.Request;
import dev.wsn.metrics.Tally;
import dev.wsn.record.IpPort;
import java.nio.ByteBuffer;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** One end of a conversation: a key, an address and a sealer. The same number, the same peer. */
final class Peer {
  static final String NETWORK = "main";

  /** Monotonic milliseconds; nothing here depends on time but rates and cookies. */
  static final long NOW = 1_000;

  final SecretKey secret;
  final PublicKey key;
  final IpPort address;
  final Contact contact;
  final DatagramSealer sealer;
  final Tally<Forgotten> forgotten = new Tally<>(Forgotten.class);

  private Peer(int number, Secp256k1 curve, String network, RandomGenerator random, Limits limits) {
    this.secret = SecretKey.of(ByteBuffer.allocate(32).putInt(28, number).array());
    this.key = curve.publicKey(secret);
    this.address = IpPort.parse("203.0.113." + number + ":4848").orElseThrow();
    this.contact = Contact.of(key, address);
    this.sealer =
        new DatagramSealer(
            key, KeyAgreement.ecdh(curve, secret), network, random, limits, forgotten::count);
  }

  static Peer of(int number) {
    return of(number, Limits.defaults());
  }

  static Peer of(int number, Limits limits) {
    return new Peer(number, Secp256k1.preferred(), NETWORK, new SplittableRandom(number), limits);
  }

  static Peer of(int number, Secp256k1 curve, String network, RandomGenerator random) {
    return new Peer(number, curve, network, random, Limits.defaults());
  }

  byte[] seal(Peer callee, Request request) {
    return datagram(sealer.seal(new Effect.Send(callee.contact, request)));
  }

  byte[] seal(Caller caller, Reply reply, int maxBytes) {
    return datagram(sealer.seal(new Effect.Answer(caller, reply, maxBytes)));
  }

  byte[] seal(Peer caller, Reply reply) {
    return seal(
        new Caller(caller.key, caller.address, Datagrams.MAX_BYTES), reply, Datagrams.MAX_BYTES);
  }

  Opened open(byte[] datagram, Peer from) {
    return sealer.open(NOW, datagram, 0, datagram.length, from.address);
  }

  Opened.IncomingRequest openRequest(byte[] datagram, Peer from) {
    return (Opened.IncomingRequest) open(datagram, from);
  }

  Opened.IncomingReply openReply(byte[] datagram, Peer from) {
    return (Opened.IncomingReply) open(datagram, from);
  }

  static byte[] datagram(Sealed sealed) {
    assertThat(sealed).isInstanceOf(Sealed.Datagram.class);
    return ((Sealed.Datagram) sealed).bytes();
  }

  static void assertRejected(Opened opened, RejectReason reason) {
    assertThat(opened).isEqualTo(new Opened.Rejected(reason));
  }
}
