package dev.wsn.kademlia;

import dev.wsn.record.AddressRecord;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What this node holds: the newest record of each key, by its place. Answers every read; changes
 * only for records that are on disk, so that it never promises what a crash would lose. At most
 * {@code maxRecords} entries. Not thread-safe; owned by the thread of {@link Kademlia}.
 */
public final class RecordIndex {
  private record Expiry(long unixSeconds, NodeId place) implements Comparable<Expiry> {
    @Override
    public int compareTo(Expiry other) {
      int order = Long.compare(unixSeconds, other.unixSeconds);
      return order != 0
          ? order
          : place.distanceTo(ORIGIN).compareTo(other.place.distanceTo(ORIGIN));
    }
  }

  private static final NodeId ORIGIN = new NodeId(0, 0, 0, 0);

  private final int maxRecords;
  private final Map<NodeId, AddressRecord> held = new HashMap<>();
  private final TreeSet<Expiry> byExpiry = new TreeSet<>();

  /**
   * An empty index.
   *
   * @param maxRecords entries at most, from 0
   */
  public RecordIndex(int maxRecords) {
    this.maxRecords = maxRecords;
  }

  /**
   * Takes a record from disk, at start. An older one than the one held, or one too many, is left
   * out.
   *
   * @return whether it is held now
   */
  public boolean restore(AddressRecord addressRecord) {
    return put(addressRecord);
  }

  /** The record at a place, dead or alive. */
  public Optional<AddressRecord> at(NodeId place) {
    return Optional.ofNullable(held.get(place));
  }

  /** Number of records. */
  public int size() {
    return held.size();
  }

  /** All records, first to expire first. */
  public List<AddressRecord> records() {
    List<AddressRecord> records = new ArrayList<>(held.size());
    for (Expiry expiry : byExpiry) {
      at(expiry.place).ifPresent(records::add);
    }
    return records;
  }

  boolean hasRoomFor(NodeId place, int reserved) {
    return held.containsKey(place) || held.size() + reserved < maxRecords;
  }

  boolean put(AddressRecord addressRecord) {
    NodeId place = NodeId.ofRecord(addressRecord.pubkey());
    AddressRecord before = held.get(place);
    if (before != null && !addressRecord.version().supersedes(before.version())) {
      return before.equals(addressRecord);
    }
    if (!hasRoomFor(place, 0)) {
      return false;
    }
    if (before != null) {
      byExpiry.remove(new Expiry(before.expiresAt(), place));
    }
    held.put(place, addressRecord);
    byExpiry.add(new Expiry(addressRecord.expiresAt(), place));
    return true;
  }

  /** Drops what is dead and returns the places of it. */
  List<NodeId> expire(long unixSeconds) {
    List<NodeId> dropped = new ArrayList<>();
    while (!byExpiry.isEmpty() && byExpiry.first().unixSeconds <= unixSeconds) {
      Expiry dead = byExpiry.first();
      byExpiry.remove(dead);
      held.remove(dead.place);
      dropped.add(dead.place);
    }
    return dropped;
  }
}
