package dev.wsn.resolver.nostr;

import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.crypto.PublicKey;
import dev.wsn.record.EventId;
import dev.wsn.resolver.MalformedJsonException;
import dev.wsn.resolver.StrictJson;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads the JSON object of a {@link Filter}; unknown conditions are refused, not ignored. */
final class FilterJson {
  /** Most values of one condition. */
  static final int MAX_VALUES = 1_000;

  private static final int DEFAULT_LIMIT = 100;
  private static final int MAX_KIND = 65_535;
  private static final long LATEST = (1L << 53) - 1;

  private FilterJson() {}

  /** Reads one element of an answered array. */
  private interface Element<T> {
    T read() throws IOException;
  }

  /** The filter at the current token. */
  static Filter read(StrictJson in) throws IOException {
    Draft draft = new Draft(in);
    in.object("a filter", draft);
    return draft.filter();
  }

  private static final class Draft implements StrictJson.FieldReader {
    private final StrictJson in;
    private final Map<String, Set<String>> tags = new HashMap<>();
    private @Nullable Set<EventId> ids;
    private @Nullable Set<PublicKey> authors;
    private @Nullable Set<Long> kinds;
    private long since;
    private long until = LATEST;
    private int limit = DEFAULT_LIMIT;

    Draft(StrictJson in) {
      this.in = in;
    }

    @Override
    public boolean read(String name) throws IOException {
      switch (name) {
        case "ids" -> ids = set(name, () -> EventId.of(in.hex("an id", EventId.BYTES)));
        case "authors" -> authors = set(name, this::author);
        case "kinds" -> kinds = set(name, () -> in.integer("a kind", 0, MAX_KIND));
        case "since" -> since = in.integer(name, 0, LATEST);
        case "until" -> until = in.integer(name, 0, LATEST);
        case "limit" -> limit = (int) Math.min(in.integer(name, 0, LATEST), Filter.MAX_LIMIT);
        default -> {
          if (!name.matches("#[a-zA-Z]")) {
            throw new MalformedJsonException("a filter has a condition that is not known here");
          }
          tags.put(name.substring(1), set("a tag", () -> in.text("a tag")));
        }
      }
      return true;
    }

    private PublicKey author() throws IOException {
      try {
        return PublicKey.of(in.hex("an author", PublicKey.BYTES));
      } catch (MalformedKeyException | IllegalArgumentException noKey) {
        throw new MalformedJsonException("an author is no public key");
      }
    }

    private <T> Set<T> set(String what, Element<T> element) throws IOException {
      Set<T> values = new HashSet<>();
      in.array(what, MAX_VALUES, () -> values.add(element.read()));
      return values;
    }

    Filter filter() {
      return new Filter(ids, authors, kinds, Map.copyOf(tags), since, until, limit);
    }
  }
}
