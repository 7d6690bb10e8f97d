package dev.wsn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.wsn.record.NostrEvent;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A NIP-01 filter: an event matches when it matches every condition that is there.
 *
 * @param ids event ids in hex, or null for any
 * @param authors public keys in hex, or null for any
 * @param kinds kinds, or null for any
 * @param tags values by single-letter tag name
 * @param since first {@code created_at}
 * @param until last {@code created_at}
 * @param limit most stored events that are wanted
 */
record RelayFilter(
    @Nullable Set<String> ids,
    @Nullable Set<String> authors,
    @Nullable Set<Long> kinds,
    Map<String, Set<String>> tags,
    long since,
    long until,
    int limit) {
  /** Values of one condition; more are refused. */
  static final int MAX_VALUES = 500;

  /**
   * Reads a filter.
   *
   * @param node untrusted
   * @param maxLimit what {@code limit} is cut to
   * @throws IllegalArgumentException if it is none, with a message for the client
   */
  static RelayFilter read(JsonNode node, int maxLimit) {
    if (!node.isObject()) {
      throw new IllegalArgumentException("a filter is an object");
    }
    Map<String, Set<String>> tags = new HashMap<>();
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      if (field.getKey().matches("#[a-zA-Z]")) {
        tags.put(field.getKey().substring(1), texts(field.getValue()));
      }
    }
    JsonNode kinds = node.get("kinds");
    return new RelayFilter(
        node.has("ids") ? texts(node.get("ids")) : null,
        node.has("authors") ? texts(node.get("authors")) : null,
        kinds == null ? null : numbers(kinds),
        Map.copyOf(tags),
        node.path("since").asLong(Long.MIN_VALUE),
        node.path("until").asLong(Long.MAX_VALUE),
        Math.max(0, Math.min(maxLimit, node.path("limit").asInt(maxLimit))));
  }

  private static Set<String> texts(JsonNode array) {
    Set<String> values = new HashSet<>();
    for (JsonNode value : array(array)) {
      values.add(value.asText());
    }
    return values;
  }

  private static Set<Long> numbers(JsonNode array) {
    Set<Long> values = new HashSet<>();
    for (JsonNode value : array(array)) {
      values.add(value.asLong(-1));
    }
    return values;
  }

  private static JsonNode array(JsonNode node) {
    if (!node.isArray() || node.size() > MAX_VALUES) {
      throw new IllegalArgumentException("a condition is a list of at most " + MAX_VALUES);
    }
    return node;
  }

  /** Whether the event fulfils every condition but the limit. */
  boolean matches(NostrEvent event) {
    return (ids == null || ids.contains(event.id().hex()))
        && (authors == null || authors.contains(event.pubkey().hex()))
        && (kinds == null || kinds.contains((long) event.kind()))
        && event.createdAt() >= since
        && event.createdAt() <= until
        && tags.entrySet().stream().allMatch(wanted -> hasTag(event, wanted));
  }

  private static boolean hasTag(NostrEvent event, Map.Entry<String, Set<String>> wanted) {
    for (List<String> tag : event.tags()) {
      if (tag.size() > 1
          && tag.get(0).equals(wanted.getKey())
          && wanted.getValue().contains(tag.get(1))) {
        return true;
      }
    }
    return false;
  }
}
