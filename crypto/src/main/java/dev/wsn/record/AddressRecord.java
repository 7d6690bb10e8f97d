package dev.wsn.record;

import dev.wsn.crypto.PublicKey;
import java.util.List;

/**
 * A verified address record: an event of kind 11111 whose id, signature and form were checked. Only
 * {@link RecordRules} makes one. Whether it is still alive is asked at use, with the time.
 * Immutable.
 */
public final class AddressRecord {
  /** "Transport Method Announcement" in the registry of kinds. */
  public static final int KIND = 11_111;

  private final NostrEvent event;
  private final byte[] compact;
  private final RecordVersion version;
  private final long expiresAt;
  private final List<Endpoint> endpoints;

  AddressRecord(NostrEvent event, byte[] compact, long expiresAt, List<Endpoint> endpoints) {
    this.event = event;
    this.compact = compact;
    this.version = new RecordVersion(event.createdAt(), event.id());
    this.expiresAt = expiresAt;
    this.endpoints = List.copyOf(endpoints);
  }

  /** The signed event. */
  public NostrEvent event() {
    return event;
  }

  /** The event as {@link RecordCodec} writes it, at most 512 bytes, a fresh copy. */
  public byte[] compact() {
    return compact.clone();
  }

  /** Whose record this is. */
  public PublicKey pubkey() {
    return event.pubkey();
  }

  /** What orders the records of this key. */
  public RecordVersion version() {
    return version;
  }

  /** Unix seconds. */
  public long createdAt() {
    return event.createdAt();
  }

  /** Unix seconds from which on the record is dead. */
  public long expiresAt() {
    return expiresAt;
  }

  /** At most 8, in order of preference; none in a withdrawal. */
  public List<Endpoint> endpoints() {
    return endpoints;
  }

  /** Whether the owner says that the key is nowhere now. */
  public boolean isWithdrawal() {
    return endpoints.isEmpty();
  }

  /**
   * Whether the record has not expired.
   *
   * @param unixSeconds now
   */
  public boolean isLive(long unixSeconds) {
    return unixSeconds < expiresAt;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof AddressRecord that && event.equals(that.event);
  }

  @Override
  public int hashCode() {
    return event.id().hashCode();
  }

  @Override
  public String toString() {
    return "AddressRecord(" + event.id().hex().substring(0, 8) + ")";
  }
}
