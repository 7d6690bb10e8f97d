package dev.wsn.resolver.client;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.NostrEvent;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.Resolver;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/**
 * One resolver, and another one that helps when the first has no record, gives what does not hold,
 * or is slow: for example resolvers over HTTP, and the DHT itself when they fail or withhold.
 * Policies that compare ask both, and publications go to both. Thread-safe.
 */
public final class FallbackResolver implements Resolver {
  private final Resolver first;
  private final Resolver last;

  /**
   * Both stay the caller's to close.
   *
   * @param first is asked
   * @param last is asked when that is not enough
   */
  public FallbackResolver(Resolver first, Resolver last) {
    this.first = first;
    this.last = last;
  }

  @Override
  public CompletionStage<Resolution> resolve(PublicKey key, ResolvePolicy policy) {
    boolean isComparing = policy == ResolvePolicy.QUORUM || policy == ResolvePolicy.SECURE;
    return isComparing ? newest(key, policy) : soonest(key, policy);
  }

  private CompletionStage<Resolution> newest(PublicKey key, ResolvePolicy policy) {
    return first
        .resolve(key, policy)
        .thenCombine(last.resolve(key, policy), FallbackResolver::better);
  }

  private CompletionStage<Resolution> soonest(PublicKey key, ResolvePolicy policy) {
    CompletableFuture<Resolution> answer = new CompletableFuture<>();
    CompletableFuture<String> trouble = new CompletableFuture<>();
    CompletionStage<Resolution> asked = first.resolve(key, policy);
    var unusedFirst =
        asked.thenAccept(
            said -> {
              boolean unused =
                  ResolverGroup.isUsable(said)
                      ? answer.complete(said)
                      : trouble.complete("it has no record");
            });
    var unusedLast =
        trouble
            .completeOnTimeout(
                "it is slow", ResolverGroup.PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
            .thenAccept(
                why -> {
                  if (!answer.isDone()) {
                    help(asked, last.resolve(key, policy), answer);
                  }
                });
    return answer;
  }

  private static void help(
      CompletionStage<Resolution> asked,
      CompletionStage<Resolution> helping,
      CompletableFuture<Resolution> answer) {
    var unusedAlone =
        helping.thenAccept(
            said -> {
              boolean unused = ResolverGroup.isUsable(said) && answer.complete(said);
            });
    var unusedBoth =
        asked.thenCombine(helping, FallbackResolver::better).thenAccept(answer::complete);
  }

  /** That of both which says more. */
  private static Resolution better(Resolution one, Resolution other) {
    return one instanceof Resolution.Unreachable first
            && other instanceof Resolution.Unreachable second
        ? new Resolution.Unreachable(first.reason() + "; " + second.reason())
        : ResolverGroup.best(List.of(one, other));
  }

  /** Publishes through both; accepted if one of them had enough nodes take it. */
  @Override
  public CompletionStage<Publication> publish(NostrEvent event) {
    return first
        .publish(event)
        .thenCombine(
            last.publish(event), (one, other) -> ResolverGroup.bestOf(List.of(one, other)));
  }
}
