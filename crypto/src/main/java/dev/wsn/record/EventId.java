package dev.wsn.record;

import java.util.Arrays;
import java.util.HexFormat;

/** SHA-256 of a NIP-01 event's canonical serialization, 32 bytes. Immutable. */
public final class EventId implements Comparable<EventId> {
  /** Length of the encoding. */
  public static final int BYTES = 32;

  private final byte[] hash;

  private EventId(byte[] hash) {
    this.hash = hash;
  }

  /**
   * The value with this encoding.
   *
   * @param bytes 32 bytes, copied
   * @throws IllegalArgumentException if the length is not 32
   */
  public static EventId of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("an event id is 32 bytes, not " + bytes.length);
    }
    return new EventId(bytes.clone());
  }

  /** The 32 bytes, a fresh copy. */
  public byte[] bytes() {
    return hash.clone();
  }

  /** 64 lower-case hexadecimal digits. */
  public String hex() {
    return HexFormat.of().formatHex(hash);
  }

  /** Unsigned lexicographic order, the tie-break of NIP-01. */
  @Override
  public int compareTo(EventId other) {
    return Arrays.compareUnsigned(hash, other.hash);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EventId id && Arrays.equals(hash, id.hash);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(hash);
  }

  @Override
  public String toString() {
    return hex();
  }
}
