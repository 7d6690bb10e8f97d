package dev.wsn.cli;

import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.RecordRejection;
import dev.wsn.record.RecordRules;
import dev.wsn.record.Topic;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.Resolver;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * Publishes one record once, above whatever the key published before: a second publication within
 * the same second, or after the clock was set back, must not lose against the first.
 */
final class RecordPublisher {
  /** What was signed and what became of it. */
  record Result(AddressRecord addressRecord, Publication publication) {}

  private final Host host;
  private final Resolver resolver;

  RecordPublisher(Host host, Resolver resolver) {
    this.host = host;
    this.resolver = resolver;
  }

  /**
   * Signs and publishes.
   *
   * @param endpoints none to withdraw
   * @param topics what it is announced under
   * @throws CommandFailure if the rules forbid such a record, with the reason
   */
  Result publish(
      RecordSigner signer, List<Endpoint> endpoints, List<Topic> topics, Duration lifetime) {
    Result first = publish(signer, endpoints, topics, lifetime, host.unixSeconds());
    if (!isOutdone(first.publication())) {
      return first;
    }
    OptionalLong newest = newestKnown(signer);
    long next = newest.isPresent() ? newest.getAsLong() + 1 : 0;
    boolean isNearEnough = next - host.unixSeconds() <= RecordRules.MAX_AHEAD.toSeconds();
    return next > first.addressRecord().createdAt() && isNearEnough
        ? publish(signer, endpoints, topics, lifetime, next)
        : first;
  }

  private Result publish(
      RecordSigner signer,
      List<Endpoint> endpoints,
      List<Topic> topics,
      Duration lifetime,
      long createdAt) {
    return announce(signer.sign(endpoints, topics, createdAt, lifetime));
  }

  /** Publishes what is signed already. */
  Result announce(AddressRecord signed) {
    return new Result(signed, Answers.await(resolver.publish(signed), "publishing"));
  }

  private static boolean isOutdone(Publication publication) {
    if (publication instanceof Publication.Refused refused) {
      return refused.reason() == RecordRejection.OLDER_THAN_KNOWN;
    }
    Map<RecordRejection, Integer> refusals =
        publication instanceof Publication.Accepted accepted
            ? accepted.refusals()
            : publication instanceof Publication.TooFew tooFew ? tooFew.refusals() : Map.of();
    return refusals.containsKey(RecordRejection.OLDER_THAN_KNOWN);
  }

  private OptionalLong newestKnown(RecordSigner signer) {
    Resolution known =
        Answers.await(
            resolver.resolve(signer.author(), ResolvePolicy.QUORUM), "asking for the record");
    if (known instanceof Resolution.Found found) {
      return OptionalLong.of(found.addressRecord().createdAt());
    }
    return known instanceof Resolution.Withdrawn withdrawn
        ? OptionalLong.of(withdrawn.addressRecord().createdAt())
        : OptionalLong.empty();
  }
}
