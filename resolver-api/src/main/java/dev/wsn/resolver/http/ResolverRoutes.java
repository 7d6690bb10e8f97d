package dev.wsn.resolver.http;

import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.KeyText;
import dev.wsn.record.MalformedUriException;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordRules;
import dev.wsn.record.RecordRules.Verdict;
import dev.wsn.resolver.EventJson;
import dev.wsn.resolver.EvidenceJson;
import dev.wsn.resolver.MalformedJsonException;
import dev.wsn.resolver.NetworkJson;
import dev.wsn.resolver.NetworkStatus;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.PublicationJson;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolutionJson;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.Resolver;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.MIMEHeader;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP face of a {@link Resolver}: {@code GET}, {@code HEAD} and {@code PUT /v1/relays/{key}},
 * {@code GET /v1/network}, {@code /health/live} and {@code /health/ready}. Every error is an {@code
 * application/problem+json} of {@link Problems}. Browsers of any origin may read; they may not
 * publish, since that needs a preflight, which lists reading only. Handlers run on the server's
 * event loop and never block.
 */
public final class ResolverRoutes {
  /**
   * What bounds the work; tests choose less.
   *
   * @param answer how long the DHT may take before the answer is 504
   * @param body how long a body may take before the answer is 408
   * @param inFlight most questions that wait for the DHT at one time; over that the answer is 503
   */
  record Limits(Duration answer, Duration body, int inFlight) {}

  static final Limits LIMITS = new Limits(Duration.ofSeconds(20), Duration.ofSeconds(10), 512);

  /** Longest time that a cache may keep an answer. */
  private static final long MAX_AGE_SECONDS = 60;

  private static final Logger LOG = LoggerFactory.getLogger(ResolverRoutes.class);
  private static final String RELAY = "/v1/relays/:key";
  private static final String READING = "GET, HEAD";
  private static final String JSON = "application/json";

  private final Vertx vertx;
  private final Resolver resolver;
  private final Supplier<NetworkStatus> network;
  private final RecordRules rules;
  private final InstantSource time;
  private final Limits limits;
  private final AtomicInteger inFlight = new AtomicInteger();

  /**
   * Routes to a resolver.
   *
   * @param vertx whose timers bound the waiting
   * @param resolver answers the questions
   * @param network asked on the event loop for every request that needs it; must not block
   * @param rules verify what is published before the resolver sees it
   * @param time for the remaining life of records
   */
  public ResolverRoutes(
      Vertx vertx,
      Resolver resolver,
      Supplier<NetworkStatus> network,
      RecordRules rules,
      InstantSource time) {
    this(vertx, resolver, network, rules, time, LIMITS);
  }

  ResolverRoutes(
      Vertx vertx,
      Resolver resolver,
      Supplier<NetworkStatus> network,
      RecordRules rules,
      InstantSource time,
      Limits limits) {
    this.vertx = vertx;
    this.resolver = resolver;
    this.network = network;
    this.rules = rules;
    this.time = time;
    this.limits = limits;
  }

  /** A new router with all paths, which also answers those that do not exist. */
  public Router router() {
    Router router = Router.router(vertx);
    router.route().failureHandler(ResolverRoutes::failed);
    router.errorHandler(400, ResolverRoutes::failed).errorHandler(500, ResolverRoutes::failed);
    reading(router, RELAY, this::resolve);
    router.put(RELAY).handler(ctx -> reply(ctx, this::publish));
    otherMethods(router, RELAY, READING + ", PUT");
    reading(router, "/v1/network", ctx -> json(NetworkJson.write(network.get())));
    otherMethods(router, "/v1/network", READING);
    reading(router, "/health/live", ctx -> json(NetworkJson.writeHealth("live")));
    otherMethods(router, "/health/live", READING);
    reading(router, "/health/ready", ctx -> ready());
    otherMethods(router, "/health/ready", READING);
    router.route().handler(ctx -> Reply.of(Problems.NO_SUCH_PATH).send(ctx.request()));
    return router;
  }

  private void reading(
      Router router, String path, Function<RoutingContext, Future<Reply>> handler) {
    router
        .route(path)
        .method(HttpMethod.GET)
        .method(HttpMethod.HEAD)
        .handler(
            ctx ->
                reply(
                    ctx,
                    request -> {
                      requireJsonAccepted(request);
                      return handler.apply(request);
                    }));
  }

  private static void otherMethods(Router router, String path, String allowed) {
    router
        .route(path)
        .handler(
            ctx -> {
              boolean isQuestion = ctx.request().method().equals(HttpMethod.OPTIONS);
              Reply reply = isQuestion ? preflight() : Reply.of(Problems.methodNotAllowed(allowed));
              reply.with("Allow", allowed + ", OPTIONS").send(ctx.request());
            });
  }

  private static Reply preflight() {
    return Reply.empty(204)
        .with("Access-Control-Allow-Origin", "*")
        .with("Access-Control-Allow-Methods", READING)
        .with("Access-Control-Allow-Headers", "If-None-Match")
        .with("Access-Control-Max-Age", "86400");
  }

  private static Future<Reply> json(byte[] json) {
    return Future.succeededFuture(Reply.json(200, json));
  }

  private Future<Reply> ready() {
    NetworkStatus status = network.get();
    return status.isReachable()
        ? json(NetworkJson.writeHealth("ready"))
        : Future.succeededFuture(Reply.of(Problems.unreachable(status.detail())));
  }

