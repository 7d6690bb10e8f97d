package dev.wsn.resolver.http;

import dev.wsn.record.IpAddress;
import dev.wsn.resolver.quota.ForwardedFor;
import dev.wsn.resolver.quota.Quota;
import dev.wsn.resolver.quota.Quotas;
import dev.wsn.resolver.quota.Rate;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Finds out who asks, takes what a request costs from the client's quotas, and tells in the
 * RateLimit header fields (draft-ietf-httpapi-ratelimit-headers-10) what is left. Confined to the
 * server's event loop.
 */
final class Budget {
  private static final CharSequence LIMIT = HttpHeaders.createOptimized("RateLimit");
  private static final CharSequence POLICY = HttpHeaders.createOptimized("RateLimit-Policy");

  private final Quotas quotas;
  private final List<Quota> all;
  private final Supplier<ForwardedFor> forwarded;
  private final Function<HttpServerRequest, IpAddress> peer;
  private List<Rate> told = List.of();
  private CharSequence policies = "";

  /**
   * A budget of all clients.
   *
   * @param peer who connected
   */
  Budget(
      Quotas quotas,
      Supplier<ForwardedFor> forwarded,
      Function<HttpServerRequest, IpAddress> peer) {
    this.quotas = quotas;
    this.all = List.of(quotas.requests(), quotas.lookups(), quotas.publications());
    this.forwarded = forwarded;
    this.peer = peer;
  }

  /** What the quotas are; they may change while the server runs. */
  private CharSequence policies() {
    boolean isTold = told.size() == all.size();
    for (int i = 0; isTold && i < all.size(); i++) {
      isTold = told.get(i).equals(all.get(i).rate());
    }
    if (!isTold) {
      told = all.stream().map(Quota::rate).toList();
      policies =
          HttpHeaders.createOptimized(
              all.stream()
                  .filter(quota -> quota.rate().isLimited())
                  .map(Budget::policy)
                  .collect(Collectors.joining(", ")));
    }
    return policies;
  }

  private static String policy(Quota quota) {
    int burst = quota.rate().burst();
    int perSecond = quota.rate().perSecond();
    return "\"%s\";q=%d;w=%d".formatted(quota.name(), burst, (burst + perSecond - 1) / perSecond);
  }

  /** Who asks. */
  IpAddress client(HttpServerRequest request) {
    IpAddress connected = peer.apply(request);
    ForwardedFor now = forwarded.get();
    return now.trusted().isEmpty()
        ? connected
        : now.client(connected, request.headers().getAll(ForwardedFor.HEADER));
  }

  /** Counts a request and passes it on. */
  void admit(RoutingContext ctx) {
    Requests.client(ctx, client(ctx.request()));
    take(ctx, quotas.requests(), 1);
    ctx.next();
  }

  /** Takes what asking the DHT costs. */
  void takeLookups(RoutingContext ctx, int lookups) {
    take(ctx, quotas.lookups(), lookups);
  }

  /** Takes one publication. */
  void takePublication(RoutingContext ctx) {
    take(ctx, quotas.publications(), 1);
  }

  private void take(RoutingContext ctx, Quota quota, int tokens) {
    if (!quota.rate().isLimited()) {
      return;
    }
    Quota.Grant grant = quota.take(Requests.client(ctx), tokens);
    MultiMap headers = ctx.response().headers();
    MultiMap unused = headers.set(POLICY, policies());
    unused =
        headers.set(
            LIMIT,
            "\""
                + quota.name()
                + "\";r="
                + grant.remaining()
                + ";t="
                + seconds(grant.retryAfter()));
    if (!grant.isGranted()) {
      unused = headers.set("Retry-After", Long.toString(seconds(grant.retryAfter())));
      throw new ProblemException(Problems.rateLimited(quota));
    }
  }

  /** Whole seconds, never too few. */
  private static long seconds(Duration duration) {
    return Math.max(1, duration.plusMillis(999).toSeconds());
  }
}
