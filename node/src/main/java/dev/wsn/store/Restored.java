package dev.wsn.store;

import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.HeldRecord;
import dev.wsn.kademlia.Protocol;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.RecordVersion;
import dev.wsn.record.RollbackMemory;
import java.util.List;
import java.util.Map;

/**
 * What a node knew when it stopped.
 *
 * @param held live, at most {@link Protocol#MAX_RECORDS_ON_DISK}
 * @param remembered versions seen of keys, besides those held, see {@link #recall}
 * @param contacts nodes that answered, lately seen first, at most {@link
 *     Protocol#MAX_CONTACTS_ON_DISK}
 * @param dropped rows that are no longer valid and were left out
 */
public record Restored(
    List<HeldRecord> held,
    Map<PublicKey, RecordVersion> remembered,
    List<Contact> contacts,
    int dropped) {
  /** What a node without a disk knows. */
  public static final Restored NOTHING = new Restored(List.of(), Map.of(), List.of(), 0);

  /** Copies the collections. */
  public Restored {
    held = List.copyOf(held);
    remembered = Map.copyOf(remembered);
    contacts = List.copyOf(contacts);
  }

  /** Puts the newest version of every key into a memory. */
  public void recall(RollbackMemory memory) {
    remembered.forEach(memory::remember);
    for (HeldRecord each : held) {
      memory.remember(each.addressRecord().pubkey(), each.addressRecord().version());
    }
  }

  /** The records without who stored them. */
  public List<AddressRecord> records() {
    return held.stream().map(HeldRecord::addressRecord).toList();
  }
}
