package dev.wsn.record;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Signature;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A NIP-01 event as it arrived: its signature is not verified, and its id only if it came in the
 * compact form, from which the id is computed. Such an event keeps the form, and reads its tags
 * from it when they are asked for: most that a node passes on are never looked into. Immutable;
 * equal by what it says, not by how it came.
 */
public final class NostrEvent {
  private static final byte[] NO_FORM = {};

  private final EventId id;
  private final PublicKey pubkey;
  private final long createdAt;
  private final int kind;
  private final String content;
  private final Signature signature;
  private final byte[] form;

  /** Null until they are read from the form; whoever reads them at the same time reads the same. */
  private @Nullable List<List<String>> tags;

  /**
   * An event in parts.
   *
   * @param id as claimed
   * @param pubkey the author
   * @param createdAt Unix seconds
   * @param kind 0..65535
   * @param tags lists of strings, copied
   * @param content free text
   * @param signature as claimed
   */
  public NostrEvent(
      EventId id,
      PublicKey pubkey,
      long createdAt,
      int kind,
      List<List<String>> tags,
      String content,
      Signature signature) {
    this(
        NO_FORM,
        id,
        pubkey,
        createdAt,
        kind,
        tags.stream().map(List::copyOf).toList(),
        content,
        signature);
  }

  private NostrEvent(
      byte[] form,
      EventId id,
      PublicKey pubkey,
      long createdAt,
      int kind,
      @Nullable List<List<String>> tags,
      String content,
      Signature signature) {
    this.form = form;
    this.id = id;
    this.pubkey = pubkey;
    this.createdAt = createdAt;
    this.kind = kind;
    this.tags = tags;
    this.content = content;
    this.signature = signature;
  }

  /**
   * For {@link RecordCodec} alone: an event in its one compact form, whose tags wait until they are
   * asked for.
   *
   * @param form not copied; must not change any more
   * @param id computed from it
   */
  static NostrEvent ofForm(
      byte[] form, EventId id, PublicKey pubkey, long createdAt, Signature signature) {
    return new NostrEvent(form, id, pubkey, createdAt, AddressRecord.KIND, null, "", signature);
  }

  /**
   * For {@link RecordCodec} alone: this event, which was read from its one compact form.
   *
   * @param read not copied; must not change any more
   */
  NostrEvent withForm(byte[] read) {
    return new NostrEvent(read, id, pubkey, createdAt, kind, tags, content, signature);
  }

  /** Whether the compact form is at hand, and with it an id that was computed. */
  boolean hasForm() {
    return form.length > 0;
  }

  /** The compact form, not a copy; empty if it is not at hand. */
  byte[] form() {
    return form;
  }

  /** As claimed; as computed if this came in the compact form. */
  public EventId id() {
    return id;
  }

  /** The author. */
  public PublicKey pubkey() {
    return pubkey;
  }

  /** Unix seconds. */
  public long createdAt() {
    return createdAt;
  }

  /** 0..65535. */
  public int kind() {
    return kind;
  }

  /** Lists of strings. */
  public List<List<String>> tags() {
    List<List<String>> read = tags;
    if (read == null) {
      read = RecordCodec.tags(form);
      tags = read;
    }
    return read;
  }

  /** Free text. */
  public String content() {
    return content;
  }

  /** As claimed. */
  public Signature signature() {
    return signature;
  }

  /**
   * What the id is the hash of: {@code [0,pubkey,created_at,kind,tags,content]} as JSON without
   * white space, in UTF-8 (NIP-01, "Events and signatures"). A lone surrogate becomes {@code ?}.
   */
  public byte[] canonicalBytes() {
    return CanonicalEvent.bytes(pubkey, createdAt, kind, tags(), content);
  }

  /** The id that this event should have, whatever {@link #id} claims. */
  public EventId computeId() {
    return CanonicalEvent.id(canonicalBytes());
  }

  @Override
  public boolean equals(Object other) {
    if (!(other instanceof NostrEvent that)) {
      return false;
    }
    if (hasForm() && that.hasForm()) {
      return Arrays.equals(form, that.form);
    }
    return id.equals(that.id)
        && pubkey.equals(that.pubkey)
        && createdAt == that.createdAt
        && kind == that.kind
        && content.equals(that.content)
        && signature.equals(that.signature)
        && tags().equals(that.tags());
  }

  @Override
  public int hashCode() {
    return Objects.hash(id, signature);
  }

  @Override
  public String toString() {
    return String.format(
        "NostrEvent[id=%s, pubkey=%s, createdAt=%d, kind=%d, tags=%s, content=%s, signature=%s]",
        id, pubkey, createdAt, kind, tags(), content, signature);
  }
}
