package dev.wsn.resolver.http;

import dev.wsn.record.Topic;
import dev.wsn.resolver.cache.BusyException;
import dev.wsn.resolver.directory.Directory;
import dev.wsn.resolver.directory.ListingFilter;
import dev.wsn.resolver.directory.ListingJson;
import dev.wsn.resolver.quota.Limit;
import dev.wsn.resolver.quota.LimitCounters;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.ext.web.RoutingContext;
import java.util.List;

/** {@code GET} and {@code HEAD /v1/directory}. Confined to the server's event loop. */
final class DirectoryRoute {
  /** What a listing costs that nobody asked for lately: it resolves and dials many relays. */
  static final int LOOKUPS = 20;

  private final Vertx vertx;
  private final Directory directory;
  private final Budget budget;
  private final LimitCounters limits;

  DirectoryRoute(Vertx vertx, Directory directory, Budget budget, LimitCounters limits) {
    this.vertx = vertx;
    this.directory = directory;
    this.budget = budget;
    this.limits = limits;
  }

  Future<Reply> list(RoutingContext ctx) {
    Topic topic =
        Topic.parse(single(ctx, "topic", "", Problems.BAD_TOPIC))
            .orElseThrow(() -> new ProblemException(Problems.BAD_TOPIC));
    ListingFilter filter =
        ListingFilter.of(single(ctx, "q", "", Problems.BAD_FILTER), network(ctx))
            .orElseThrow(() -> new ProblemException(Problems.BAD_FILTER));
    if (!directory.isHeld(topic)) {
      budget.takeLookups(ctx, LOOKUPS);
    }
    return Answers.future(vertx, directory.of(topic))
        .onFailure(
            failure -> {
              if (failure instanceof BusyException) {
                limits.reached(Limit.LISTINGS_AT_ONCE);
              }
            })
        .map(
            listing -> {
              String control = listing.waiting() > 0 ? "no-store" : "public, max-age=30";
              return Reply.json(200, ListingJson.write(listing, filter))
                  .with(Reply.CACHE_CONTROL, control);
            });
  }

  private static ListingFilter.Network network(RoutingContext ctx) {
    return switch (single(ctx, "network", "any", Problems.BAD_FILTER)) {
      case "any" -> ListingFilter.Network.ANY;
      case "ipv4" -> ListingFilter.Network.IPV4;
      case "ipv6" -> ListingFilter.Network.IPV6;
      case "tor" -> ListingFilter.Network.TOR;
      default -> throw new ProblemException(Problems.BAD_FILTER);
    };
  }

  private static String single(RoutingContext ctx, String name, String absent, Problem otherwise) {
    List<String> values = ctx.request().query() == null ? List.of() : ctx.queryParam(name);
    if (values.size() > 1) {
      throw new ProblemException(otherwise);
    }
    return values.isEmpty() ? absent : values.get(0);
  }
}
