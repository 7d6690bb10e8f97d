package dev.wsn.resolver.mirror;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordRules;
import dev.wsn.record.RecordVersion;
import dev.wsn.resolver.Evidence;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.Resolver;
import io.vertx.core.Vertx;
import io.vertx.core.http.WebSocketClient;
import io.vertx.core.http.WebSocketClientOptions;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;

/**
 * A resolver with mirrors beside it. What it publishes goes to them, too, in the background. Only a
 * key of which the network has no live record is asked of them, all at once, and the newest record
 * that any of them has is the answer, unless a newer one was seen before. The question takes {@link
 * MirrorLink#QUESTION_PATIENCE} at most; an answer of the network never waits for a mirror.
 * Thread-safe.
 */
public final class MirroredResolver implements Resolver {
  /** Most mirrors. */
  public static final int MAX_MIRRORS = 8;

  private static final int MAX_MESSAGE_BYTES = MirrorMessage.MAX_BYTES;

  private final Resolver network;
  private final List<MirrorLink> links;
  private final RecordRules rules;
  private final VersionMemory seen;
  private final MirrorCounts counts;
  private final InstantSource time;
  private final LongSupplier monotonicMillis;

  /**
   * Nobody is connected until there is something to say. The connections end with {@code vertx}.
   *
   * @param network asked first
   * @param mirrors at most {@link #MAX_MIRRORS}
   * @param rules verify what mirrors say
   * @param seen judges what mirrors say
   * @param time for the life of records
   * @param monotonicMillis a clock that never goes back, of arbitrary origin
   * @throws IllegalArgumentException if there are too many mirrors
   */
  public MirroredResolver(
      Vertx vertx,
      Resolver network,
      List<MirrorAddress> mirrors,
      RecordRules rules,
      VersionMemory seen,
      MirrorCounts counts,
      InstantSource time,
      LongSupplier monotonicMillis) {
    if (mirrors.size() > MAX_MIRRORS) {
      throw new IllegalArgumentException("there are at most " + MAX_MIRRORS + " mirrors");
    }
    WebSocketClient client = vertx.createWebSocketClient(options());
    this.network = network;
    this.rules = rules;
    this.seen = seen;
    this.counts = counts;
    this.time = time;
    this.monotonicMillis = monotonicMillis;
    this.links =
        mirrors.stream()
            .distinct()
            .map(each -> new MirrorLink(each, vertx, client, rules, counts, time, monotonicMillis))
            .toList();
  }

  private static WebSocketClientOptions options() {
    return new WebSocketClientOptions()
        .setMaxFrameSize(MAX_MESSAGE_BYTES)
        .setMaxMessageSize(MAX_MESSAGE_BYTES)
        .setTryUsePerMessageCompression(false)
        .setTryUsePerFrameCompression(false)
        .setVerifyHost(true);
  }

  @Override
  public CompletionStage<Resolution> resolve(PublicKey key, ResolvePolicy policy) {
    CompletionStage<Resolution> asked = network.resolve(key, policy);
    if (links.isEmpty() || policy == ResolvePolicy.CACHE) {
      return asked;
    }
    return asked.thenCompose(
        resolution -> {
          if (resolution instanceof Resolution.NotFound notFound) {
            return askMirrors(key, notFound.evidence(), resolution);
          }
          return resolution instanceof Resolution.Unreachable
              ? askMirrors(key, Evidence.none(policy, "dht"), resolution)
              : CompletableFuture.completedFuture(resolution);
        });
  }

  private record Find(MirrorAddress mirror, AddressRecord addressRecord) {}

  private CompletionStage<Resolution> askMirrors(
      PublicKey key, Evidence soFar, Resolution otherwise) {
    long began = monotonicMillis.getAsLong();
    List<CompletableFuture<Optional<Find>>> answers =
        links.stream()
            .map(
                link ->
                    link.ask(key)
                        .thenApply(found -> found.map(signed -> new Find(link.address(), signed)))
                        .toCompletableFuture())
            .toList();
    return CompletableFuture.allOf(answers.toArray(CompletableFuture<?>[]::new))
        .thenCompose(done -> judge(newest(answers), began, soFar, otherwise));
  }

  private static Optional<Find> newest(List<CompletableFuture<Optional<Find>>> answers) {
    Optional<Find> newest = Optional.empty();
    for (CompletableFuture<Optional<Find>> each : answers) {
      Optional<Find> answer = each.join();
      if (answer.isPresent()
          && (newest.isEmpty() || version(answer.get()).supersedes(version(newest.get())))) {
        newest = answer;
      }
    }
    return newest;
  }

  private static RecordVersion version(Find find) {
    return find.addressRecord().version();
  }

  private CompletionStage<Resolution> judge(
      Optional<Find> newest, long began, Evidence soFar, Resolution otherwise) {
    if (newest.isEmpty()) {
      return CompletableFuture.completedFuture(otherwise);
    }
    AddressRecord signed = newest.get().addressRecord();
    long elapsed = soFar.elapsedMillis() + monotonicMillis.getAsLong() - began;
    Evidence evidence = soFar.ofMirror(newest.get().mirror().toString(), elapsed);
    return seen.admit(signed)
        .thenApply(
            isAdmitted -> {
              if (!isAdmitted) {
                counts.count(MirrorCounts.Bad.OLDER_RECORD);
                return otherwise;
              }
              return signed.isWithdrawal()
                  ? new Resolution.Withdrawn(signed, evidence)
                  : new Resolution.Found(signed, evidence);
            });
  }

  /** Publishes into the network; the answer is the network's alone. */
  @Override
  public CompletionStage<Publication> publish(NostrEvent event) {
    return network
        .publish(event)
        .thenApply(
            publication -> {
              // What the network could not take now may still be of use at the mirrors.
              if (!links.isEmpty() && !(publication instanceof Publication.Refused)) {
                send(event);
              }
              return publication;
            });
  }

  private void send(NostrEvent event) {
    if (rules.verify(event, time.instant().getEpochSecond())
        instanceof RecordRules.Verdict.Accepted accepted) {
      links.forEach(link -> link.send(accepted.addressRecord()));
    }
  }
}
