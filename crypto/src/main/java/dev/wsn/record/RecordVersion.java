package dev.wsn.record;

/**
 * What orders the records of one key: newest {@code created_at} wins, and at equal times the lowest
 * id (NIP-01, replaceable events). The greater version is the one to keep.
 *
 * @param createdAt Unix seconds
 * @param id the event's id
 */
public record RecordVersion(long createdAt, EventId id) implements Comparable<RecordVersion> {
  /** Negative when {@code other} supersedes this one. */
  @Override
  public int compareTo(RecordVersion other) {
    int byTime = Long.compare(createdAt, other.createdAt);
    return byTime != 0 ? byTime : other.id.compareTo(id);
  }

  /** Whether a record of this version replaces one of the other. */
  public boolean supersedes(RecordVersion other) {
    return compareTo(other) > 0;
  }
}
