package dev.wsn.simulator;

import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.HeldRecord;
import dev.wsn.kademlia.NodeId;
import dev.wsn.kademlia.RecordIndex;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.RollbackMemory;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What of a node survives its crash: records, the newest version seen of each key, contacts. */
final class Disk {
  private static final int MAX_MEMORY = 10_000;

  private final Map<NodeId, AddressRecord> records = new LinkedHashMap<>();
  private final Map<NodeId, AddressRecord> newestSeen = new LinkedHashMap<>();
  private List<Contact> contacts = List.of();

  /** Writes a record over an older one of its key, and notes its version. */
  void write(AddressRecord addressRecord) {
    remember(addressRecord);
    records.merge(NodeId.ofRecord(addressRecord.pubkey()), addressRecord, Disk::newer);
  }

  /** Notes the newest version of a key. */
  void remember(AddressRecord addressRecord) {
    newestSeen.merge(NodeId.ofRecord(addressRecord.pubkey()), addressRecord, Disk::newer);
  }

  void remember(List<Contact> table) {
    contacts = new ArrayList<>(table);
  }

  Optional<AddressRecord> at(NodeId place) {
    return Optional.ofNullable(records.get(place));
  }

  Optional<AddressRecord> newestSeen(NodeId place) {
    return Optional.ofNullable(newestSeen.get(place));
  }

  List<Contact> contacts() {
    return contacts;
  }

  /** Loses everything and gets one record instead, as the disk of a liar or of an old backup. */
  void replaceBy(AddressRecord addressRecord) {
    records.clear();
    newestSeen.clear();
    write(addressRecord);
  }

  /** Deletes a record, unless a newer one of its key is there. */
  void erase(AddressRecord addressRecord) {
    records.remove(NodeId.ofRecord(addressRecord.pubkey()), addressRecord);
  }

  /** Loses the records, but not what is remembered about them. */
  void dropRecords() {
    records.clear();
  }

  /** The index after a start. */
  RecordIndex index(int maxRecords) {
    RecordIndex index = new RecordIndex(maxRecords);
    records.values().forEach(each -> index.restore(new HeldRecord(each, HeldRecord.OWN)));
    return index;
  }

  /** The rollback memory after a start. */
  RollbackMemory memory() {
    RollbackMemory memory = new RollbackMemory(MAX_MEMORY);
    newestSeen.values().forEach(seen -> memory.remember(seen.pubkey(), seen.version()));
    return memory;
  }

  private static AddressRecord newer(AddressRecord one, AddressRecord other) {
    return other.version().supersedes(one.version()) ? other : one;
  }
}
