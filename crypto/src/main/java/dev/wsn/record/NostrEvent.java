package dev.wsn.record;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Signature;
import java.util.List;

/**
 * A NIP-01 event as it arrived: nothing about it is verified. Immutable.
 *
 * @param id as claimed
 * @param pubkey the author
 * @param createdAt Unix seconds
 * @param kind 0..65535
 * @param tags lists of strings, copied
 * @param content free text
 * @param signature as claimed
 */
public record NostrEvent(
    EventId id,
    PublicKey pubkey,
    long createdAt,
    int kind,
    List<List<String>> tags,
    String content,
    Signature signature) {
  /** Copies the tags. */
  public NostrEvent {
    tags = tags.stream().map(List::copyOf).toList();
  }

  /**
   * What the id is the hash of: {@code [0,pubkey,created_at,kind,tags,content]} as JSON without
   * white space, in UTF-8 (NIP-01, "Events and signatures"). A lone surrogate becomes {@code ?}.
   */
  public byte[] canonicalBytes() {
    return CanonicalEvent.bytes(pubkey, createdAt, kind, tags, content);
  }

  /** The id that this event should have, whatever {@link #id} claims. */
  public EventId computeId() {
    return CanonicalEvent.id(canonicalBytes());
  }
}
