package dev.wsn.wire;

import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Protocol;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The contacts that were read last, by their bytes: the answers of one search name the same nodes
 * again and again, and making a contact costs a hash. One place per contact; who comes later gets
 * it. Bounded; not thread-safe; owned by a {@link DatagramSealer}.
 */
final class ContactCache {
  /** First byte of a contact: the family of its address. */
  static final int IPV4 = 4;

  /** The same for IPv6. */
  static final int IPV6 = 6;

  /** Keeps nothing. */
  static final ContactCache NONE = new ContactCache(0);

  private static final int KEY_AT = 1;
  private static final int BEFORE_ADDRESS = KEY_AT + PublicKey.BYTES;
  private static final int PORT_BYTES = 2;

  private final byte[][] encodings;
  private final @Nullable Contact[] contacts;

  ContactCache() {
    this(Protocol.READ_CONTACTS);
  }

  private ContactCache(int places) {
    this.encodings = new byte[places][];
    this.contacts = new Contact[places];
  }

  /** Length of the contact whose first byte is there; 0 if that is no family. */
  static int lengthAt(byte[] bytes, int at) {
    return switch (bytes[at]) {
      case IPV4 -> BEFORE_ADDRESS + 4 + PORT_BYTES;
      case IPV6 -> BEFORE_ADDRESS + 16 + PORT_BYTES;
      default -> 0;
    };
  }

  /**
   * The contact with these bytes, if it is kept.
   *
   * @param at where it begins
   * @param end of the message
   */
  @Nullable Contact find(byte[] bytes, int at, int end) {
    if (encodings.length == 0 || at >= end) {
      return null;
    }
    int to = at + lengthAt(bytes, at);
    if (to == at || to > end) {
      return null;
    }
    int place = place(bytes, at, to);
    byte[] known = encodings[place];
    return known != null && Arrays.equals(known, 0, known.length, bytes, at, to)
        ? contacts[place]
        : null;
  }

  /** Keeps a contact that was read from these bytes. */
  void keep(byte[] bytes, int at, int to, Contact contact) {
    if (encodings.length > 0) {
      int place = place(bytes, at, to);
      encodings[place] = Arrays.copyOfRange(bytes, at, to);
      contacts[place] = contact;
    }
  }

  /** Of the last bytes of the key and the port: whoever makes them alike only costs us the hash. */
  private int place(byte[] bytes, int at, int to) {
    int key =
        (bytes[at + BEFORE_ADDRESS - 2] & 0xff) << 8 | (bytes[at + BEFORE_ADDRESS - 1] & 0xff);
    int port = (bytes[to - 2] & 0xff) << 8 | (bytes[to - 1] & 0xff);
    return (key ^ 31 * port) & (encodings.length - 1);
  }
}
