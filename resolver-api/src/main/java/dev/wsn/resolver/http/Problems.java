package dev.wsn.resolver.http;

import dev.wsn.record.RecordRejection;
import dev.wsn.resolver.Acknowledgements;
import dev.wsn.resolver.EventJson;
import dev.wsn.resolver.Evidence;
import dev.wsn.resolver.EvidenceJson;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.cache.AnswerCache;
import dev.wsn.resolver.quota.Quota;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What the domain's answers are in HTTP, and back: the only file that knows both. A found key is
 * 200, a withdrawn one 410 with the same body, an accepted record 201 or, when already known, 200;
 * everything else is one of these problems. docs/PROTOCOL.md lists them.
 */
public final class Problems {
  /** Status of a found key. */
  public static final int FOUND = 200;

  /** Status of a withdrawn key. */
  public static final int WITHDRAWN = 410;

  /** Status of a record that was not known before. */
  public static final int NEW = 201;

  /** Status of a record that was known before. */
  public static final int KNOWN = 200;

  private static final String RECORD = "record-";
  private static final String KEY_UNKNOWN = "key-unknown";
  private static final String DHT_UNREACHABLE = "dht-unreachable";
  private static final String TOO_FEW = "too-few-acknowledgements";
  private static final String TIMEOUT = "timeout";

  static final Problem NO_SUCH_PATH =
      Problem.of(
          404,
          "no-such-path",
          "There is nothing at this path",
          "What there is stands in /openapi.json, and for people in /docs/.");
  static final Problem MALFORMED_REQUEST =
      Problem.of(
          400,
          "malformed-request",
          "The request is malformed",
          "The request line, a header or a percent-encoding is not well formed.");
  static final Problem URI_TOO_LONG =
      Problem.of(
          414,
          "uri-too-long",
          "The URI is too long",
          "The request line is longer than " + ResolverServer.MAX_REQUEST_LINE + " bytes.");
  static final Problem HEADERS_TOO_LARGE =
      Problem.of(
          431,
          "headers-too-large",
          "The headers are too large",
          "The headers are longer than " + ResolverServer.MAX_HEADER_BYTES + " bytes.");
  static final Problem BODY_TOO_LARGE =
      Problem.of(
          413,
          "body-too-large",
          "The body is too large",
          "An event has at most "
              + EventJson.MAX_BYTES
              + " bytes of JSON, a batch "
              + Batch.MAX_BYTES
              + ".");
  static final Problem NOT_JSON =
      Problem.of(
          415,
          "unsupported-media-type",
          "The body has the wrong media type",
          "Send it with Content-Type: application/json, in UTF-8.");
  static final Problem ENCODED_BODY =
      Problem.of(
          415,
          "unsupported-encoding",
          "The body is compressed",
          "Send it as it is, without Content-Encoding: what is sent here is small.");
  static final Problem BAD_POLICY =
      Problem.of(
          400,
          "bad-policy",
          "Unknown policy",
          "The policy is one of "
              + Stream.of(ResolvePolicy.values())
                  .map(EvidenceJson::text)
                  .collect(Collectors.joining(", "))
              + "; without one, fast.");
  static final Problem BAD_PROBE =
      Problem.of(400, "bad-probe", "Neither true nor false", "The probe is true or false.");
  static final Problem BAD_TRACE =
      Problem.of(400, "bad-trace", "Neither true nor false", "The trace is true or false.");
  static final Problem BAD_TOPIC =
      Problem.of(
          400,
          "bad-topic",
          "No topic, or one that is none",
          "Give one topic: 1 to 32 lower-case letters a-z, digits and single hyphens between"
              + " them.");
  static final Problem BAD_FILTER =
      Problem.of(
          400,
          "bad-filter",
          "The filter is malformed",
          "The text q has at most 100 characters; the network is ipv4, ipv6 or tor; each stands"
              + " there once.");
  static final Problem NOT_CACHED =
      Problem.of(
          404,
          "not-cached",
          "Nothing about this key is remembered",
          "The policy is cache, so nobody was asked; ask again with another one.");
  static final Problem MALFORMED_DNS =
      Problem.of(
          400,
          "malformed-dns",
          "No DNS message",
          "Neither the query parameter dns nor the body is a question of DNS (RFC 8484).");
  static final Problem NOT_DNS =
      Problem.of(
          415,
          "unsupported-dns-type",
          "The body is no DNS message",
          "Send it with Content-Type: application/dns-message.");
  static final Problem TOO_MANY_STREAMS =
      Problem.of(
          503,
          "too-many-streams",
          "Too many open streams",
          "This resolver, or this client, has as many streams open as may be.");
  static final Problem KEY_MISMATCH =
      Problem.of(
          422,
          "key-mismatch",
          "The event is of another key",
          "The pubkey of the event is not the key in the path.");
  static final Problem TIMED_OUT =
      Problem.of(
          504,
          TIMEOUT,
          "The DHT did not answer in time",
          "No result after "
              + AnswerCache.Limits.defaults().patience().toSeconds()
              + " s; try again later.");
  static final Problem BODY_TOO_SLOW =
      Problem.of(
          408,
          "body-too-slow",
          "The body came too slowly",
          "The body was not complete after " + Backend.BODY_PATIENCE.toSeconds() + " s.");
  static final Problem BUSY =
      Problem.of(
          503,
          "busy",
          "Too many requests at once",
          "This resolver answers as many requests as it can; try again in a moment.");
  static final Problem INTERNAL =
      Problem.of(
          500,
          "internal",
          "Internal error",
          "This resolver failed; its operator finds the reason in its log.");

