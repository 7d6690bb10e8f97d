package dev.wsn.resolver.nostr;

import dev.wsn.record.NostrEvent;
import dev.wsn.resolver.EventJson;
import dev.wsn.resolver.MalformedJsonException;
import dev.wsn.resolver.StrictJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a client says (NIP-01). */
sealed interface ClientMessage {
  /** Longest message. */
  int MAX_BYTES = 64 * 1024;

  /** Most filters of one subscription. */
  int MAX_FILTERS = 10;

  /** Longest name of a subscription, in characters. */
  int MAX_NAME_CHARS = 64;

  /** Publish this. */
  record Publish(NostrEvent event) implements ClientMessage {}

  /** Tell what there is, and what comes. */
  record Subscribe(String name, List<Filter> filters) implements ClientMessage {
    /** Copies the list. */
    public Subscribe {
      filters = List.copyOf(filters);
    }
  }

  /** Tell no more. */
  record Unsubscribe(String name) implements ClientMessage {}

  /** Something of another NIP. */
  record Other() implements ClientMessage {}

  /**
   * Reads a message.
   *
   * @throws MalformedJsonException if it is none
   */
  static ClientMessage read(byte[] json) {
    return StrictJson.read(
        json,
        MAX_BYTES,
        in -> {
          Draft draft = new Draft(in);
          in.nextArray("the message", MAX_FILTERS + 2, draft::element);
          return draft.message();
        });
  }

  /** The elements read so far. */
  final class Draft {
    private final StrictJson in;
    private final List<Filter> filters = new ArrayList<>();
    private String verb = "";
    private String name = "";
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
        return;
      }
      boolean isNamed = verb.equals("REQ") || verb.equals("CLOSE");
      if (isNamed && place == 1) {
        name = in.text("the name of the subscription");
        if (name.isEmpty() || name.length() > MAX_NAME_CHARS) {
          throw new MalformedJsonException(
              "the name of a subscription has 1 to " + MAX_NAME_CHARS + " characters");
        }
      } else if (verb.equals("REQ")) {
        filters.add(FilterJson.read(in));
      } else if (verb.equals("EVENT") && place == 1) {
        event = EventJson.read(in);
      } else {
        in.skip();
      }
    }

    private ClientMessage message() {
      switch (verb) {
        case "EVENT" -> {
          if (event == null) {
            throw new MalformedJsonException("EVENT comes with an event");
          }
          return new Publish(event);
        }
        case "REQ" -> {
          if (filters.isEmpty()) {
            throw new MalformedJsonException("REQ comes with a name and filters");
          }
          return new Subscribe(name, filters);
        }
        case "CLOSE" -> {
          return new Unsubscribe(name);
        }
        default -> {
          return new Other();
        }
      }
    }
  }
}
