package dev.wsn.simulator;

import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.crypto.Sha256;
import dev.wsn.kademlia.Contact;
import dev.wsn.record.AddressScope;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import dev.wsn.wire.KeyAgreement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Keys and public addresses for the nodes of a run, so that the rules about ids and subnets apply.
 */
final class Population {
  /** Where a node lives and how it agrees on keys. */
  record Member(Contact contact, KeyAgreement agreement) {}

  private static final int PORT = 4848;

  private final SplittableRandom random;
  private final Secp256k1 curve;
  private final boolean hasRealCurve;
  private final Set<IpAddress> taken = new HashSet<>();

  Population(SplittableRandom random, Secp256k1 curve, boolean hasRealCurve) {
    this.random = random;
    this.curve = curve;
    this.hasRealCurve = hasRealCurve;
  }

  List<Member> members(int count) {
    List<Member> members = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      members.add(hasRealCurve ? onTheCurve() : cheap());
    }
    return members;
  }

  private Member onTheCurve() {
    SecretKey secret = secret();
    Contact contact = Contact.of(curve.publicKey(secret), new IpPort(address(), PORT));
    return new Member(contact, KeyAgreement.ecdh(curve, secret));
  }

  /**
   * A key that nobody can compute a secret for: the two ends hash their keys in order. As good as
   * ECDH to find mistakes in everything else, and a hundred times as fast.
   */
  private Member cheap() {
    PublicKey key = PublicKey.of(bytes(PublicKey.BYTES));
    KeyAgreement agreement =
        peer -> {
          boolean isFirst = key.compareTo(peer) < 0;
          byte[] both = new byte[2 * PublicKey.BYTES];
          System.arraycopy((isFirst ? key : peer).bytes(), 0, both, 0, PublicKey.BYTES);
          System.arraycopy(
              (isFirst ? peer : key).bytes(), 0, both, PublicKey.BYTES, PublicKey.BYTES);
          return Sha256.hash(both);
        };
    return new Member(Contact.of(key, new IpPort(address(), PORT)), agreement);
  }

  /** A key for a node or for the owner of records. */
  SecretKey secret() {
    while (true) {
      try {
        return SecretKey.of(bytes(SecretKey.BYTES));
      } catch (MalformedKeyException outOfRange) {
        // One in 2^128.
      }
    }
  }

  private IpAddress address() {
    IpAddress address;
    do {
      address = IpAddress.of(bytes(4));
    } while (address.scope() != AddressScope.PUBLIC || !taken.add(address));
    return address;
  }

  private byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }
}
