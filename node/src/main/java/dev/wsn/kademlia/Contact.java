package dev.wsn.kademlia;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.IpPort;

/**
 * A node as somebody claims it: a key at an address. The id follows from both.
 *
 * @param id always {@link NodeId#of(PublicKey, dev.wsn.record.IpAddress)} of the other two
 * @param key the node's identity
 * @param address where it receives datagrams
 */
public record Contact(NodeId id, PublicKey key, IpPort address) {
  /** The contact of a key at an address. */
  public static Contact of(PublicKey key, IpPort address) {
    return new Contact(NodeId.of(key, address.address()), key, address);
  }

  /** The id follows from the other two. */
  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof Contact contact
            && id.d() == contact.id.d()
            && key.equals(contact.key)
            && address.equals(contact.address));
  }

  /** Part of the id, which is a hash already. */
  @Override
  public int hashCode() {
    return Long.hashCode(id.d());
  }
}
