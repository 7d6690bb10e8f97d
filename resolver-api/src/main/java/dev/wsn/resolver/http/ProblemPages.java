package dev.wsn.resolver.http;

import dev.wsn.record.RecordRejection;
import dev.wsn.resolver.Evidence;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What the pages behind the types of problems say: what each means and what to do. Stateless. */
final class ProblemPages {
  private ProblemPages() {}

  /** One problem of every type that this server answers; its detail is true of all of the type. */
  static List<Problem> all() {
    List<Problem> all =
        new ArrayList<>(
            List.of(
                Problems.MALFORMED_REQUEST,
                Problems.malformedKey(
                    "The text in the path is neither an npub nor another form of a key: nprofile,"
                        + " wsn:// or 64 hexadecimal digits."),
                Problems.BAD_POLICY,
                Problems.BAD_PROBE,
                Problems.BAD_TRACE,
                Problems.BAD_TOPIC,
                Problems.BAD_FILTER,
                Problems.malformedBatch(
                    "The body is to be a JSON object with one member, keys: an array of 1 to "
                        + Batch.MAX_KEYS
                        + " keys, each an npub or 64 hexadecimal digits."),
                unknownKey(),
                Problems.NOT_CACHED,
                Problems.NO_SUCH_PATH,
                Problems.methodNotAllowed("what the header field Allow of the answer lists"),
                Problems.notAcceptable("what the interface says"),
                Problems.BODY_TOO_SLOW,
                Problems.BODY_TOO_LARGE,
                Problems.URI_TOO_LONG,
                Problems.NOT_JSON,
                Problems.ENCODED_BODY,
                Problems.KEY_MISMATCH,
                rateLimited(),
                Problems.HEADERS_TOO_LARGE,
                Problems.INTERNAL,
                Problems.of(new Resolution.Untrusted("The next resolver's answer does not hold.")),
                Problems.unreachable(
                    "No node of the DHT answers this resolver, so it knows nothing of the key. Try"
                        + " again after the seconds of Retry-After, or ask another resolver."),
                tooFew(),
                Problems.BUSY,
                Problems.TOO_MANY_STREAMS,
                Problems.MALFORMED_DNS,
                Problems.NOT_DNS,
                Problems.TIMED_OUT));
    for (RecordRejection reason : RecordRejection.values()) {
      all.add(Problems.refused(reason, meaning(reason)));
    }
    return all;
  }

  private static Problem unknownKey() {
    return like(
        Problems.of(new Resolution.NotFound(Evidence.none(ResolvePolicy.FAST, "dht"))),
        "The nodes of the DHT that were asked have no live record of this key: its owner has"
            + " published none, or the last one expired. The member evidence says how many were"
            + " asked and how many answered.");
  }

  private static Problem rateLimited() {
    return Problem.of(
        429,
        "rate-limited",
        "Too many requests of one client",
        "Retry-After and the RateLimit header fields say when to come back.");
  }

  private static Problem tooFew() {
    return like(
        Problems.of(new Publication.TooFew(0, 1, Map.of())),
        "Fewer nodes than required said that they keep the record. Those that did keep it; send"
            + " the same event again. The member refusals says why the others did not.");
  }

  private static Problem like(Problem problem, String detail) {
    return new Problem(
        problem.status(), problem.type(), problem.title(), detail, new Problem.Extra.None());
  }

  private static String meaning(RecordRejection reason) {
    return switch (reason) {
      case MALFORMED ->
          "The body is not the JSON of one signed Nostr event (NIP-01), or its created_at is before"
              + " 1970.";
      case WRONG_KIND -> "The kind of the event is to be 11111.";
      case CONTENT_NOT_EMPTY -> "The content of the event is to be empty.";
      case FORBIDDEN_CHARACTER -> "A tag has a control character or half of a surrogate pair.";
      case TOO_LARGE ->
          "The compact form of the record is longer than 512 bytes: name fewer or shorter things in"
              + " its tags.";
      case NO_EXPIRATION -> "The event needs exactly one expiration tag with a number (NIP-40).";
      case EXPIRED -> "The expiration is not in the future. Sign a new event; check the clock.";
      case LIFETIME_TOO_LONG ->
          "From created_at to the expiration may pass 1 second at least and 24 hours at most.";
      case FROM_THE_FUTURE -> "The created_at is more than 60 s ahead. Check the clock.";
      case TOO_MANY_ENDPOINTS -> "A record names at most 8 endpoints.";
      case BAD_ENDPOINT ->
          "An endpoint tag has no host, port or known protocol, or it names a host: give a literal"
              + " IPv4 or IPv6 address, or an onion name of version 3.";
      case PRIVATE_ADDRESS ->
          "An endpoint is a loopback, private or link-local address, which strangers cannot reach.";
      case UNUSABLE_ADDRESS -> "An endpoint is an unspecified, multicast or reserved address.";
      case BAD_ID -> "The id is not the SHA-256 of the event's canonical serialization (NIP-01).";
      case BAD_SIGNATURE -> "The signature is not one of the event's pubkey over its id (BIP-340).";
      case OLDER_THAN_KNOWN ->
          "A newer record of this key is known: one with a later created_at or, in the same second,"
              + " with a smaller id. Sign a new event with the time of now.";
      case FULL -> "The nodes that should keep the record have no room for it. Try again later.";
    };
  }
}
