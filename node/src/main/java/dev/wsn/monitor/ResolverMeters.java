package dev.wsn.monitor;

import dev.wsn.resolver.cache.AnswerCache;
import dev.wsn.resolver.dns.DnsServer;

/** Shows the answers that a resolver remembers, and its DNS server. */
public final class ResolverMeters {
  private ResolverMeters() {}

  /** Adds the meters of a cache. */
  public static void add(Meters meters, AnswerCache cache) {
    meters.counter(
        "wsn.resolver.cache.hits",
        "Questions answered from memory",
        () -> cache.statistics().hits());
    meters.counter(
        "wsn.resolver.cache.misses",
        "Questions for which the network was asked",
        () -> cache.statistics().misses());
    meters.gauge(
        "wsn.resolver.cache.entries",
        "Answers that are remembered",
        () -> cache.statistics().entries());
  }

  /** Adds the meters of a DNS server. */
  public static void add(Meters meters, DnsServer dns) {
    meters.counter(
        "wsn.resolver.dns.questions",
        "Questions to the DNS server, by what came of them",
        dns::answered,
        "result",
        "answered");
    meters.counter(
        "wsn.resolver.dns.questions",
        "Questions to the DNS server, by what came of them",
        dns::refused,
        "result",
        "over_rate");
  }
}
