package dev.wsn.resolver.http;

import dev.wsn.crypto.PublicKey;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.cache.Answer;
import dev.wsn.resolver.cache.AnswerCache;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;

/** Asks the cache, and the DHT if the client may. Confined to the server's event loop. */
final class Answers {
  /** What a question costs that all of the closest nodes are asked. */
  private static final int THOROUGH = 4;

  private final Vertx vertx;
  private final AnswerCache cache;
  private final Budget budget;

  Answers(Vertx vertx, AnswerCache cache, Budget budget) {
    this.vertx = vertx;
    this.cache = cache;
    this.budget = budget;
  }

  /**
   * The answer; fails with {@link ProblemException}, {@code BusyException} or {@code
   * TimeoutException}.
   */
  Future<Answer> get(RoutingContext ctx, PublicKey key, ResolvePolicy policy) {
    Optional<Answer> held = cache.held(key, policy);
    if (held.isPresent()) {
      return Future.succeededFuture(held.get());
    }
    budget.takeLookups(ctx, cost(policy));
    return future(vertx, cache.ask(key, policy));
  }

  /** The answer of a lookup that is made now, with its path; fails as {@link #get} does. */
  Future<Answer> trace(RoutingContext ctx, PublicKey key, ResolvePolicy policy) {
    budget.takeLookups(ctx, cost(policy));
    return future(vertx, cache.trace(key, policy));
  }

  /** A stage as a future of the event loop, which fails with what really failed. */
  static <T> Future<T> future(Vertx vertx, CompletionStage<T> stage) {
    return Future.fromCompletionStage(stage, vertx.getOrCreateContext())
        .recover(
            failure ->
                Future.failedFuture(
                    failure instanceof CompletionException && failure.getCause() != null
                        ? failure.getCause()
                        : failure));
  }

  /** How many lookups a policy costs. */
  static int cost(ResolvePolicy policy) {
    return policy == ResolvePolicy.FAST ? 1 : THOROUGH;
  }
}
