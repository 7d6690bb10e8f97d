package dev.wsn.wire;

import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.NodeId;
import dev.wsn.kademlia.Token;
import dev.wsn.record.IpPort;
import java.nio.ByteBuffer;
import java.util.List;

/** Puts the fields of a message into a buffer that has room for them. */
final class MessageWriter {
  private final ByteBuffer target;

  MessageWriter(ByteBuffer target) {
    this.target = target;
  }

  /** Length of an address: family, 4 or 16 bytes, port. */
  static int lengthBytes(IpPort address) {
    return 1 + (address.address().isIpv4() ? 4 : 16) + 2;
  }

  /** Length of a contact: its address and its key. */
  static int lengthBytes(Contact contact) {
    return lengthBytes(contact.address()) + dev.wsn.crypto.PublicKey.BYTES;
  }

  void u8(int value) {
    target.put((byte) value);
  }

  void u16(int value) {
    target.putShort((short) value);
  }

  void bytes(byte[] bytes) {
    target.put(bytes);
  }

  void token(Token token) {
    target.putLong(token.bits());
  }

  void nodeId(NodeId id) {
    target.putLong(id.a()).putLong(id.b()).putLong(id.c()).putLong(id.d());
  }

  void address(IpPort address) {
    family(address);
    addressAndPort(address);
  }

  /** A record after its length; no record is an empty array. */
  void event(byte[] compact) {
    target.putShort((short) compact.length).put(compact);
  }

  void contacts(List<Contact> contacts) {
    u8(contacts.size());
    for (Contact contact : contacts) {
      family(contact.address());
      contact.key().putTo(target);
      addressAndPort(contact.address());
    }
  }

  private void family(IpPort address) {
    u8(address.address().isIpv4() ? 4 : 6);
  }

  private void addressAndPort(IpPort address) {
    address.address().putTo(target);
    target.putShort((short) address.port());
  }
}
