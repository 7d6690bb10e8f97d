package dev.wsn.kademlia;

import dev.wsn.record.AddressRecord;
import dev.wsn.record.IndexedHeap;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What this node holds: the newest record of each key, by its place. Answers every read; changes
 * only for records that are on disk, so that it never promises what a crash would lose. At most
 * {@code maxRecords} entries. Not thread-safe; owned by the thread of {@link Kademlia}.
 *
 * <p>A subnet may fill {@link Protocol#MAX_SHARE_OF_SUBNET} of it. When it is full, a new key takes
 * the place of the record that is farthest from this node among those of the subnet that fills most
 * of it: without a question if its own subnet would still fill less, else only if it is nearer. So
 * nobody drives out what others stored with more than an equal share.
 */
public final class RecordIndex {
  /** What {@link #put} did. */
  record Put(boolean isHeld, Optional<Evicted> evicted) {}

  /** A record that made room for another. */
  record Evicted(AddressRecord addressRecord, KademliaObserver.Departure reason) {}

  private static final class Held {
    private final NodeId place;
    private AddressRecord addressRecord;
    private Holder holder;
    private int inExpiry;
    private int inHolder;

    private Held(NodeId place, AddressRecord addressRecord, Holder holder) {
      this.place = place;
      this.addressRecord = addressRecord;
      this.holder = holder;
    }
  }

  /** The records of one source, farthest from this node first. */
  private final class Holder extends IndexedHeap<Held> {
    private final long source;
    private int inHolders;

    private Holder(long source) {
      this.source = source;
    }

    @Override
    protected boolean isBefore(Held first, Held second) {
      return distance(first.place).compareTo(distance(second.place)) > 0;
    }

    @Override
    protected int position(Held element) {
      return element.inHolder;
    }

    @Override
    protected void moved(Held element, int position) {
      element.inHolder = position;
    }
  }

  /** The sources, largest first. */
  private static final class Holders extends IndexedHeap<Holder> {
    @Override
    protected boolean isBefore(Holder first, Holder second) {
      return first.size() > second.size();
    }

    @Override
    protected int position(Holder element) {
      return element.inHolders;
    }

    @Override
    protected void moved(Holder element, int position) {
      element.inHolders = position;
    }
  }

  private static final class ByExpiry extends IndexedHeap<Held> {
    @Override
    protected boolean isBefore(Held first, Held second) {
      return first.addressRecord.expiresAt() < second.addressRecord.expiresAt();
    }

    @Override
    protected int position(Held element) {
      return element.inExpiry;
    }

    @Override
    protected void moved(Held element, int position) {
      element.inExpiry = position;
    }
  }

  private final int maxRecords;
  private final int maxOfSource;
  private final Map<NodeId, Held> held = new HashMap<>();
  private final Map<Long, Holder> bySource = new HashMap<>();
  private final Holders holders = new Holders();
  private final ByExpiry byExpiry = new ByExpiry();
  private List<NodeId> own = List.of(new NodeId(0, 0, 0, 0));

  /**
   * An empty index.
   *
   * @param maxRecords entries at most, from 0
   */
  public RecordIndex(int maxRecords) {
    this.maxRecords = maxRecords;
    this.maxOfSource = (int) Math.ceil(maxRecords * Protocol.MAX_SHARE_OF_SUBNET);
  }

  /** Takes over where this node is, from which distances count; linear time if that changed. */
  void surround(List<NodeId> ownIds) {
    if (!own.equals(ownIds)) {
      own = List.copyOf(ownIds);
      bySource.values().forEach(IndexedHeap::reorder);
    }
  }

  private Distance distance(NodeId place) {
    Distance nearest = place.distanceTo(own.get(0));
    for (int i = 1; i < own.size(); i++) {
      Distance other = place.distanceTo(own.get(i));
      nearest = other.compareTo(nearest) < 0 ? other : nearest;
    }
    return nearest;
  }

  /**
   * Takes a record from disk, at start. An older one than the one held is left out; so is, where
   * there are too many, the one that would make room.
   *
   * @return whether it is held now
   */
  public boolean restore(HeldRecord restored) {
    return put(restored.addressRecord(), restored.source()).isHeld();
  }

  /** The record at a place, dead or alive. */
  public Optional<AddressRecord> at(NodeId place) {
    return Optional.ofNullable(held.get(place)).map(found -> found.addressRecord);
  }

  /** Number of records. */
  public int size() {
    return held.size();
  }

  /** All records, first to expire first. */
  public List<AddressRecord> records() {
    List<AddressRecord> records = new ArrayList<>(held.size());
    held.values().forEach(each -> records.add(each.addressRecord));
    records.sort(Comparator.comparingLong(AddressRecord::expiresAt));
    return records;
  }

  /** The places of all records, first to expire first; the very objects that are kept. */
  List<NodeId> places() {
    List<Held> all = new ArrayList<>(held.size());
    byExpiry.forEach(all::add);
    all.sort(Comparator.comparingLong(each -> each.addressRecord.expiresAt()));
    List<NodeId> places = new ArrayList<>(all.size());
    all.forEach(each -> places.add(each.place));
    return places;
  }

  /**
   * Why a record at this place cannot be taken; empty if it can.
   *
   * @param source who would store it
   * @param reserved records on their way to disk
   */
  Optional<KademliaObserver.Limit> refusal(NodeId place, long source, int reserved) {
    if (held.containsKey(place)) {
      return Optional.empty();
    }
    if (isOverQuota(source)) {
      return Optional.of(KademliaObserver.Limit.SUBNET_RECORDS);
    }
    boolean hasRoom = held.size() + reserved < maxRecords || victim(place, source) != null;
    return hasRoom ? Optional.empty() : Optional.of(KademliaObserver.Limit.RECORDS);
  }

  private boolean isOverQuota(long source) {
    return source != HeldRecord.OWN && count(source) >= maxOfSource;
  }

  private int count(long source) {
    Holder holder = bySource.get(source);
    return holder == null ? 0 : holder.size();
  }

  /** What makes room for a record at this place; null if nothing does. */
  private @Nullable Held victim(NodeId place, long source) {
    if (holders.isEmpty()) {
      return null;
    }
    Holder largest = holders.first();
    Held farthest = largest.first();
    boolean isNearer = distance(place).compareTo(distance(farthest.place)) < 0;
    return isSmaller(source, largest) || isNearer ? farthest : null;
  }

  /** Whether a source would have less than another one, also with one record more. */
  private boolean isSmaller(long source, Holder largest) {
    return largest.source != source && count(source) + 1 < largest.size();
  }

  Put put(AddressRecord addressRecord, long source) {
    return put(NodeId.ofRecord(addressRecord.pubkey()), addressRecord, source);
  }

  /**
   * Takes a record that is on disk, if there is room for it.
   *
   * @param place of the record; the very object is kept, so that others may share it
   */
  Put put(NodeId place, AddressRecord addressRecord, long source) {
    Held before = held.get(place);
    if (before != null) {
      return new Put(replace(before, addressRecord, source), Optional.empty());
    }
    Optional<Evicted> evicted = Optional.empty();
    if (held.size() >= maxRecords) {
      Held victim = victim(place, source);
      if (victim == null) {
        return new Put(false, Optional.empty());
      }
      KademliaObserver.Departure reason =
          isSmaller(source, victim.holder)
              ? KademliaObserver.Departure.LARGEST_SUBNET
              : KademliaObserver.Departure.FARTHEST;
      evicted = Optional.of(new Evicted(victim.addressRecord, reason));
      remove(victim);
    }
    Holder holder = holder(source);
    Held added = new Held(place, addressRecord, holder);
    held.put(place, added);
    byExpiry.add(added);
    holder.add(added);
    holders.changed(holder);
    return new Put(true, evicted);
  }

  private boolean replace(Held before, AddressRecord addressRecord, long source) {
    if (!addressRecord.version().supersedes(before.addressRecord.version())) {
      return before.addressRecord.equals(addressRecord);
    }
    before.addressRecord = addressRecord;
    byExpiry.changed(before);
    if (before.holder.source != source) {
      leave(before);
      before.holder = holder(source);
      before.holder.add(before);
      holders.changed(before.holder);
    }
    return true;
  }

  private Holder holder(long source) {
    Holder known = bySource.get(source);
    if (known != null) {
      return known;
    }
    Holder fresh = new Holder(source);
    bySource.put(source, fresh);
    holders.add(fresh);
    return fresh;
  }

  private void leave(Held leaving) {
    Holder holder = leaving.holder;
    holder.remove(leaving);
    if (holder.isEmpty()) {
      holders.remove(holder);
      bySource.remove(holder.source);
    } else {
      holders.changed(holder);
    }
  }

  private void remove(Held gone) {
    held.remove(gone.place);
    byExpiry.remove(gone);
    leave(gone);
  }

  /** Drops what is dead and returns the places of it. */
  List<NodeId> expire(long unixSeconds) {
    List<NodeId> dropped = new ArrayList<>();
    while (!byExpiry.isEmpty() && byExpiry.first().addressRecord.expiresAt() <= unixSeconds) {
      Held dead = byExpiry.first();
      remove(dead);
      dropped.add(dead.place);
    }
    return dropped;
  }
}