  private Future<Reply> resolve(RoutingContext ctx) {
    PublicKey key = key(ctx);
    ResolvePolicy policy = policy(ctx);
    List<String> known = ctx.request().headers().getAll("If-None-Match");
    return ask(() -> resolver.resolve(key, policy)).map(resolution -> reply(resolution, known));
  }

  private Reply reply(Resolution resolution, List<String> known) {
    if (resolution instanceof Resolution.Found found) {
      AddressRecord current = found.addressRecord();
      Reply reply =
          isKnown(tag(current), known)
              ? Reply.empty(304)
              : Reply.json(Problems.FOUND, ResolutionJson.write(current.pubkey(), found));
      return cacheable(reply, current);
    }
    if (resolution instanceof Resolution.Withdrawn withdrawn) {
      AddressRecord current = withdrawn.addressRecord();
      byte[] json = ResolutionJson.write(current.pubkey(), withdrawn);
      return cacheable(Reply.json(Problems.WITHDRAWN, json), current);
    }
    return Reply.of(Problems.of(resolution));
  }

  private Reply cacheable(Reply reply, AddressRecord current) {
    long remaining = current.expiresAt() - time.instant().getEpochSecond();
    long maxAge = Math.max(0, Math.min(MAX_AGE_SECONDS, remaining));
    return reply.with("ETag", tag(current)).with(Reply.CACHE_CONTROL, "public, max-age=" + maxAge);
  }

  private static String tag(AddressRecord current) {
    return "\"" + current.event().id().hex() + "\"";
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

  private Future<Reply> publish(RoutingContext ctx) {
    PublicKey key = key(ctx);
    requireJsonBody(ctx);
    return RequestBody.read(vertx, ctx.request(), EventJson.MAX_BYTES, limits.body())
        .compose(
            json -> {
              AddressRecord signed = verify(event(json), key);
              return ask(() -> resolver.publish(signed)).map(done -> reply(signed, done));
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
    Verdict verdict = rules.verify(event, time.instant().getEpochSecond());
    if (verdict instanceof Verdict.Refused refused) {
      throw new ProblemException(Problems.refused(refused.reason(), refused.detail()));
    }
    return ((Verdict.Accepted) verdict).addressRecord();
  }

  private static PublicKey key(RoutingContext ctx) {
    try {
      return KeyText.parse(String.valueOf(ctx.pathParam("key"))).key();
    } catch (MalformedKeyException | MalformedUriException malformed) {
      throw new ProblemException(Problems.malformedKey(String.valueOf(malformed.getMessage())));
    }
  }

  private static ResolvePolicy policy(RoutingContext ctx) {
    List<String> values = ctx.queryParam("policy");
    if (values.isEmpty()) {
      return ResolvePolicy.FAST;
    }
    for (ResolvePolicy policy : ResolvePolicy.values()) {
      if (values.equals(List.of(EvidenceJson.text(policy)))) {
        return policy;
      }
    }
    throw new ProblemException(Problems.BAD_POLICY);
  }

  private static void requireJsonAccepted(RoutingContext ctx) {
    List<MIMEHeader> accepted = ctx.parsedHeaders().accept();
    boolean isAccepted =
        accepted.isEmpty()
            || accepted.stream()
                .filter(type -> type.weight() > 0)
                .map(type -> type.component() + "/" + type.subComponent())
                .anyMatch(List.of(JSON, "application/*", "*/*")::contains);
    if (!isAccepted) {
      throw new ProblemException(Problems.NOT_ACCEPTABLE);
    }
  }

  private static void requireJsonBody(RoutingContext ctx) {
    String type = ctx.request().getHeader("Content-Type");
    String bare = type == null ? "" : type.split(";", 2)[0].strip();
    if (!bare.equalsIgnoreCase(JSON)) {
      throw new ProblemException(Problems.NOT_JSON);
    }
  }

  private <T> Future<T> ask(Supplier<CompletionStage<T>> question) {
    if (inFlight.get() >= limits.inFlight()) {
      throw new ProblemException(Problems.BUSY);
    }
    Future<T> answer = Future.fromCompletionStage(question.get(), vertx.getOrCreateContext());
    inFlight.incrementAndGet();
    return answer
        .timeout(limits.answer().toMillis(), TimeUnit.MILLISECONDS)
        .onComplete(done -> inFlight.decrementAndGet());
  }

  private static void reply(RoutingContext ctx, Function<RoutingContext, Future<Reply>> handler) {
    Future<Reply> unused =
        handler.apply(ctx).onSuccess(reply -> reply.send(ctx.request())).onFailure(ctx::fail);
  }

  private static void failed(RoutingContext ctx) {
    Reply.of(problem(ctx)).send(ctx.request());
  }

  private static Problem problem(RoutingContext ctx) {
    Throwable failure = ctx.failure();
    if (failure instanceof ProblemException refused) {
      return refused.problem();
    }
    if (failure instanceof TimeoutException) {
      return Problems.TIMED_OUT;
    }
    return switch (ctx.statusCode()) {
      case 400 -> Problems.MALFORMED_REQUEST;
      default -> internal(ctx);
    };
  }

  private static Problem internal(RoutingContext ctx) {
    if (!ctx.response().closed()) {
      LOG.error("A handler failed", ctx.failure());
    }
    return Problems.INTERNAL;
  }
}