  private Problems() {}

  static Problem methodNotAllowed(String allowed) {
    return Problem.of(
        405, "method-not-allowed", "Method not allowed", "Allowed here: " + allowed + ".");
  }

  static Problem malformedKey(String detail) {
    return Problem.of(400, "malformed-key", "The path names no key", detail);
  }

  static Problem notAcceptable(String type) {
    return Problem.of(
        406,
        "not-acceptable",
        "No acceptable media type",
        "The answer is " + type + ", which the Accept header excludes.");
  }

  static Problem malformedBatch(String detail) {
    return Problem.of(400, "malformed-batch", "The body is no batch", detail);
  }

  static Problem rateLimited(Quota quota) {
    return Problem.of(
        429,
        "rate-limited",
        "Too many requests of one client",
        "A client may have %d %s a second, and %d at once."
            .formatted(quota.rate().perSecond(), quota.name(), quota.rate().burst()));
  }

  static Problem malformedEvent(String detail) {
    return refused(RecordRejection.MALFORMED, detail);
  }

  static Problem unreachable(String detail) {
    return Problem.of(503, DHT_UNREACHABLE, "The DHT cannot be reached", detail);
  }

  /** Type {@code record-…} with the name of the rule. */
  public static Problem refused(RecordRejection reason, String detail) {
    int status =
        switch (reason) {
          case MALFORMED -> 400;
          case OLDER_THAN_KNOWN -> 409;
          case FULL -> 503;
          default -> 422;
        };
    return Problem.of(status, RECORD + slug(reason), "The record is refused", detail);
  }

  /** The problem that a failed resolution is; {@code Found} and {@code Withdrawn} are none. */
  public static Problem of(Resolution resolution) {
    if (resolution instanceof Resolution.NotFound notFound) {
      Evidence evidence = notFound.evidence();
      return Problem.of(
              404,
              KEY_UNKNOWN,
              "No live record of this key",
              "Of %d nodes asked %d answered, and none has a live record of this key."
                  .formatted(evidence.asked(), evidence.answered()))
          .with(new Problem.Extra.Asked(evidence));
    }
    if (resolution instanceof Resolution.Unreachable unreachable) {
      return unreachable(unreachable.reason());
    }
    if (resolution instanceof Resolution.Untrusted untrusted) {
      return Problem.of(502, "untrusted", "The next resolver is not honest", untrusted.reason());
    }
    throw new IllegalStateException("not a problem: " + resolution);
  }

  /** The problem that a failed publication is; {@code Accepted} is none. */
  public static Problem of(Publication publication) {
    if (publication instanceof Publication.Refused refused) {
      return refused(refused.reason(), refused.detail());
    }
    if (publication instanceof Publication.TooFew tooFew) {
      Acknowledgements counts =
          new Acknowledgements(tooFew.acknowledged(), tooFew.required(), tooFew.refusals());
      return Problem.of(503, TOO_FEW, "Too few nodes took the record", counts.sentence())
          .with(new Problem.Extra.Counted(counts));
    }
    if (publication instanceof Publication.Unreachable unreachable) {
      return unreachable(unreachable.reason());
    }
    throw new IllegalStateException("not a problem: " + publication);
  }

  /** What a resolver's problem says about a key; empty if it is none that a resolver answers. */
  public static Optional<Resolution> resolution(Problem problem) {
    if (problem.status() == 404
        && problem.type().equals(Problem.TYPES + KEY_UNKNOWN)
        && problem.extra() instanceof Problem.Extra.Asked asked) {
      return Optional.of(new Resolution.NotFound(asked.evidence()));
    }
    if (problem.type().equals(NOT_CACHED.type())) {
      return Optional.of(new Resolution.NotFound(Evidence.none(ResolvePolicy.CACHE, "cache")));
    }
    return isOutage(problem)
        ? Optional.of(new Resolution.Unreachable(problem.detail()))
        : Optional.empty();
  }

  /** What a resolver's problem says about a record; empty if it is none that a resolver answers. */
  public static Optional<Publication> publication(Problem problem) {
    Optional<RecordRejection> reason = reason(problem.type());
    if (reason.isPresent()) {
      return Optional.of(new Publication.Refused(reason.get(), problem.detail()));
    }
    if (problem.type().equals(Problem.TYPES + TOO_FEW)
        && problem.extra() instanceof Problem.Extra.Counted counted) {
      Acknowledgements all = counted.acknowledgements();
      return Optional.of(
          new Publication.TooFew(all.acknowledged(), all.required(), all.refusals()));
    }
    return isOutage(problem)
        ? Optional.of(new Publication.Unreachable(problem.detail()))
        : Optional.empty();
  }

  private static boolean isOutage(Problem problem) {
    return (problem.status() == 503 || problem.status() == 504)
        && problem.type().startsWith(Problem.TYPES);
  }

  private static Optional<RecordRejection> reason(String type) {
    for (RecordRejection candidate : RecordRejection.values()) {
      if (type.equals(Problem.TYPES + RECORD + slug(candidate))) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private static String slug(RecordRejection reason) {
    return reason.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
