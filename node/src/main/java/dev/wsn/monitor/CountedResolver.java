package dev.wsn.monitor;

import dev.wsn.crypto.PublicKey;
import dev.wsn.metrics.Histogram;
import dev.wsn.metrics.Tally;
import dev.wsn.record.NostrEvent;
import dev.wsn.resolver.Evidence;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.Resolver;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/** Another resolver, whose answers are counted. Thread-safe if that is. */
public final class CountedResolver implements Resolver {
  private enum Result {
    FOUND,
    WITHDRAWN,
    NOT_FOUND,
    UNREACHABLE,
    UNTRUSTED,
    FAILED
  }

  /** Where an answer was from, as far as its evidence says. */
  private enum Source {
    DHT,
    MIRROR,
    LOCAL,
    CACHE,
    OTHER,
    NONE
  }

  private enum Published {
    ACCEPTED,
    TOO_FEW,
    REFUSED,
    UNREACHABLE,
    FAILED
  }

  private final Resolver resolver;
  private final LongSupplier monotonicMillis;
  private final Map<Result, Tally<Source>> answers = new EnumMap<>(Result.class);
  private final Tally<Published> publications = new Tally<>(Published.class);
  private final Map<String, Histogram> times =
      new TreeMap<>(Map.of("resolve", Histogram.ofSeconds(), "publish", Histogram.ofSeconds()));
  private volatile int acknowledged;
  private volatile int required;

  /** Counts the answers of a resolver. */
  public CountedResolver(Resolver resolver, LongSupplier monotonicMillis) {
    this.resolver = resolver;
    this.monotonicMillis = monotonicMillis;
    for (Result result : Result.values()) {
      answers.put(result, new Tally<>(Source.class));
    }
  }

  /** Adds the meters of what is counted. */
  public void addTo(Meters meters) {
    answers.forEach(
        (result, sources) ->
            meters.tally(
                "wsn.resolutions",
                "Questions for keys, by result and source of the answer",
                "source",
                Source.class,
                sources,
                "result",
                Meters.label(result)));
    meters.tally(
        "wsn.publications",
        "Records that were to be published, by what became of them",
        "result",
        Published.class,
        publications);
    meters.gauge(
        "wsn.publication.acknowledgements",
        "Nodes that had the last published record on disk",
        () -> acknowledged);
    meters.gauge("wsn.publication.required", "How many of them make it a success", () -> required);
    meters.histograms(
        "wsn_resolver_answer_seconds", "Time until the answer, by operation", "operation", times);
  }

  @Override
  public CompletionStage<Resolution> resolve(PublicKey key, ResolvePolicy policy) {
    long began = monotonicMillis.getAsLong();
    return resolver
        .resolve(key, policy)
        .whenComplete(
            (resolution, failure) -> {
              observe("resolve", began);
              count(resolution);
            });
  }

  @Override
  public CompletionStage<Publication> publish(NostrEvent event) {
    long began = monotonicMillis.getAsLong();
    return resolver
        .publish(event)
        .whenComplete(
            (publication, failure) -> {
              observe("publish", began);
              publications.count(count(publication));
            });
  }

  private void observe(String operation, long began) {
    Objects.requireNonNull(times.get(operation)).observeMillis(monotonicMillis.getAsLong() - began);
  }

  private void count(Resolution resolution) {
    if (resolution instanceof Resolution.Found found) {
      count(Result.FOUND, source(found.evidence()));
    } else if (resolution instanceof Resolution.Withdrawn withdrawn) {
      count(Result.WITHDRAWN, source(withdrawn.evidence()));
    } else if (resolution instanceof Resolution.NotFound notFound) {
      count(Result.NOT_FOUND, source(notFound.evidence()));
    } else if (resolution instanceof Resolution.Unreachable) {
      count(Result.UNREACHABLE, Source.NONE);
    } else {
      count(resolution == null ? Result.FAILED : Result.UNTRUSTED, Source.NONE);
    }
  }

  private void count(Result result, Source source) {
    Objects.requireNonNull(answers.get(result)).count(source);
  }

  private static Source source(Evidence evidence) {
    return switch (evidence.source()) {
      case "dht" -> Source.DHT;
      case Evidence.MIRROR -> Source.MIRROR;
      case "local" -> Source.LOCAL;
      case "cache" -> Source.CACHE;
      default -> Source.OTHER;
    };
  }

  private Published count(Publication publication) {
    if (publication instanceof Publication.Accepted accepted) {
      acknowledged(accepted.acknowledged(), accepted.required());
      return Published.ACCEPTED;
    }
    if (publication instanceof Publication.TooFew few) {
      acknowledged(few.acknowledged(), few.required());
      return Published.TOO_FEW;
    }
    if (publication instanceof Publication.Refused) {
      return Published.REFUSED;
    }
    if (publication instanceof Publication.Unreachable) {
      acknowledged(0, required);
      return Published.UNREACHABLE;
    }
    return Published.FAILED;
  }

  private void acknowledged(int now, int needed) {
    acknowledged = now;
    required = needed;
  }
}
