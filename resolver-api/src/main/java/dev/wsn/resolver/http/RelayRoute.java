package dev.wsn.resolver.http;

import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordRules.Verdict;
import dev.wsn.resolver.EventJson;
import dev.wsn.resolver.MalformedJsonException;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.PublicationJson;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolutionJson;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.cache.Answer;
import dev.wsn.resolver.cache.AnswerCache;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.OptionalLong;

/**
 * {@code GET}, {@code HEAD} and {@code PUT /v1/relays/{key}}. Confined to the server's event loop.
 */
final class RelayRoute {
  private static final CharSequence ENCODING = HttpHeaders.createOptimized("Accept-Encoding");

  /** For a record that lives for two minutes or more. */
  private static final CharSequence LONG_LIVED =
      HttpHeaders.createOptimized(
          control(AnswerCache.FRESH.toSeconds(), AnswerCache.FRESH.toSeconds()));

  private final Vertx vertx;
  private final Backend backend;
  private final Answers answers;
  private final Budget budget;
  private final Probes probes;
  private final HttpDates dates = new HttpDates();

  RelayRoute(Vertx vertx, Backend backend, Answers answers, Budget budget) {
    this.vertx = vertx;
    this.backend = backend;
    this.answers = answers;
    this.budget = budget;
    this.probes = new Probes(backend.probe(), backend.monotonicMillis());
  }

  Future<Reply> resolve(RoutingContext ctx) {
    PublicKey key = Requests.key(ctx);
    ResolvePolicy policy = Requests.policy(ctx);
    boolean isProbe = Requests.isProbe(ctx);
    boolean isTrace = Requests.isTrace(ctx);
    Future<Answer> asked =
        isTrace ? answers.trace(ctx, key, policy) : answers.get(ctx, key, policy);
    return asked.compose(
        answer ->
            isProbe && answer.resolution() instanceof Resolution.Found found
                ? probe(ctx, found)
                : Future.succeededFuture(
                    isTrace ? traced(answer) : reply(answer, policy, ctx.request())));
  }

  /** Tells of one lookup, so no cache may keep it. */
  private static Reply traced(Answer answer) {
    Resolution resolution = answer.resolution();
    if (resolution instanceof Resolution.Found) {
      return Reply.json(Problems.FOUND, answer.json());
    }
    return resolution instanceof Resolution.Withdrawn
        ? Reply.json(Problems.WITHDRAWN, answer.json())
        : Reply.of(Problems.of(resolution));
  }

  private Future<Reply> probe(RoutingContext ctx, Resolution.Found found) {
    AddressRecord current = found.addressRecord();
    if (!probes.isKnown(current)) {
      budget.takeLookups(ctx, Math.max(1, current.endpoints().size()));
    }
    return Answers.future(vertx, probes.of(current))
        .map(
            reports ->
                Reply.json(Problems.FOUND, ResolutionJson.write(current.pubkey(), found, reports)));
  }

  private Reply reply(Answer answer, ResolvePolicy policy, HttpServerRequest request) {
    Resolution resolution = answer.resolution();
    if (resolution instanceof Resolution.Found found) {
      AddressRecord current = found.addressRecord();
      Reply reply =
          isKnown(current, request) ? Reply.empty(304) : Reply.json(Problems.FOUND, answer.json());
      return cacheable(reply, current, answer);
    }
    if (resolution instanceof Resolution.Withdrawn withdrawn) {
      Reply reply = Reply.json(Problems.WITHDRAWN, answer.json());
      return cacheable(reply, withdrawn.addressRecord(), answer);
    }
    return Reply.of(policy == ResolvePolicy.CACHE ? Problems.NOT_CACHED : Problems.of(resolution));
  }

  private Reply cacheable(Reply reply, AddressRecord current, Answer answer) {
    long now = backend.time().instant().getEpochSecond();
    long age = answer.ageSeconds();
    long fresh = AnswerCache.FRESH.toSeconds();
    // From when the network said so, as caches count: they add the Age.
    long life = Math.max(0, current.expiresAt() - now + age);
    long maxAge = Math.min(fresh, life);
    long after = Math.min(fresh, life - maxAge);
    CharSequence control = Reply.NO_STORE;
    if (age < fresh) {
      control = after == fresh ? LONG_LIVED : control(maxAge, after);
    }
    return reply
        .with(HttpHeaders.ETAG, tag(current))
        // A record may be from a minute ahead; nothing was modified in the future.
        .with(HttpHeaders.LAST_MODIFIED, dates.text(Math.min(current.createdAt(), now)))
        .with(HttpHeaders.AGE, Long.toString(age))
        .with(HttpHeaders.VARY, ENCODING)
        .with(Reply.CACHE_CONTROL, control);
  }

  private static String control(long maxAge, long after) {
    String control = "public, max-age=" + maxAge;
    return after > 0 ? control + ", stale-while-revalidate=" + after : control;
  }

  private static String tag(AddressRecord current) {
    return "\"" + current.version().id().hex() + "\"";
  }

  private boolean isKnown(AddressRecord current, HttpServerRequest request) {
    List<String> tags = request.headers().getAll("If-None-Match");
    if (!tags.isEmpty()) {
      return isKnown(tag(current), tags);
    }
    String since = request.getHeader("If-Modified-Since");
    return since != null && isUnmodified(current, since);
  }

  private static boolean isKnown(String tag, List<String> headers) {
    for (String header : headers) {
      for (String item : header.split(",", -1)) {
        String candidate = item.strip();
        if (candidate.equals("*") || candidate.equals(tag) || candidate.equals("W/" + tag)) {
          return true;
        }
      }
    }
    return false;
  }

  private static boolean isUnmodified(AddressRecord current, String since) {
    // RFC 9110, section 13.1.3: a date that is none is ignored.
    OptionalLong time = HttpDates.parse(since);
    return time.isPresent() && current.createdAt() <= time.getAsLong();
  }

  Future<Reply> publish(RoutingContext ctx) {
    PublicKey key = Requests.key(ctx);
    Requests.requireJsonBody(ctx);
    budget.takePublication(ctx);
    return RequestBody.read(vertx, ctx.request(), EventJson.MAX_BYTES, backend.bodyPatience())
        .compose(
            json -> {
              AddressRecord signed = verify(event(json), key);
              return Answers.future(vertx, backend.cache().publish(signed))
                  .map(done -> reply(signed, done));
            });
  }

  private static Reply reply(AddressRecord signed, Publication publication) {
    if (publication instanceof Publication.Accepted accepted) {
      int status = accepted.isNew() ? Problems.NEW : Problems.KNOWN;
      return Reply.json(status, PublicationJson.write(signed, publication))
          .with("Location", "/v1/relays/" + Nip19.npub(signed.pubkey()));
    }
    return Reply.of(Problems.of(publication));
  }

  private static NostrEvent event(byte[] json) {
    try {
      return EventJson.read(json);
    } catch (MalformedJsonException malformed) {
      throw new ProblemException(Problems.malformedEvent(String.valueOf(malformed.getMessage())));
    }
  }

  private AddressRecord verify(NostrEvent event, PublicKey key) {
    if (!event.pubkey().equals(key)) {
      throw new ProblemException(Problems.KEY_MISMATCH);
    }
    Verdict verdict = backend.rules().verify(event, backend.time().instant().getEpochSecond());
    if (verdict instanceof Verdict.Refused refused) {
      throw new ProblemException(Problems.refused(refused.reason(), refused.detail()));
    }
    return ((Verdict.Accepted) verdict).addressRecord();
  }
}
