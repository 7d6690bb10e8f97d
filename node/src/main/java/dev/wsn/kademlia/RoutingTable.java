package dev.wsn.kademlia;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressScope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The contacts of one address family by their distance from the own id. Bucket i holds distances of
 * i + 1 significant bits; the buckets of the far half, quarter and eighth are wider, which saves a
 * lookup its first hops (Jimenez 2011). One contact per key. At most 256 buckets.
 */
final class RoutingTable {
  private final Parameters parameters;
  private final KademliaObserver observer;
  private final @Nullable KBucket[] buckets = new KBucket[Protocol.ID_BITS];
  private final Map<PublicKey, TableEntry> byKey = new HashMap<>();
  private final Map<Subnet, Integer> perSubnet = new HashMap<>();
  private final long[] refreshDueMillis = new long[Protocol.ID_BITS];
  private final NetworkSize networkSize = new NetworkSize();
  private final Reachability reachability = new Reachability();
  private NodeId own;

  /** Buckets below this index do not exist. */
  private int nearest = Protocol.ID_BITS;

  RoutingTable(NodeId own, Parameters parameters, KademliaObserver observer) {
    this.own = own;
    this.parameters = parameters;
    this.observer = observer;
    Arrays.fill(refreshDueMillis, Long.MIN_VALUE);
  }

  NodeId own() {
    return own;
  }

  int size() {
    return byKey.size();
  }

  Reachability reachability() {
    return reachability;
  }

  NetworkSize networkSize() {
    return networkSize;
  }

  /** How many nodes there are, as far as this node can judge: not fewer than it knows. */
  OptionalDouble nodes(long nowMillis) {
    OptionalDouble measured = networkSize.nodes(nowMillis);
    return measured.isEmpty()
        ? measured
        : OptionalDouble.of(Math.max(size(), measured.getAsDouble()));
  }

  Optional<TableEntry> entry(Contact contact) {
    return entry(contact.key()).filter(entry -> entry.contact().equals(contact));
  }

  Optional<TableEntry> entry(PublicKey key) {
    return Optional.ofNullable(byKey.get(key));
  }

  /** All entries, far buckets first, least recently heard first in each. */
  List<TableEntry> entries() {
    List<TableEntry> all = new ArrayList<>(byKey.size());
    for (int i = Protocol.ID_BITS - 1; i >= nearest; i--) {
      all.addAll(entriesOf(i));
    }
    return all;
  }

  /** Whether a contact is there that answered when it was asked last. */
  boolean hasResponsive() {
    for (int i = Protocol.ID_BITS - 1; i >= nearest; i--) {
      for (TableEntry entry : entriesOf(i)) {
        if (!entry.isSilent()) {
          return true;
        }
      }
    }
    return false;
  }

  Optional<KBucket> bucket(int index) {
    return Optional.ofNullable(buckets[index]);
  }

  /** Whether a contact that has not answered yet is worth a ping. */
  boolean isWanted(Contact contact) {
    TableEntry known = byKey.get(contact.key());
    if (known != null) {
      boolean isElsewhere = !known.contact().equals(contact);
      return isElsewhere ? !bucketOf(contact).isWaiting(contact) : known.isSilent();
    }
    if (contact.id().equals(own) || isSubnetFull(contact)) {
      return false;
    }
    KBucket bucket = bucketOf(contact);
    return !bucket.isFull()
        || (bucket.replacements().size() < Protocol.MAX_REPLACEMENTS && !bucket.isWaiting(contact));
  }

  /**
   * Notes that a contact answered us.
   *
   * @return the contact of the same key that is in its way: it answered from elsewhere, and has to
   *     be asked whether it is still there
   */
  Optional<Contact> answered(Contact contact, long nowMillis, long roundTripMillis) {
    TableEntry known = byKey.get(contact.key());
    if (known != null && known.contact().equals(contact)) {
      known.answered(nowMillis, roundTripMillis);
      bucketOf(contact).moveToTail(known);
      return Optional.empty();
    }
    if (contact.id().equals(own)) {
      return Optional.empty();
    }
    TableEntry entry = new TableEntry(contact, nowMillis, roundTripMillis);
    if (known == null) {
      addOrWait(entry);
      return Optional.empty();
    }
    if (known.isSilent()) {
      replace(known, entry);
      return Optional.empty();
    }
    await(bucketOf(contact), entry);
    return Optional.of(known.contact());
  }

  /** Notes that a request to a contact was not answered, see {@link TableEntry#unanswered}. */
  void unanswered(Contact contact, boolean isItsFault) {
    TableEntry known = entry(contact).orElse(null);
    if (known == null) {
      return;
    }
    known.unanswered(isItsFault);
    KBucket bucket = bucketOf(contact);
    Optional<TableEntry> elsewhere = bucket.takeReplacement(contact.key());
    if (elsewhere.isPresent()) {
      replace(known, elsewhere.get());
    } else if (known.hasFailed()) {
      remove(known);
      promote(bucket);
    }
  }

  /** Drops a contact that says that it answers nobody any more; false if it is not here. */
  boolean retire(Contact contact) {
    TableEntry known = entry(contact).orElse(null);
    if (known == null) {
      return false;
    }
    remove(known);
    promote(bucketOf(contact));
    return true;
  }

  /**
   * The n closest contacts to a target, closest first; those that stay silent only if asked for.
   */
  List<Contact> closest(NodeId target, int n, boolean withSilent) {
    Nearest found = new Nearest(target, n);
    Distance fromOwn = own.distanceTo(target);
    int home = fromOwn.isZero() ? 0 : fromOwn.bucketIndex();
    collect(home, withSilent, found);
    // Contacts of all nearer buckets differ from the target in bit `home` and in no higher one, and
    // which of these buckets is nearer depends on the target's lower bits.
    if (!found.isFull()) {
      for (int i = nearest; i < home; i++) {
        collect(i, withSilent, found);
      }
    }
    for (int i = Math.max(home + 1, nearest); i < Protocol.ID_BITS && !found.isFull(); i++) {
      collect(i, withSilent, found);
    }
    return found.contacts();
  }

