package dev.wsn.wire;

import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.NodeId;
import dev.wsn.kademlia.Token;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import dev.wsn.record.MalformedRecordException;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * Takes the fields of a message off its bytes. The first thing that is wrong is remembered, and
 * every later call answers with a placeholder; the caller asks {@link #failure} once, at the end.
 * Reads nothing outside its range and never throws for what the bytes are.
 */
final class MessageReader {
  private static final IpPort NOWHERE = new IpPort(IpAddress.of(new byte[4]), 1);
  private static final int IPV4 = ContactCache.IPV4;
  private static final int IPV6 = ContactCache.IPV6;

  private final byte[] bytes;
  private final int end;
  private final BiFunction<PublicKey, IpPort, Contact> contacts;
  private final ContactCache cache;
  private int position;
  private @Nullable RejectReason failure;

  MessageReader(byte[] bytes, int offset, int length, ContactCache cache) {
    this(bytes, offset, length, Contact::of, cache);
  }

  /** A reader that makes contacts in another way, which must give equal ones. */
  MessageReader(
      byte[] bytes, int offset, int length, BiFunction<PublicKey, IpPort, Contact> contacts) {
    this(bytes, offset, length, contacts, ContactCache.NONE);
  }

  private MessageReader(
      byte[] bytes,
      int offset,
      int length,
      BiFunction<PublicKey, IpPort, Contact> contacts,
      ContactCache cache) {
    this.contacts = contacts;
    this.cache = cache;
    this.bytes = bytes;
    this.position = offset;
    this.end = offset + length;
  }

  /** What was wrong first, if anything was. */
  @Nullable RejectReason failure() {
    return failure;
  }

  void fail(RejectReason reason) {
    if (failure == null) {
      failure = reason;
    }
  }

  int u8() {
    return has(1) ? bytes[position++] & 0xff : 0;
  }

  int u16() {
    return u8() << 8 | u8();
  }

  long u64() {
    if (!has(Long.BYTES)) {
      return 0;
    }
    position += Long.BYTES;
    return ByteBuffer.wrap(bytes).getLong(position - Long.BYTES);
  }

  Token token() {
    return new Token(u64());
  }

  NodeId nodeId() {
    return new NodeId(u64(), u64(), u64(), u64());
  }

  IpPort address() {
    return addressOf(u8());
  }

  /** The compact form of a record after its length; a length of zero means that there is none. */
  Optional<NostrEvent> event() {
    int length = u16();
    if (length == 0) {
      return Optional.empty();
    }
    if (length > RecordCodec.MAX_BYTES) {
      fail(RejectReason.MALFORMED_RECORD);
      return Optional.empty();
    }
    byte[] compact = take(length);
    if (failure != null) {
      return Optional.empty();
    }
    try {
      return Optional.of(RecordCodec.decode(compact));
    } catch (MalformedRecordException malformed) {
      fail(RejectReason.MALFORMED_RECORD);
      return Optional.empty();
    }
  }

  /** Records, each after its length, after how many they are. */
  List<NostrEvent> events() {
    int count = u8();
    if (count > Datagrams.MAX_ANNOUNCEMENTS) {
      fail(RejectReason.TOO_MANY_ANNOUNCEMENTS);
    }
    List<NostrEvent> found = new ArrayList<>(Math.min(count, Datagrams.MAX_ANNOUNCEMENTS));
    for (int i = 0; i < count && failure == null; i++) {
      Optional<NostrEvent> event = event();
      if (event.isEmpty()) {
        fail(RejectReason.MALFORMED_RECORD);
      }
      event.ifPresent(found::add);
    }
    return found;
  }

  List<Contact> contacts() {
    int count = u8();
    if (count > Datagrams.MAX_CONTACTS) {
      fail(RejectReason.TOO_MANY_CONTACTS);
    }
    List<Contact> found = new ArrayList<>(Math.min(count, Datagrams.MAX_CONTACTS));
    for (int i = 0; i < count && failure == null; i++) {
      Contact known = cache.find(bytes, position, end);
      if (known != null) {
        position += ContactCache.lengthAt(bytes, position);
        found.add(known);
      } else {
        readContact(found);
      }
    }
    return found;
  }

  private void readContact(List<Contact> found) {
    int begin = position;
    int family = u8();
    PublicKey key = PublicKey.of(take(PublicKey.BYTES));
    IpPort address = addressOf(family);
    if (failure == null) {
      Contact contact = contacts.apply(key, address);
      cache.keep(bytes, begin, position, contact);
      found.add(contact);
    }
  }

  /** Checks that only zero bytes are left. */
  void padding() {
    while (failure == null && position < end) {
      if (bytes[position++] != 0) {
        fail(RejectReason.PADDING_NOT_ZERO);
      }
    }
  }

  private IpPort addressOf(int family) {
    if (family != IPV4 && family != IPV6) {
      fail(RejectReason.UNKNOWN_FAMILY);
      return NOWHERE;
    }
    IpAddress address = IpAddress.of(take(family == IPV4 ? 4 : 16));
    int port = u16();
    if (failure == null && address.isIpv4() != (family == IPV4)) {
      fail(RejectReason.MAPPED_ADDRESS);
    }
    if (failure == null && port == 0) {
      fail(RejectReason.ZERO_PORT);
    }
    return failure == null ? new IpPort(address, port) : NOWHERE;
  }

  private byte[] take(int length) {
    byte[] taken = new byte[length];
    if (has(length)) {
      System.arraycopy(bytes, position, taken, 0, length);
      position += length;
    }
    return taken;
  }

  private boolean has(int length) {
    if (failure == null && end - position < length) {
      fail(RejectReason.CUT_SHORT);
    }
    return failure == null;
  }
}
