package dev.wsn.store;

import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Contact;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.RecordVersion;
import java.util.List;
import java.util.Map;

/**
 * What a node knew when it stopped.
 *
 * @param records live, at most {@link RecordStore#MAX_RECORDS}
 * @param remembered the newest version seen of each key, at most {@link RecordStore#MAX_REMEMBERED}
 * @param contacts nodes that answered, lately seen first, at most {@link RecordStore#MAX_CONTACTS}
 * @param dropped rows that are no longer valid and were left out
 */
public record Restored(
    List<AddressRecord> records,
    Map<PublicKey, RecordVersion> remembered,
    List<Contact> contacts,
    int dropped) {
  /** Copies the collections. */
  public Restored {
    records = List.copyOf(records);
    remembered = Map.copyOf(remembered);
    contacts = List.copyOf(contacts);
  }
}
