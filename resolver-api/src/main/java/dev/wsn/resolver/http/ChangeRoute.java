package dev.wsn.resolver.http;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.IpAddress;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.cache.Answer;
import dev.wsn.resolver.quota.Concurrency;
import dev.wsn.resolver.quota.Limit;
import dev.wsn.resolver.quota.LimitCounters;
import dev.wsn.resolver.watch.ChangeFeed;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** {@code GET /v1/relays/{key}/changes}. Confined to the server's event loop. */
final class ChangeRoute {
  /** Most streams, in total and of one client. */
  static final int MAX_STREAMS = 10_000;

  static final int MAX_OF_ONE_CLIENT = 100;

  static final String EVENT_STREAM = "text/event-stream";

  /** A comment goes out after this many ticks of a second; half the time proxies close after. */
  private static final int TICKS_OF_SILENCE = 15;

  private final Vertx vertx;
  private final ChangeFeed changes;
  private final Answers answers;
  private final LimitCounters limits;
  private final Concurrency streams;
  private final Set<ChangeStream> open = new HashSet<>();
  private int ticks;

  ChangeRoute(Vertx vertx, ChangeFeed changes, Answers answers, LimitCounters limits) {
    this.vertx = vertx;
    this.changes = changes;
    this.answers = answers;
    this.limits = limits;
    this.streams =
        new Concurrency(
            MAX_STREAMS, MAX_OF_ONE_CLIENT, limits, Limit.STREAMS, Limit.STREAMS_OF_CLIENT);
  }

  /** About once a second. */
  void tick() {
    ticks++;
    if (ticks % TICKS_OF_SILENCE == 0) {
      List.copyOf(open).forEach(ChangeStream::stillHere);
    }
  }

  /** Opens a stream, or fails before it is open. */
  void serve(RoutingContext ctx) {
    Requests.requireAccepted(ctx, EVENT_STREAM);
    PublicKey key = Requests.key(ctx);
    Future<ChangeStream> unused =
        answers
            .get(ctx, key, ResolvePolicy.FAST)
            .map(answer -> open(ctx, key, answer))
            .onFailure(ctx::fail);
  }

  private ChangeStream open(RoutingContext ctx, PublicKey key, Answer answer) {
    IpAddress client = Requests.client(ctx);
    HttpServerResponse response = ctx.response();
    if (!streams.enter(client)) {
      throw new ProblemException(Problems.TOO_MANY_STREAMS);
    }
    String last = ctx.request().getHeader("Last-Event-ID");
    ChangeStream stream = new ChangeStream(key, response, last == null ? "" : last);
    Context context = vertx.getOrCreateContext();
    Optional<ChangeFeed.Watch> watch =
        changes.watch(key, change -> context.runOnContext(now -> stream.tell(change)));
    if (watch.isEmpty()) {
      limits.reached(Limit.WATCHERS);
      streams.leave(client);
      throw new ProblemException(Problems.TOO_MANY_STREAMS);
    }
    open.add(stream);
    int unusedId =
        ctx.addEndHandler(
            ended -> {
              if (open.remove(stream)) {
                streams.leave(client);
                watch.get().end();
              }
            });
    MultiMap unused =
        Reply.common(response.setChunked(true).headers(), HttpMethod.GET)
            .set(Reply.CONTENT_TYPE, EVENT_STREAM)
            .set("Content-Encoding", "identity")
            .set("X-Accel-Buffering", "no");
    stream.open();
    stream.begin(answer);
    return stream;
  }
}