  /** Notes that the bucket of a target need not be refreshed before a time. */
  void markLookedUp(NodeId target, long dueMillis) {
    Distance distance = own.distanceTo(target);
    if (!distance.isZero()) {
      refreshDueMillis[distance.bucketIndex()] = dueMillis;
    }
  }

  /** Gives every bucket a time of its own to be refreshed at. */
  void spreadRefresh(LongSupplier dueMillis) {
    for (int i = nearest; i < Protocol.ID_BITS; i++) {
      refreshDueMillis[i] = dueMillis.getAsLong();
    }
  }

  /**
   * Index of the bucket that is due for a refresh the longest; empty if none is.
   *
   * @param nearestIndex nearer buckets are left alone
   */
  OptionalInt bucketToRefresh(long nowMillis, int nearestIndex) {
    int due = -1;
    int inhabited = Math.max(nearestIndex, nearestInhabited());
    for (int i = Protocol.ID_BITS - 1; i >= inhabited; i--) {
      if (refreshDueMillis[i] <= nowMillis
          && (due < 0 || refreshDueMillis[i] < refreshDueMillis[due])) {
        due = i;
      }
    }
    return due < 0 ? OptionalInt.empty() : OptionalInt.of(due);
  }

  /** Buckets nearer than this have no contact, and a search for the own id covers them. */
  private int nearestInhabited() {
    int index = nearest;
    while (index < Protocol.ID_BITS && entriesOf(index).isEmpty()) {
      index++;
    }
    return index;
  }

  /** Moves all contacts to the buckets that they have as seen from a new own id. */
  void rebase(NodeId newOwn) {
    List<TableEntry> all = entries();
    own = newOwn;
    Arrays.fill(buckets, null);
    nearest = Protocol.ID_BITS;
    Arrays.fill(refreshDueMillis, Long.MIN_VALUE);
    byKey.clear();
    perSubnet.clear();
    for (TableEntry entry : all) {
      observer.contactRemoved(entry.contact());
      if (!entry.contact().id().equals(own)) {
        addOrWait(entry);
      }
    }
  }

  private void collect(int index, boolean withSilent, Nearest into) {
    for (TableEntry entry : entriesOf(index)) {
      if (withSilent || !entry.isSilent()) {
        into.add(entry.contact());
      }
    }
  }

  private List<TableEntry> entriesOf(int index) {
    KBucket bucket = buckets[index];
    return bucket == null ? List.of() : bucket.entries();
  }

  private KBucket bucketOf(Contact contact) {
    int index = own.distanceTo(contact.id()).bucketIndex();
    KBucket bucket = buckets[index];
    if (bucket == null) {
      bucket = new KBucket(capacity(index), parameters.hasSubnetCaps());
      buckets[index] = bucket;
      nearest = Math.min(nearest, index);
    }
    return bucket;
  }

  private int capacity(int index) {
    int fromFarthest = Protocol.ID_BITS - 1 - index;
    boolean isWide = parameters.k() == Protocol.K && fromFarthest < Protocol.WIDE_BUCKETS.length;
    return isWide ? Protocol.WIDE_BUCKETS[fromFarthest] : parameters.k();
  }

  /** Adds a contact if there is a place, and lets it wait for one otherwise. */
  private boolean addOrWait(TableEntry entry) {
    KBucket bucket = bucketOf(entry.contact());
    if (isSubnetFull(entry.contact())) {
      observer.limitReached(KademliaObserver.Limit.SUBNET);
      return false;
    }
    if (bucket.isFull()) {
      await(bucket, entry);
      return false;
    }
    bucket.add(entry);
    byKey.put(entry.contact().key(), entry);
    perSubnet.merge(entry.subnet(), 1, Integer::sum);
    observer.contactAdded(entry.contact());
    return true;
  }

  private void await(KBucket bucket, TableEntry entry) {
    if (!bucket.addReplacement(entry)) {
      observer.limitReached(KademliaObserver.Limit.REPLACEMENTS);
    }
  }

  private void replace(TableEntry gone, TableEntry entry) {
    remove(gone);
    addOrWait(entry);
    KBucket bucket = bucketOf(gone.contact());
    if (!bucket.isFull()) {
      promote(bucket);
    }
  }

  private void remove(TableEntry entry) {
    bucketOf(entry.contact()).remove(entry);
    byKey.remove(entry.contact().key());
    perSubnet.computeIfPresent(entry.subnet(), (subnet, count) -> count == 1 ? null : count - 1);
    observer.contactRemoved(entry.contact());
  }

  private void promote(KBucket bucket) {
    List<TableEntry> waiting = bucket.replacements();
    for (int i = waiting.size() - 1; i >= 0; i--) {
      TableEntry candidate = waiting.remove(i);
      if (!byKey.containsKey(candidate.contact().key()) && addOrWait(candidate)) {
        return;
      }
    }
  }

  private boolean isSubnetFull(Contact contact) {
    if (!parameters.hasSubnetCaps() || contact.address().address().scope() != AddressScope.PUBLIC) {
      return false;
    }
    Subnet subnet = Subnet.of(contact.address().address());
    return perSubnet.getOrDefault(subnet, 0) >= Protocol.MAX_PER_SUBNET_IN_TABLE
        || bucketOf(contact).isSubnetFull(contact);
  }
}
