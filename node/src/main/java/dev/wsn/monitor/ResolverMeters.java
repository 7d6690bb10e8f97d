package dev.wsn.monitor;

import dev.wsn.resolver.cache.AnswerCache;
import dev.wsn.resolver.dns.DnsServer;
import dev.wsn.resolver.mirror.MirrorCounts;
import dev.wsn.resolver.quota.Limit;
import dev.wsn.resolver.quota.LimitCounters;

/** Shows the answers that a resolver remembers, whom it refuses, and its DNS server. */
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

  /** Adds the meters of the mirrors, all zero if there are none. */
  public static void add(Meters meters, MirrorCounts mirrors) {
    for (MirrorCounts.Asked each : MirrorCounts.Asked.values()) {
      meters.counter(
          "wsn.mirror.questions",
          "Questions to mirrors, by what came of them",
          () -> mirrors.of(each),
          "result",
          Meters.label(each));
    }
    for (MirrorCounts.Sent each : MirrorCounts.Sent.values()) {
      meters.counter(
          "wsn.mirror.records",
          "Records that were to go to mirrors, by what came of each try",
          () -> mirrors.of(each),
          "result",
          Meters.label(each));
    }
    for (MirrorCounts.Bad each : MirrorCounts.Bad.values()) {
      meters.counter(
          "wsn.mirror.messages.bad",
          "Messages of mirrors that were of no use, by reason",
          () -> mirrors.of(each),
          "reason",
          Meters.label(each));
    }
  }

  /** Adds the meters of its limits. */
  public static void add(Meters meters, LimitCounters limits) {
    for (Limit limit : Limit.values()) {
      meters.counter(
          "wsn.resolver.limits.reached",
          "How often somebody was refused something, by the limit",
          () -> limits.of(limit),
          "limit",
          limit.label());
    }
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
