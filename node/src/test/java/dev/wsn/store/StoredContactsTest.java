package dev.wsn.store;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Protocol;
import dev.wsn.record.IpPort;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The nodes that a node asks first after a restart. */
class StoredContactsTest {
  private static final long NOW = Records.NOW;

  private final Path directory;

  StoredContactsTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private RecordStore open() {
    return RecordStore.open(directory, "main", Records.SEALS, () -> 0, failure -> {});
  }

  private static Restored restore(RecordStore store) {
    return store.restore(Records.RULES, NOW);
  }

  @Test
  void contactsComeBackLatestSeenFirstAndOldOnesGo() {
    Contact old = contact(1, "203.0.113.1:4848");
    Contact lost = contact(2, "203.0.113.2:4848");
    Contact moved = contact(1, "203.0.113.1:5000");
    Contact fresh = contact(3, "[2001:db8::3]:4848");
    try (RecordStore store = open()) {
      store.putContacts(List.of(lost), NOW - 31 * 86_400, result -> {});
      store.putContacts(List.of(old), NOW - 20 * 86_400, result -> {});
      store.putContacts(List.of(moved), NOW - 60, result -> {});
      store.putContacts(List.of(fresh), NOW, result -> {});
    }
    try (RecordStore store = open()) {
      assertThat(restore(store).contacts()).containsExactly(fresh, moved);
    }
  }

  @Test
  void contactsAreBounded() {
    List<Contact> many = new ArrayList<>();
    for (int i = 0; i < Protocol.MAX_CONTACTS_ON_DISK + 5; i++) {
      many.add(contact(i, "203.0.113.1:4848"));
    }
    try (RecordStore store = open()) {
      store.putContacts(many, NOW, result -> {});
      store.putContacts(List.of(contact(5_000, "203.0.113.9:1")), NOW + 1, result -> {});
    }
    try (RecordStore store = open()) {
      assertThat(restore(store).contacts())
          .hasSize(Protocol.MAX_CONTACTS_ON_DISK)
          .startsWith(contact(5_000, "203.0.113.9:1"));
    }
  }

  private static Contact contact(int number, String address) {
    byte[] key = new byte[PublicKey.BYTES];
    key[0] = (byte) (number >> 8);
    key[1] = (byte) number;
    return Contact.of(PublicKey.of(key), IpPort.parse(address).orElseThrow());
  }
}
