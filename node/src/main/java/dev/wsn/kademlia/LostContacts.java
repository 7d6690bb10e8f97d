package dev.wsn.kademlia;

import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

/**
 * Contacts that left a table because they stayed silent, the one that was tried longest ago first;
 * bounded. When the network was cut in two for long, they are the only way back to the other part.
 */
final class LostContacts {
  private final Set<Contact> contacts = new LinkedHashSet<>();

  /** Keeps a contact; false if another one had to go for it. */
  boolean lost(Contact contact) {
    contacts.remove(contact);
    boolean isFull = contacts.size() >= Protocol.MAX_LOST_CONTACTS;
    if (isFull) {
      first().ifPresent(contacts::remove);
    }
    contacts.add(contact);
    return !isFull;
  }

  void found(Contact contact) {
    contacts.remove(contact);
  }

  /** The next one to try, which becomes the last. */
  Optional<Contact> next() {
    Optional<Contact> next = first();
    next.ifPresent(
        tried -> {
          contacts.remove(tried);
          contacts.add(tried);
        });
    return next;
  }

  int size() {
    return contacts.size();
  }

  private Optional<Contact> first() {
    Iterator<Contact> all = contacts.iterator();
    return all.hasNext() ? Optional.of(all.next()) : Optional.empty();
  }
}
