package dev.wsn.resolver.http;

import dev.wsn.record.RecordRules;
import dev.wsn.resolver.EndpointProbe;
import dev.wsn.resolver.NetworkStatus;
import dev.wsn.resolver.cache.AnswerCache;
import dev.wsn.resolver.directory.Directory;
import dev.wsn.resolver.dns.DnsAnswers;
import dev.wsn.resolver.quota.ForwardedFor;
import dev.wsn.resolver.quota.Quotas;
import dev.wsn.resolver.watch.ChangeFeed;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What the HTTP face answers from.
 *
 * @param cache answers the questions
 * @param changes tells of what changes
 * @param network asked on the event loop for every request that needs it; must not block
 * @param rules verify what is published before the cache sees it
 * @param probe dials endpoints for {@code ?probe=true}
 * @param directory lists the relays of a topic
 * @param quotas what each client may have
 * @param dns answers /dns-query
 * @param forwarded who a client is behind a proxy; asked for every request
 * @param time for the remaining life of records
 * @param monotonicMillis a clock that never goes back, of arbitrary origin
 * @param bodyPatience how long a body may take before the answer is 408
 */
public record Backend(
    AnswerCache cache,
    ChangeFeed changes,
    Supplier<NetworkStatus> network,
    RecordRules rules,
    EndpointProbe probe,
    Directory directory,
    Quotas quotas,
    DnsAnswers dns,
    Supplier<ForwardedFor> forwarded,
    InstantSource time,
    LongSupplier monotonicMillis,
    Duration bodyPatience) {
  /** What a resolver uses unless told otherwise: 10 s. */
  public static final Duration BODY_PATIENCE = Duration.ofSeconds(10);
}
