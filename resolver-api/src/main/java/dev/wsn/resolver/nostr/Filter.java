package dev.wsn.resolver.nostr;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.EventId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What events a subscription is about (NIP-01). A missing condition is null and excludes nothing.
 *
 * @param ids of events
 * @param authors whose records; they are looked up
 * @param kinds of events; only 11111 is here
 * @param tags by the letter, values of which the event has one
 * @param since Unix seconds
 * @param until Unix seconds
 * @param limit most events of the first answer
 */
record Filter(
    @Nullable Set<EventId> ids,
    @Nullable Set<PublicKey> authors,
    @Nullable Set<Long> kinds,
    Map<String, Set<String>> tags,
    long since,
    long until,
    int limit) {
  /** Most events of a first answer. */
  static final int MAX_LIMIT = 500;

  /** Whether such events can be here at all. */
  boolean isPossible() {
    return kinds == null || kinds.contains((long) AddressRecord.KIND);
  }

  boolean matches(AddressRecord candidate) {
    boolean isOne =
        (ids == null || ids.contains(candidate.event().id()))
            && (authors == null || authors.contains(candidate.pubkey()))
            && candidate.createdAt() >= since
            && candidate.createdAt() <= until;
    return isPossible()
        && isOne
        && tags.entrySet().stream()
            .allMatch(tag -> hasTag(candidate.event().tags(), tag.getKey(), tag.getValue()));
  }

  private static boolean hasTag(List<List<String>> tags, String name, Set<String> values) {
    return tags.stream()
        .anyMatch(tag -> tag.size() > 1 && tag.get(0).equals(name) && values.contains(tag.get(1)));
  }
}
