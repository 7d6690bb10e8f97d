package dev.wsn.resolver.mirror;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.NostrEvent;
import dev.wsn.resolver.EventJson;
import dev.wsn.resolver.MalformedJsonException;
import dev.wsn.resolver.StrictJson;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What a relay says to us (NIP-01), as far as it matters, and what we say to it. */
sealed interface MirrorMessage {
  /** Longest message that is read. */
  int MAX_BYTES = 64 * 1024;

  /** Most elements of one. */
  int MAX_ELEMENTS = 16;

  /** An event of a question; nothing about it is verified. */
  record Told(String question, NostrEvent event) implements MirrorMessage {}

  /** There is nothing more; {@code isRefused} when the relay did not even look. */
  record Over(String question, boolean isRefused) implements MirrorMessage {}

  /** What became of an event that was sent. */
  record Taken(String id, boolean isAccepted, String reason) implements MirrorMessage {}

  /** Something that asks for nothing. */
  record Other() implements MirrorMessage {}

  /** Asks for the record of a key. */
  static String question(String name, PublicKey key) {
    return text(
        out -> {
          out.writeString("REQ");
          out.writeString(name);
          out.writeStartObject();
          out.writeArrayFieldStart("kinds");
          out.writeNumber(AddressRecord.KIND);
          out.writeEndArray();
          out.writeArrayFieldStart("authors");
          out.writeString(key.hex());
          out.writeEndArray();
          out.writeNumberField("limit", 1);
          out.writeEndObject();
        });
  }

  /** Ends a question. */
  static String end(String name) {
    return text(
        out -> {
          out.writeString("CLOSE");
          out.writeString(name);
        });
  }

  /** Publishes an event. */
  static String event(NostrEvent event) {
    return text(
        out -> {
          out.writeString("EVENT");
          EventJson.write(out, event);
        });
  }

  private static String text(StrictJson.Body elements) {
    return new String(
        StrictJson.write(
            out -> {
              out.writeStartArray();
              elements.write(out);
              out.writeEndArray();
            }),
        UTF_8);
  }

  /**
   * Reads a message.
   *
   * @throws MalformedJsonException if it is none
   */
  static MirrorMessage read(String text) {
    return StrictJson.read(
        text.getBytes(UTF_8),
        MAX_BYTES,
        in -> {
          Draft draft = new Draft(in);
          in.nextArray("the message", MAX_ELEMENTS, draft::element);
          return draft.message();
        });
  }

  /** The elements read so far. */
  final class Draft {
    private final StrictJson in;
    private String verb = "";
    private String name = "";
    private String reason = "";
    private boolean isAccepted;
    private @Nullable NostrEvent event;
    private int read;

    private Draft(StrictJson in) {
      this.in = in;
    }

    private void element() throws IOException {
      int place = read;
      read++;
      if (place == 0) {
        verb = in.text("the first element");
      } else if (place == 1) {
        name = in.textIfAny().orElse("");
      } else if (place == 2 && verb.equals("EVENT")) {
        event = EventJson.read(in);
      } else if (place == 2 && verb.equals("OK")) {
        isAccepted = in.flag("whether the event is accepted");
      } else if (place == 3 && verb.equals("OK")) {
        reason = in.textIfAny().orElse("");
      } else {
        in.skip();
      }
    }

    private MirrorMessage message() {
      return switch (verb) {
        case "EVENT" -> event == null ? new Other() : new Told(name, event);
        case "EOSE" -> new Over(name, false);
        case "CLOSED" -> new Over(name, true);
        case "OK" -> new Taken(name, isAccepted, reason);
        default -> new Other();
      };
    }
  }
}
