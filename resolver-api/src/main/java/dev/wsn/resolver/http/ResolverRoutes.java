package dev.wsn.resolver.http;

import dev.wsn.resolver.MalformedJsonException;
import dev.wsn.resolver.NetworkJson;
import dev.wsn.resolver.NetworkStatus;
import dev.wsn.resolver.cache.BusyException;
import dev.wsn.resolver.directory.Directory;
import dev.wsn.resolver.nostr.NostrFace;
import dev.wsn.resolver.quota.LimitCounters;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP face of a resolver; /openapi.json describes it. Every error is an {@code
 * application/problem+json} of {@link Problems}. Browsers of any origin may read; they may not
 * publish, since that needs a preflight, which lists reading only. Handlers run on the server's
 * event loop and never block.
 */
public final class ResolverRoutes {
  private static final Logger LOG = LoggerFactory.getLogger(ResolverRoutes.class);
  private static final String RELAY = "/v1/relays/:key";
  private static final String CHANGES = "/v1/relays/:key/changes";
  private static final String RESOLVE = "/v1/resolve";
  private static final String DNS_QUERY = "/dns-query";
  private static final String READING = "GET, HEAD";
  private static final String NDJSON = "application/x-ndjson";

  private final Vertx vertx;
  private final Backend backend;
  private final Documents documents = Documents.load();
  private Runnable onTick = () -> {};

  /**
   * Routes to a backend.
   *
   * @param vertx whose timers bound the waiting
   */
  public ResolverRoutes(Vertx vertx, Backend backend) {
    this.vertx = vertx;
    this.backend = backend;
  }

  /** Counts who is refused what. */
  LimitCounters limits() {
    return backend.quotas().limits();
  }

  /** What has to be done about once a second, on the event loop. */
  void tick() {
    backend.changes().tick();
    onTick.run();
  }

  /**
   * A new router with all paths, which also answers those that do not exist.
   *
   * @param guard told of every request
   */
  Router router(ConnectionGuard guard) {
    Budget budget = new Budget(backend.quotas(), backend.forwarded(), guard::peer);
    Answers answers = new Answers(vertx, backend.cache(), budget);
    RelayRoute relay = new RelayRoute(vertx, backend, answers, budget);
    ChangeRoute changes = new ChangeRoute(vertx, backend.changes(), answers, limits());
    NostrFace nostr = new NostrFace(vertx, backend.cache(), backend.changes(), backend.quotas());
    onTick =
        () -> {
          changes.tick();
          nostr.tick();
        };
    Router router = Router.router(vertx);
    router.route().failureHandler(ResolverRoutes::failed);
    router.errorHandler(400, ResolverRoutes::failed).errorHandler(500, ResolverRoutes::failed);
    router.route().handler(guard::began);
    health(router);
    router.route().handler(budget::admit);
    reading(router, RELAY, relay::resolve);
    router.put(RELAY).handler(ctx -> reply(ctx, relay::publish));
    otherMethods(router, RELAY, READING, READING + ", PUT");
    router.get(CHANGES).handler(changes::serve);
    otherMethods(router, CHANGES, "GET", "GET");
    router.post(RESOLVE).handler(this::batch);
    otherMethods(router, RESOLVE, "POST", "POST");
    reading(router, "/v1/network", ctx -> json(NetworkJson.write(backend.network().get())));
    otherMethods(router, "/v1/network", READING, READING);
    DirectoryRoute directory = new DirectoryRoute(vertx, backend.directory(), budget, limits());
    reading(router, "/v1/directory", directory::list);
    otherMethods(router, "/v1/directory", READING, READING);
    DohRoute doh = new DohRoute(vertx, backend.dns(), backend.bodyPatience());
    readingRoute(router, DNS_QUERY).handler(ctx -> reply(ctx, doh::get));
    router.post(DNS_QUERY).handler(ctx -> reply(ctx, doh::post));
    otherMethods(router, DNS_QUERY, "GET, HEAD, POST", "GET, HEAD, POST");
    router.get("/").handler(new NostrRoute(nostr)::serve);
    documents.paths().forEach(path -> document(router, path));
    router.route().handler(ctx -> Reply.of(Problems.NO_SUCH_PATH).send(ctx.request()));
    return router;
  }

  /** Monitors are not counted. */
  private void health(Router router) {
    reading(router, "/health/live", ctx -> json(NetworkJson.writeHealth("live")));
    otherMethods(router, "/health/live", READING, READING);
    reading(router, "/health/ready", ctx -> ready());
    otherMethods(router, "/health/ready", READING, READING);
  }

  private void document(Router router, String path) {
    readingRoute(router, path)
        .handler(
            ctx -> reply(ctx, now -> Future.succeededFuture(documents.reply(path, ctx.request()))));
    otherMethods(router, path, READING, READING);
  }

  private static Route readingRoute(Router router, String path) {
    return router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD);
  }

  private void reading(
      Router router, String path, Function<RoutingContext, Future<Reply>> handler) {
    readingRoute(router, path)
        .handler(
            ctx ->
                reply(
                    ctx,
                    request -> {
                      Requests.requireAccepted(request, Reply.JSON);
                      return handler.apply(request);
                    }));
  }

  /** Answers preflights of browsers, which may only read, and refuses everything else. */
  private static void otherMethods(Router router, String path, String readable, String allowed) {
    router
        .route(path)
        .handler(
            ctx -> {
              boolean isQuestion = ctx.request().method().equals(HttpMethod.OPTIONS);
              Reply reply =
                  isQuestion ? preflight(readable) : Reply.of(Problems.methodNotAllowed(allowed));
              reply.with("Allow", allowed + ", OPTIONS").send(ctx.request());
            });
  }

  private static Reply preflight(String methods) {
    return Reply.empty(204)
        .with(Reply.ALLOW_ORIGIN, "*")
        .with("Access-Control-Allow-Methods", methods)
        .with("Access-Control-Allow-Headers", "Content-Type, If-None-Match, Last-Event-ID")
        .with("Access-Control-Max-Age", "86400");
  }

  private static Future<Reply> json(byte[] json) {
    return Future.succeededFuture(Reply.json(200, json));
  }

  private Future<Reply> ready() {
    NetworkStatus status = backend.network().get();
    return status.isReachable()
        ? json(NetworkJson.writeHealth("ready"))
        : Future.succeededFuture(Reply.of(Problems.unreachable(status.detail())));
  }

  private void batch(RoutingContext ctx) {
    Requests.requireAccepted(ctx, NDJSON);
    Requests.requireJsonBody(ctx);
    Future<Batch> unused =
        RequestBody.read(vertx, ctx.request(), Batch.MAX_BYTES, backend.bodyPatience())
            .map(ResolverRoutes::batch)
            .onSuccess(batch -> run(ctx, batch))
            .onFailure(ctx::fail);
  }

  private static Batch batch(byte[] json) {
    try {
      return Batch.read(json);
    } catch (MalformedJsonException malformed) {
      throw new ProblemException(Problems.malformedBatch(String.valueOf(malformed.getMessage())));
    }
  }

  private void run(RoutingContext ctx, Batch batch) {
    MultiMap unused =
        Reply.common(ctx.response().headers(), HttpMethod.GET).set(Reply.CONTENT_TYPE, NDJSON);
    new BatchRun(
            vertx,
            backend.cache(),
            backend.quotas().lookups(),
            Requests.client(ctx),
            batch,
            ctx.response())
        .start();
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
    if (failure instanceof BusyException) {
      return Problems.BUSY;
    }
    if (failure instanceof Directory.UnreachableException unreachable) {
      return Problems.unreachable(String.valueOf(unreachable.getMessage()));
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
