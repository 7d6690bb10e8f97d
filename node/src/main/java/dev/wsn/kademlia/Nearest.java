package dev.wsn.kademlia;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The n contacts closest to a target among those that were added, in order. Sorts numbers of the
 * leading 48 bits of the distance, which nearly always decide, and the place of the contact.
 */
final class Nearest {
  /** More than the contacts of a table. */
  private static final int PLACES = 1 << 16;

  private static final int USUAL_PLACES = 64;
  private static final long PLACE = PLACES - 1;

  private final NodeId target;
  private @Nullable Contact[] contacts = new Contact[USUAL_PLACES];
  private int added;

  /** Closest first. */
  private final long[] keys;

  private int count;

  Nearest(NodeId target, int max) {
    this.target = target;
    this.keys = new long[max];
  }

  boolean isFull() {
    return count == keys.length;
  }

  /**
   * Adds a contact.
   *
   * @throws IllegalStateException if {@value #PLACES} of them were nearer than those before
   */
  void add(Contact contact) {
    // As signed numbers, so that the comparison is one instruction.
    long head = (target.a() ^ contact.id().a()) + Long.MIN_VALUE;
    long key = (head & ~PLACE) | added;
    if (isFull()) {
      if (!isNearer(contact, key, keys[count - 1])) {
        return;
      }
      count--;
    }
    keep(contact);
    int at = count++;
    while (at > 0 && key < keys[at - 1]) {
      keys[at] = keys[at - 1];
      at--;
    }
    // Those with the same head come first until here, because they were added before.
    while (at > 0 && isNearer(contact, key, keys[at - 1])) {
      keys[at] = keys[at - 1];
      at--;
    }
    keys[at] = key;
  }

  private void keep(Contact contact) {
    if (added == PLACES) {
      throw new IllegalStateException("more than " + PLACES + " contacts");
    }
    if (added == contacts.length) {
      contacts = Arrays.copyOf(contacts, 2 * added);
    }
    contacts[added] = contact;
    added++;
  }

  private boolean isNearer(Contact contact, long key, long than) {
    if ((key & ~PLACE) != (than & ~PLACE)) {
      return key < than;
    }
    Contact other = at(than);
    return target.distanceTo(contact.id()).compareTo(target.distanceTo(other.id())) < 0;
  }

  private Contact at(long key) {
    Contact contact = contacts[(int) (key & PLACE)];
    if (contact == null) {
      throw new IllegalStateException("no contact there");
    }
    return contact;
  }

  /** Closest first. */
  List<Contact> contacts() {
    List<Contact> nearest = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      nearest.add(at(keys[i]));
    }
    return nearest;
  }
}
