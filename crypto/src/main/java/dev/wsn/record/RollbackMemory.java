package dev.wsn.record;

import dev.wsn.crypto.PublicKey;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The newest record version seen per key, kept until every older record must have expired, so that
 * an older one never wins again: not after the newest expired, and not after a restart when the
 * owner of this memory saves it.
 *
 * <p>An older record is from no later than this one and lives 24 hours at most, so the entry may go
 * 24 hours and the allowed clock difference after {@code created_at}. At most {@code maxEntries}
 * are kept; over that the entry that would be forgotten soonest goes first, which protects least.
 * Feed it only verified records that are not from the future: their times then cannot outlast the
 * bound. Not thread-safe; the time is an argument.
 */
public final class RollbackMemory {
  /** How long after {@code created_at} a version is remembered. */
  public static final long KEPT_SECONDS =
      RecordForm.MAX_LIFETIME_SECONDS + RecordRules.MAX_AHEAD.toSeconds();

  /** A key and its version in 88 bytes; equal by key, so that a look-up needs only one of them. */
  private static final class Entry implements Comparable<Entry> {
    private final long k0;
    private final long k1;
    private final long k2;
    private final long k3;
    private long createdAt;
    private long i0;
    private long i1;
    private long i2;
    private long i3;
    private int position;

    private Entry(PublicKey key) {
      ByteBuffer bytes = ByteBuffer.wrap(key.bytes());
      this.k0 = bytes.getLong();
      this.k1 = bytes.getLong();
      this.k2 = bytes.getLong();
      this.k3 = bytes.getLong();
    }

    private PublicKey key() {
      return PublicKey.of(
          ByteBuffer.allocate(PublicKey.BYTES)
              .putLong(k0)
              .putLong(k1)
              .putLong(k2)
              .putLong(k3)
              .array());
    }

    private RecordVersion version() {
      return new RecordVersion(
          createdAt,
          EventId.of(
              ByteBuffer.allocate(EventId.BYTES)
                  .putLong(i0)
                  .putLong(i1)
                  .putLong(i2)
                  .putLong(i3)
                  .array()));
    }

    private void version(RecordVersion version) {
      ByteBuffer id = ByteBuffer.wrap(version.id().bytes());
      createdAt = version.createdAt();
      i0 = id.getLong();
      i1 = id.getLong();
      i2 = id.getLong();
      i3 = id.getLong();
    }

    @Override
    public int compareTo(Entry other) {
      int order = Long.compareUnsigned(k0, other.k0);
      order = order != 0 ? order : Long.compareUnsigned(k1, other.k1);
      order = order != 0 ? order : Long.compareUnsigned(k2, other.k2);
      return order != 0 ? order : Long.compareUnsigned(k3, other.k3);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Entry entry && compareTo(entry) == 0;
    }

    @Override
    public int hashCode() {
      return Long.hashCode(k0 ^ k1 ^ k2 ^ k3);
    }
  }

  private static final class ByAge extends IndexedHeap<Entry> {
    @Override
    protected boolean isBefore(Entry first, Entry second) {
      return FORGOTTEN_FIRST.compare(first, second) < 0;
    }

    @Override
    protected int position(Entry element) {
      return element.position;
    }

    @Override
    protected void moved(Entry element, int position) {
      element.position = position;
    }
  }

  private static final Comparator<Entry> FORGOTTEN_FIRST =
      Comparator.<Entry>comparingLong(entry -> entry.createdAt)
          .thenComparing(Comparator.naturalOrder());

  private final int maxEntries;
  private final Map<Entry, Entry> byKey = new HashMap<>();
  private final ByAge byAge = new ByAge();

  /**
   * An empty memory.
   *
   * @param maxEntries how many keys it holds, at least 1; about 140 bytes each
   * @throws IllegalArgumentException if that is less than 1
   */
  public RollbackMemory(int maxEntries) {
    if (maxEntries < 1) {
      throw new IllegalArgumentException("a rollback memory holds at least 1 entry");
    }
    this.maxEntries = maxEntries;
  }

  /** Whether a record of this version may be accepted: no newer one of its key is remembered. */
  public boolean admits(PublicKey key, RecordVersion version) {
    Entry known = byKey.get(new Entry(key));
    return known == null
        || known.createdAt < version.createdAt()
        || !known.version().supersedes(version);
  }

  /** The newest version remembered for a key. */
  public Optional<RecordVersion> newest(PublicKey key) {
    return Optional.ofNullable(byKey.get(new Entry(key))).map(Entry::version);
  }

  /** Remembers a version that was seen, unless a newer one of the key is already known. */
  public void remember(PublicKey key, RecordVersion version) {
    Entry entry = new Entry(key);
    Entry known = byKey.get(entry);
    if (known != null) {
      if (version.supersedes(known.version())) {
        known.version(version);
        byAge.changed(known);
      }
      return;
    }
    entry.version(version);
    byKey.put(entry, entry);
    byAge.add(entry);
    if (byAge.size() > maxEntries) {
      drop(byAge.first());
    }
  }

  /**
   * Drops every entry that protects nothing any more.
   *
   * @param unixSeconds now
   * @return how many were dropped
   */
  public int forget(long unixSeconds) {
    int before = byAge.size();
    while (!byAge.isEmpty() && unixSeconds - byAge.first().createdAt >= KEPT_SECONDS) {
      drop(byAge.first());
    }
    return before - byAge.size();
  }

  /** How many keys are remembered. */
  public int size() {
    return byAge.size();
  }

  /** Passes every entry to {@code each}, the one forgotten soonest first; to save them. */
  public void forEach(BiConsumer<PublicKey, RecordVersion> each) {
    List<Entry> entries = new ArrayList<>(byKey.values());
    entries.sort(FORGOTTEN_FIRST);
    entries.forEach(entry -> each.accept(entry.key(), entry.version()));
  }

  private void drop(Entry entry) {
    byAge.remove(entry);
    byKey.remove(entry);
  }
}
