package dev.wsn.record;

import dev.wsn.crypto.PublicKey;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.BiConsumer;

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

  private record Entry(PublicKey key, RecordVersion version) {}

  private static final Comparator<Entry> FORGOTTEN_FIRST =
      Comparator.<Entry>comparingLong(entry -> entry.version().createdAt())
          .thenComparing(Entry::key);

  private final int maxEntries;
  private final Map<PublicKey, RecordVersion> newest = new HashMap<>();
  private final TreeSet<Entry> byAge = new TreeSet<>(FORGOTTEN_FIRST);

  /**
   * An empty memory.
   *
   * @param maxEntries how many keys it holds, at least 1; about 300 bytes each
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
    RecordVersion known = newest.get(key);
    return known == null || !known.supersedes(version);
  }

  /** The newest version remembered for a key. */
  public Optional<RecordVersion> newest(PublicKey key) {
    return Optional.ofNullable(newest.get(key));
  }

  /** Remembers a version that was seen, unless a newer one of the key is already known. */
  public void remember(PublicKey key, RecordVersion version) {
    RecordVersion known = newest.get(key);
    if (known != null) {
      if (!version.supersedes(known)) {
        return;
      }
      byAge.remove(new Entry(key, known));
    }
    newest.put(key, version);
    byAge.add(new Entry(key, version));
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
    while (!byAge.isEmpty() && isOver(byAge.first(), unixSeconds)) {
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
    byAge.forEach(entry -> each.accept(entry.key(), entry.version()));
  }

  private static boolean isOver(Entry entry, long now) {
    return now - entry.version().createdAt() >= KEPT_SECONDS;
  }

  private void drop(Entry entry) {
    byAge.remove(entry);
    newest.remove(entry.key());
  }
}
