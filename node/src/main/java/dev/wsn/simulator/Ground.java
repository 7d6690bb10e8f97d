package dev.wsn.simulator;

import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.NodeId;
import dev.wsn.kademlia.Protocol;
import dev.wsn.record.AddressScope;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Addresses by the ids that they lead to: what somebody computes once who wants places near a
 * target. The leading bits of an id follow from the masked address and three bits of the key; the
 * rest from the key, which costs him hashes only.
 */
final class Ground {
  private static final int PORT = 4848;

  /** Keys that somebody hashes who is after a place. */
  static final int KEY_TRIES = 1024;

  private static final int VARIANTS = 8;
  private static final int PREFIXES = 1 << Protocol.ADDRESS_BITS;

  /** One of this many masked addresses is looked at, which is a million hashes. */
  private static final int SPARSENESS = 8;

  private final SplittableRandom random;

  /** Three bits of a key and 20 bits of an address for every prefix; -1 where none was found. */
  private final int[] byPrefix = new int[PREFIXES];

  /** A ground of all public addresses. */
  Ground(SplittableRandom random) {
    this.random = random;
    Arrays.fill(byPrefix, -1);
    PublicKey[] keys = keysByVariant();
    for (int masked = 0; masked < 1 << 20; masked += SPARSENESS) {
      for (int variant = 0; variant < VARIANTS; variant++) {
        NodeId id = NodeId.of(keys[variant], address(masked, 8));
        byPrefix[(int) (id.a() >>> (Long.SIZE - Protocol.ADDRESS_BITS))] = variant << 20 | masked;
      }
    }
  }

  /**
   * Contacts near a target, from distinct subnets: the nearest that exist anywhere.
   *
   * @param keyTries keys that are hashed for each
   */
  List<Contact> near(NodeId target, int count, int keyTries) {
    int wanted = (int) (target.a() >>> (Long.SIZE - Protocol.ADDRESS_BITS));
    List<Contact> near = new ArrayList<>(count);
    for (int distance = 0; near.size() < count; distance++) {
      int found = byPrefix[wanted ^ distance];
      for (int i = 0; found >= 0 && i < Protocol.K && near.size() < count; i++) {
        near.add(
            nearest(target, address(found & 0xfffff, random.nextInt()), found >>> 20, keyTries));
      }
    }
    return near;
  }

  /** Contacts near a target whose addresses are all of one /16, two of each /24. */
  List<Contact> nearInOneSubnet(NodeId target, int count) {
    byte[] network = publicAddress(random.nextInt()).bytes();
    PublicKey[] keys = keysByVariant();
    List<Contact> best = new ArrayList<>();
    for (int third = 0; third < 256; third++) {
      List<Contact> ofSubnet = new ArrayList<>();
      for (int fourth = 0; fourth < 256; fourth++) {
        byte[] bytes = {network[0], network[1], (byte) third, (byte) fourth};
        IpPort place = new IpPort(IpAddress.of(bytes), PORT);
        for (PublicKey key : keys) {
          ofSubnet.add(Contact.of(key, place));
        }
      }
      ofSubnet.sort(Comparator.comparing(contact -> contact.id().distanceTo(target)));
      best.add(ofSubnet.get(0));
      best.add(
          ofSubnet.stream()
              .filter(other -> !other.address().equals(ofSubnet.get(0).address()))
              .findFirst()
              .orElseThrow());
    }
    best.sort(Comparator.comparing(contact -> contact.id().distanceTo(target)));
    return best.stream()
        .limit(count)
        .map(
            contact ->
                nearest(target, contact.address().address(), variant(contact.key()), KEY_TRIES))
        .toList();
  }

  /** The best of many keys at an address. */
  private Contact nearest(NodeId target, IpAddress address, int variant, int keyTries) {
    IpPort place = new IpPort(address, PORT);
    Contact best = null;
    for (int i = 0; i < keyTries || best == null; i++) {
      PublicKey key = key();
      if (variant(key) != variant) {
        continue;
      }
      Contact candidate = Contact.of(key, place);
      if (best == null
          || candidate.id().distanceTo(target).compareTo(best.id().distanceTo(target)) < 0) {
        best = candidate;
      }
    }
    return best;
  }

  private PublicKey[] keysByVariant() {
    PublicKey[] keys = new PublicKey[VARIANTS];
    int found = 0;
    while (found < VARIANTS) {
      PublicKey key = key();
      if (keys[variant(key)] == null) {
        keys[variant(key)] = key;
        found++;
      }
    }
    return keys;
  }

  private static int variant(PublicKey key) {
    return (int) NodeId.unplaced(key).d() & (VARIANTS - 1);
  }

  private PublicKey key() {
    byte[] bytes = new byte[PublicKey.BYTES];
    random.nextBytes(bytes);
    return PublicKey.of(bytes);
  }

  private IpAddress publicAddress(int seed) {
    IpAddress address = IpAddress.of(bytes(seed));
    return address.scope() == AddressScope.PUBLIC ? address : publicAddress(random.nextInt());
  }

  /** A public address whose bits that count are these; the others come from the fill. */
  private IpAddress address(int masked, int fill) {
    int high = (masked & 0x3c000) << 2 | (masked & 0xc0000) << 6;
    int counting = (masked & 0x3fff) | high;
    IpAddress address = IpAddress.of(bytes(counting | (fill & ~0x030f3fff)));
    return address.scope() == AddressScope.PUBLIC ? address : address(masked, random.nextInt());
  }

  private static byte[] bytes(int bits) {
    return new byte[] {
      (byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits
    };
  }
}
