package dev.wsn.resolver.http;

import dev.wsn.resolver.MalformedJsonException;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.StrictJson;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The body of {@code POST /v1/resolve}.
 *
 * @param keys as given, at most {@link #MAX_KEYS}
 * @param policy for all of them
 */
record Batch(List<String> keys, ResolvePolicy policy) {
  /** Most keys in a batch. */
  static final int MAX_KEYS = 1_000;

  /** Longest body. */
  static final int MAX_BYTES = 256 * 1024;

  /**
   * Reads a body.
   *
   * @throws MalformedJsonException if it is anything else
   */
  static Batch read(byte[] json) {
    return StrictJson.read(
        json,
        MAX_BYTES,
        in -> {
          Draft draft = new Draft(in);
          in.nextObject("the batch", draft);
          return draft.batch();
        });
  }

  private static final class Draft implements StrictJson.FieldReader {
    private final StrictJson in;
    private final List<String> keys = new ArrayList<>();
    private ResolvePolicy policy = ResolvePolicy.FAST;

    Draft(StrictJson in) {
      this.in = in;
    }

    @Override
    public boolean read(String name) throws IOException {
      switch (name) {
        case "keys" -> in.array(name, MAX_KEYS, () -> keys.add(in.text("a key")));
        case "policy" -> {
          Optional<ResolvePolicy> named = Requests.policy(in.text(name));
          policy = named.orElseThrow(() -> new MalformedJsonException("policy is none known here"));
        }
        default -> {
          return false;
        }
      }
      return true;
    }

    Batch batch() {
      if (keys.isEmpty()) {
        throw new MalformedJsonException("the batch has no keys");
      }
      return new Batch(List.copyOf(keys), policy);
    }
  }
}
