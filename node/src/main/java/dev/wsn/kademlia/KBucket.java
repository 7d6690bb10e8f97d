package dev.wsn.kademlia;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressScope;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The contacts whose distances share one bit length, least recently heard first (Kademlia 2.2), and
 * those that wait for a place (4.1), most recently heard last. Who is in keeps its place as long as
 * it answers: old contacts are the most likely to stay.
 */
final class KBucket {
  private final int capacity;
  private final boolean hasSubnetCaps;
  private final List<TableEntry> entries = new ArrayList<>();
  private final List<TableEntry> replacements = new ArrayList<>();

  KBucket(int capacity, boolean hasSubnetCaps) {
    this.capacity = capacity;
    this.hasSubnetCaps = hasSubnetCaps;
  }

  int capacity() {
    return capacity;
  }

  List<TableEntry> entries() {
    return entries;
  }

  List<TableEntry> replacements() {
    return replacements;
  }

  boolean isFull() {
    return entries.size() >= capacity;
  }

  boolean isSubnetFull(Contact contact) {
    return isSubnetFull(entries, contact);
  }

  void add(TableEntry entry) {
    if (isFull()) {
      throw new IllegalStateException("a bucket of " + capacity + " is full");
    }
    entries.add(entry);
  }

  void moveToTail(TableEntry entry) {
    if (entries.remove(entry)) {
      entries.add(entry);
    }
  }

  void remove(TableEntry entry) {
    entries.remove(entry);
  }

  boolean isWaiting(Contact contact) {
    return replacements.stream().anyMatch(waiting -> waiting.contact().equals(contact));
  }

  /** Lets a contact wait; false if that cost it, or the one that waited longest, the place. */
  boolean addReplacement(TableEntry entry) {
    replacements.removeIf(waiting -> waiting.contact().equals(entry.contact()));
    if (isSubnetFull(replacements, entry.contact())) {
      return false;
    }
    boolean isFull = replacements.size() >= Protocol.MAX_REPLACEMENTS;
    if (isFull) {
      replacements.remove(0);
    }
    replacements.add(entry);
    return !isFull;
  }

  /** Takes out the contact with this key that waits, if there is one. */
  Optional<TableEntry> takeReplacement(PublicKey key) {
    for (TableEntry waiting : replacements) {
      if (waiting.contact().key().equals(key)) {
        replacements.remove(waiting);
        return Optional.of(waiting);
      }
    }
    return Optional.empty();
  }

  private boolean isSubnetFull(List<TableEntry> among, Contact contact) {
    if (!hasSubnetCaps || contact.address().address().scope() != AddressScope.PUBLIC) {
      return false;
    }
    Subnet subnet = Subnet.of(contact.address().address());
    int same = 0;
    for (TableEntry entry : among) {
      if (entry.subnet().equals(subnet)) {
        same++;
      }
    }
    return same >= Protocol.MAX_PER_SUBNET_IN_BUCKET;
  }
}
