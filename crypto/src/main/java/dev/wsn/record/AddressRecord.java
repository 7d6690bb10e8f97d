package dev.wsn.record;

import dev.wsn.crypto.PublicKey;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * A verified address record: an event of kind 11111 whose id, signature and form were checked. Only
 * {@link RecordRules} makes one. Whether it is still alive is asked at use, with the time.
 * Immutable. A node holds a million of them, so it keeps the compact form, some 210 bytes in all,
 * and makes the rest when it is asked for.
 */
public final class AddressRecord {
  /** "Transport Method Announcement" in the registry of kinds. */
  public static final int KIND = 11_111;

  private static final int KEY_AT = 1;

  private final byte[] compact;
  private final long createdAt;
  private final long expiresAt;
  private final long i0;
  private final long i1;
  private final long i2;
  private final long i3;
  private final boolean isWithdrawal;

  private AddressRecord(RecordRules.StoredForm verified) {
    this.compact = verified.compact();
    this.createdAt = verified.createdAt();
    this.expiresAt = verified.expiresAt();
    this.isWithdrawal = verified.isWithdrawal();
    ByteBuffer hash = ByteBuffer.wrap(verified.id().bytes());
    this.i0 = hash.getLong();
    this.i1 = hash.getLong();
    this.i2 = hash.getLong();
    this.i3 = hash.getLong();
  }

  /** For {@link RecordRules} alone. */
  static AddressRecord of(RecordRules.StoredForm verified) {
    return new AddressRecord(verified);
  }

  /** What a disk keeps of it. */
  public RecordRules.StoredForm stored() {
    return new RecordRules.StoredForm(compact(), createdAt, id(), expiresAt, isWithdrawal);
  }

  /** The signed event, which shares the compact form; made at each call. */
  public NostrEvent event() {
    return RecordCodec.decode(compact, id());
  }

  private EventId id() {
    return EventId.of(
        ByteBuffer.allocate(EventId.BYTES).putLong(i0).putLong(i1).putLong(i2).putLong(i3).array());
  }

  /** The event as {@link RecordCodec} writes it, at most 512 bytes, a fresh copy. */
  public byte[] compact() {
    return compact.clone();
  }

  /** Whose record this is. */
  public PublicKey pubkey() {
    return PublicKey.of(Arrays.copyOfRange(compact, KEY_AT, KEY_AT + PublicKey.BYTES));
  }

  /** What orders the records of this key. */
  public RecordVersion version() {
    return new RecordVersion(createdAt, id());
  }

  /** Unix seconds. */
  public long createdAt() {
    return createdAt;
  }

  /** Unix seconds from which on the record is dead. */
  public long expiresAt() {
    return expiresAt;
  }

  /** At most 8, in order of preference; none in a withdrawal. Made anew at each call. */
  public List<Endpoint> endpoints() {
    return RecordForm.endpoints(event());
  }

  /** What the record is announced under, at most 4; made anew at each call. */
  public List<Topic> topics() {
    return Topic.of(event());
  }

  /** Whether the owner says that the key is nowhere now. */
  public boolean isWithdrawal() {
    return isWithdrawal;
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
    return other instanceof AddressRecord that && Arrays.equals(compact, that.compact);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(compact);
  }

  @Override
  public String toString() {
    return "AddressRecord(" + id().hex().substring(0, 8) + ")";
  }
}
