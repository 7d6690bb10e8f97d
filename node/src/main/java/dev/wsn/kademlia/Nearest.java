package dev.wsn.kademlia;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The n contacts closest to a target among those that were added, in order. Compares the leading 64
 * bits of the distance first, which nearly always decides.
 */
final class Nearest {
  private final NodeId target;
  private final @Nullable Contact[] contacts;
  private final long[] heads;
  private int count;

  Nearest(NodeId target, int max) {
    this.target = target;
    this.contacts = new Contact[max];
    this.heads = new long[max];
  }

  boolean isFull() {
    return count == heads.length;
  }

  void add(Contact contact) {
    // As signed numbers, so that the comparison is one instruction.
    long head = (target.a() ^ contact.id().a()) + Long.MIN_VALUE;
    int at = count;
    while (at > 0 && isNearer(contact, head, at - 1)) {
      at--;
    }
    if (at == heads.length) {
      return;
    }
    int moved = (isFull() ? count - 1 : count) - at;
    System.arraycopy(contacts, at, contacts, at + 1, moved);
    System.arraycopy(heads, at, heads, at + 1, moved);
    contacts[at] = contact;
    heads[at] = head;
    count = Math.min(count + 1, heads.length);
  }

  private boolean isNearer(Contact contact, long head, int than) {
    if (head != heads[than]) {
      return head < heads[than];
    }
    Contact other = at(than);
    return target.distanceTo(contact.id()).compareTo(target.distanceTo(other.id())) < 0;
  }

  private Contact at(int index) {
    Contact contact = contacts[index];
    if (contact == null) {
      throw new IndexOutOfBoundsException(index);
    }
    return contact;
  }

  /** Closest first. */
  List<Contact> contacts() {
    List<Contact> nearest = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      nearest.add(at(i));
    }
    return nearest;
  }
}
