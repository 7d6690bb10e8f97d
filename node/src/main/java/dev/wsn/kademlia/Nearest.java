package dev.wsn.kademlia;

import java.util.ArrayList;
import java.util.List;

/** The n contacts closest to a target among those that were added, in order. */
final class Nearest {
  private final NodeId target;
  private final int max;
  private final List<Contact> contacts;
  private final List<Distance> distances;

  Nearest(NodeId target, int max) {
    this.target = target;
    this.max = max;
    this.contacts = new ArrayList<>(max + 1);
    this.distances = new ArrayList<>(max + 1);
  }

  boolean isFull() {
    return contacts.size() >= max;
  }

  void add(Contact contact) {
    Distance distance = target.distanceTo(contact.id());
    int at = distances.size();
    while (at > 0 && distances.get(at - 1).compareTo(distance) > 0) {
      at--;
    }
    if (at >= max) {
      return;
    }
    if (isFull()) {
      contacts.remove(max - 1);
      distances.remove(max - 1);
    }
    contacts.add(at, contact);
    distances.add(at, distance);
  }

  /** Closest first. */
  List<Contact> contacts() {
    return contacts;
  }
}
