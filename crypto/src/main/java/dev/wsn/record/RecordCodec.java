package dev.wsn.record;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Signature;
import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * The compact binary form of an event of kind 11111, at most 512 bytes: version 1, pubkey 32,
 * signature 64, created_at, then the tags with their usual texts abbreviated (PROTOCOL.md, "Compact
 * record"). One event has exactly one form, and the form has everything the id is computed from, so
 * the id itself is not in it.
 */
public final class RecordCodec {
  /** The longest compact form. */
  public static final int MAX_BYTES = 512;

  private static final byte VERSION = 1;

  private RecordCodec() {}

  /**
   * The compact form; lossless, so that the id can be recomputed from it.
   *
   * @throws MalformedRecordException if the event has another kind, a content, a negative time, a
   *     lone surrogate, or a form over {@link #MAX_BYTES}
   */
  public static byte[] encode(NostrEvent event) {
    return event.hasForm() ? event.form().clone() : write(event);
  }

  private static byte[] write(NostrEvent event) {
    if (event.kind() != AddressRecord.KIND || !event.content().isEmpty()) {
      throw new MalformedRecordException("only events of kind 11111 without content are records");
    }
    if (event.createdAt() < 0) {
      throw new MalformedRecordException("created_at is negative");
    }
    for (List<String> tag : event.tags()) {
      for (String text : tag) {
        if (CompactText.hasLoneSurrogate(text)) {
          throw new MalformedRecordException("a tag holds half a character (a lone surrogate)");
        }
      }
    }
    return tryEncode(event)
        .orElseThrow(
            () ->
                new MalformedRecordException("the record is longer than " + MAX_BYTES + " bytes"));
  }

  /**
   * The compact form of an event whose form is otherwise checked; empty if it is too long. Not a
   * copy where the event keeps it.
   */
  static Optional<byte[]> tryEncode(NostrEvent event) {
    if (event.hasForm()) {
      return Optional.of(event.form());
    }
    ByteBuffer out = ByteBuffer.allocate(MAX_BYTES);
    try {
      out.put(VERSION).put(event.pubkey().bytes()).put(event.signature().bytes());
      CompactText.putNumber(out, event.createdAt());
      CompactText.putNumber(out, event.tags().size());
      for (List<String> tag : event.tags()) {
        CompactText.putNumber(out, tag.size());
        for (String text : tag) {
          CompactText.put(out, text, event.createdAt());
        }
      }
    } catch (BufferOverflowException tooLong) {
      return Optional.empty();
    }
    return Optional.of(Arrays.copyOf(out.array(), out.position()));
  }

  /**
   * The event in a compact form; its id is recomputed, its signature not verified.
   *
   * @param bytes untrusted
   * @throws MalformedRecordException for anything that {@link #encode} does not make
   */
  public static NostrEvent decode(byte[] bytes) {
    if (bytes.length > MAX_BYTES) {
      throw new MalformedRecordException("the record is longer than " + MAX_BYTES + " bytes");
    }
    byte[] form = bytes.clone();
    NostrEvent event;
    try {
      event = read(ByteBuffer.wrap(form));
    } catch (BufferUnderflowException cutShort) {
      throw new MalformedRecordException("the record is cut short at " + bytes.length + " bytes");
    }
    // Refuses every other spelling at once: longer numbers, words spelled out, bad UTF-8, a tail.
    if (!Arrays.equals(write(event), form)) {
      throw new MalformedRecordException("the record is not in its one compact form");
    }
    return event.withForm(form);
  }

  /**
   * The event of a compact form that {@link #encode} made, whose id is known.
   *
   * @param compact not copied
   */
  static NostrEvent decode(byte[] compact, EventId id) {
    ByteBuffer in = ByteBuffer.wrap(compact).position(1);
    PublicKey pubkey = PublicKey.of(take(in, PublicKey.BYTES));
    Signature signature = Signature.of(take(in, Signature.BYTES));
    return NostrEvent.ofForm(compact, id, pubkey, CompactText.number(in), signature);
  }

  /** The tags of a compact form that {@link #encode} made. */
  static List<List<String>> tags(byte[] compact) {
    ByteBuffer in = ByteBuffer.wrap(compact).position(1 + PublicKey.BYTES + Signature.BYTES);
    return tags(in, CompactText.number(in));
  }

  private static NostrEvent read(ByteBuffer in) {
    byte version = in.get();
    if (version != VERSION) {
      throw new MalformedRecordException("unknown compact form " + (version & 0xff));
    }
    PublicKey pubkey = PublicKey.of(take(in, PublicKey.BYTES));
    Signature signature = Signature.of(take(in, Signature.BYTES));
    long createdAt = CompactText.number(in);
    List<List<String>> tags = tags(in, createdAt);
    EventId id =
        CanonicalEvent.id(CanonicalEvent.bytes(pubkey, createdAt, AddressRecord.KIND, tags, ""));
    return new NostrEvent(id, pubkey, createdAt, AddressRecord.KIND, tags, "", signature);
  }

  private static List<List<String>> tags(ByteBuffer in, long createdAt) {
    int tagCount = count(in);
    List<List<String>> tags = new ArrayList<>(tagCount);
    for (int i = 0; i < tagCount; i++) {
      int elements = count(in);
      List<String> tag = new ArrayList<>(elements);
      for (int j = 0; j < elements; j++) {
        tag.add(CompactText.text(in, createdAt));
      }
      tags.add(List.copyOf(tag));
    }
    return List.copyOf(tags);
  }

  /** How many things follow; each is at least one byte, which bounds what is allocated for them. */
  private static int count(ByteBuffer in) {
    long count = CompactText.number(in);
    if (count > in.remaining()) {
      throw new BufferUnderflowException();
    }
    return (int) count;
  }

  private static byte[] take(ByteBuffer in, int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }
}
