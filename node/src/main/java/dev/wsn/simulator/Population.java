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
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Keys and public addresses for the members of a run, so that the rules about ids and subnets
 * apply.
 */
final class Population {
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

  /** A new member at an address that nobody had. */
  Member member(int index, boolean isNatted) {
    if (hasRealCurve) {
      SecretKey secret = secret();
      Contact contact = Contact.of(curve.publicKey(secret), new IpPort(address(), PORT));
      return new Member(index, contact, KeyAgreement.ecdh(curve, secret), isNatted);
    }
    PublicKey key = PublicKey.of(bytes(PublicKey.BYTES));
    return cheap(index, Contact.of(key, new IpPort(address(), PORT)), isNatted);
  }

  /** A member that chose its key and address, unless somebody else has the address. */
  Optional<Member> member(int index, Contact contact) {
    return taken.add(contact.address().address())
        ? Optional.of(cheap(index, contact, false))
        : Optional.empty();
  }

  /**
   * A key that nobody can compute a secret for: the two ends hash their keys in order. As good as
   * ECDH to find mistakes in everything else, and a hundred times as fast.
   */
  private static Member cheap(int index, Contact contact, boolean isNatted) {
    PublicKey key = contact.key();
    KeyAgreement agreement =
        peer -> {
          boolean isFirst = key.compareTo(peer) < 0;
          byte[] both = new byte[2 * PublicKey.BYTES];
          System.arraycopy((isFirst ? key : peer).bytes(), 0, both, 0, PublicKey.BYTES);
          System.arraycopy(
              (isFirst ? peer : key).bytes(), 0, both, PublicKey.BYTES, PublicKey.BYTES);
          return Sha256.hash(both);
        };
    return new Member(index, contact, agreement, isNatted);
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
