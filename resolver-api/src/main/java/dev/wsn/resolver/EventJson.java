package dev.wsn.resolver;

import com.fasterxml.jackson.core.JsonGenerator;
import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Signature;
import dev.wsn.record.EventId;
import dev.wsn.record.NostrEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The JSON object of a NIP-01 event. Types are strict (hex is lower-case and of exact length, times
 * and kinds are integers), all seven fields must be there, a field that occurs twice is refused,
 * and unknown fields are skipped: the id does not cover them, so nothing may depend on them.
 * Reading verifies nothing else. Stateless.
 */
public final class EventJson {
  /** Longest text that is read. */
  public static final int MAX_BYTES = 16 * 1024;

  /** Most tags, and most strings in a tag; a record of 512 bytes cannot have more. */
  public static final int MAX_TAGS = 512;

  /** Largest integer that every JSON implementation keeps exactly. */
  private static final long MAX_SAFE_INTEGER = (1L << 53) - 1;

  private static final int MAX_KIND = 65_535;

  private EventJson() {}

  /**
   * The event in a JSON text.
   *
   * @param utf8 untrusted, at most {@value #MAX_BYTES} bytes
   * @throws MalformedJsonException if it is anything but the JSON of an event
   */
  public static NostrEvent read(byte[] utf8) {
    return StrictJson.read(
        utf8,
        MAX_BYTES,
        in -> {
          Draft draft = new Draft(in);
          in.nextObject("the event", draft);
          return draft.event();
        });
  }

  /** The event at the current token. */
  public static NostrEvent read(StrictJson in) throws IOException {
    Draft draft = new Draft(in);
    in.object("the event", draft);
    return draft.event();
  }

  /**
   * The JSON text of an event, UTF-8 without white space, fields in the order of NIP-01; a lone
   * surrogate is escaped, so that every event survives.
   */
  public static byte[] write(NostrEvent event) {
    return StrictJson.write(out -> write(out, event));
  }

  /** Writes the object as the next value. */
  public static void write(JsonGenerator out, NostrEvent event) throws IOException {
    out.writeStartObject();
    out.writeStringField("id", event.id().hex());
    out.writeStringField("pubkey", event.pubkey().hex());
    out.writeNumberField("created_at", event.createdAt());
    out.writeNumberField("kind", event.kind());
    out.writeArrayFieldStart("tags");
    for (List<String> tag : event.tags()) {
      out.writeStartArray();
      for (String text : tag) {
        out.writeString(text);
      }
      out.writeEndArray();
    }
    out.writeEndArray();
    out.writeStringField("content", event.content());
    out.writeStringField("sig", event.signature().hex());
    out.writeEndObject();
  }

  /** The fields seen so far. */
  private static final class Draft implements StrictJson.FieldReader {
    private final StrictJson in;
    private @Nullable EventId id;
    private @Nullable PublicKey pubkey;
    private @Nullable Long createdAt;
    private @Nullable Long kind;
    private @Nullable List<List<String>> tags;
    private @Nullable String content;
    private @Nullable Signature signature;

    Draft(StrictJson in) {
      this.in = in;
    }

    @Override
    public boolean read(String name) throws IOException {
      switch (name) {
        case "id" -> id = EventId.of(in.hex(name, EventId.BYTES));
        case "pubkey" -> pubkey = PublicKey.of(in.hex(name, PublicKey.BYTES));
        case "created_at" -> createdAt = in.integer(name, 0, MAX_SAFE_INTEGER);
        case "kind" -> kind = in.integer(name, 0, MAX_KIND);
        case "tags" -> tags = tags();
        case "content" -> content = in.text(name);
        case "sig" -> signature = Signature.of(in.hex(name, Signature.BYTES));
        default -> {
          return false;
        }
      }
      return true;
    }

    private List<List<String>> tags() throws IOException {
      List<List<String>> all = new ArrayList<>();
      in.array("tags", MAX_TAGS, () -> all.add(tag()));
      return all;
    }

    private List<String> tag() throws IOException {
      List<String> texts = new ArrayList<>();
      in.array("a tag", MAX_TAGS, () -> texts.add(in.text("a tag's element")));
      return texts;
    }

    NostrEvent event() {
      return new NostrEvent(
          present(id, "id"),
          present(pubkey, "pubkey"),
          present(createdAt, "created_at"),
          present(kind, "kind").intValue(),
          present(tags, "tags"),
          present(content, "content"),
          present(signature, "sig"));
    }

    private static <T> T present(@Nullable T value, String name) {
      if (value == null) {
        throw new MalformedJsonException("the event has no " + name);
      }
      return value;
    }
  }
}
