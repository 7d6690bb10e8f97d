package dev.wsn.gateway;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.RecordRejection;
import dev.wsn.record.RecordRules;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.Resolver;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Keeps the record of a key fresh: signs and publishes it, renews it at a third of its lifetime,
 * tries again after a failure, and publishes at once when the endpoints change. The time of a
 * record never goes back, across restarts either, whatever the clock does. Thread-safe; works on
 * one event loop.
 */
public final class Publisher {
  private static final long STOP_SECONDS = 10;

  private record Attempt(AddressRecord record, Publication outcome) {}

  private final Vertx vertx;
  private final Context context;
  private final Resolver resolver;
  private final RecordSignature signature;
  private final PublicKey key;
  private final PublisherOptions options;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final PublishedFile file;
  private final Alarm alarm;
  private final PublisherLog log;

  // Of the event loop.
  private List<Endpoint> endpoints;
  private Optional<AddressRecord> signed = Optional.empty();
  private List<Promise<Publication>> waiting = new ArrayList<>();
  // Until the file was read there is nothing to withdraw.
  private long lastCreatedAt = Long.MIN_VALUE;
  private boolean mustExceedLast;
  private boolean isPublishing;
  private boolean isStopped;
  private int failures;

  private volatile Optional<AddressRecord> current = Optional.empty();

  /**
   * A publisher that is not yet started, of a key that is here.
   *
   * @param resolver takes the records
   * @param rules sign them
   * @param secret key of the relay; stays the caller's, and is used until {@link #stop}
   * @param options what to publish
   * @param clock the time of day
   * @param random source of jitter and of what signing needs
   */
  public Publisher(
      Vertx vertx,
      Resolver resolver,
      RecordRules rules,
      SecretKey secret,
      PublisherOptions options,
      InstantSource clock,
      SecureRandom random) {
    this(
        vertx,
        resolver,
        rules.author(secret),
        (endpoints, topics, createdAt, lifetime) -> {
          byte[] auxiliary = new byte[Secp256k1.AUXILIARY_RANDOM_BYTES];
          random.nextBytes(auxiliary);
          return rules.sign(secret, endpoints, topics, createdAt, lifetime, auxiliary);
        },
        options,
        clock,
        random);
  }

  /**
   * A publisher that is not yet started, of a key that may be elsewhere.
   *
   * @param resolver takes the records
   * @param key that signs
   * @param signature of that key; used until {@link #stop}
   * @param options what to publish
   * @param clock the time of day
   * @param random source of jitter
   */
  public Publisher(
      Vertx vertx,
      Resolver resolver,
      PublicKey key,
      RecordSignature signature,
      PublisherOptions options,
      InstantSource clock,
      RandomGenerator random) {
    this.vertx = vertx;
    this.context = vertx.getOrCreateContext();
    this.resolver = resolver;
    this.key = key;
    this.signature = signature;
    this.options = options;
    this.clock = clock;
    this.random = random;
    this.file = new PublishedFile(options.stateFile(), key);
    this.alarm = new Alarm(vertx);
    this.log = new PublisherLog(key);
    this.endpoints = options.endpoints();
  }

  /**
   * Publishes and goes on publishing. The result is what became of the first attempt, whatever it
   * was; it fails only if the state file cannot be used or the rules forbid an endpoint.
   */
  public Future<Publication> start() {
    return vertx
        .executeBlocking(file::read)
        .compose(
            last ->
                onContext(
                    () -> {
                      lastCreatedAt = last.orElse(-1);
                      return endpoints.isEmpty()
                          ? Future.succeededFuture(
                              new Publication.Unreachable("there is no address to publish yet"))
                          : publish();
                    }));
  }

  /**
   * Publishes at once that the key is somewhere else. The result is what became of the first
   * attempt that says so; it fails if the rules forbid an endpoint.
   *
   * @param now at least one endpoint
   */
  public Future<Publication> endpointsChanged(List<Endpoint> now) {
    List<Endpoint> copy = List.copyOf(now);
    if (copy.isEmpty()) {
      return Future.failedFuture(
          new IllegalArgumentException("a publisher has at least one endpoint to publish"));
    }
    return onContext(
        () -> {
          endpoints = copy;
          signed = Optional.empty();
          failures = 0;
          return publish();
        });
  }

  /** The last record that enough nodes have acknowledged. */
  public Optional<AddressRecord> current() {
    return current;
  }

  /** The key that is published. */
  public PublicKey key() {
    return key;
  }

  /** Publishes no more; withdraws the key if the options say so, waiting a few seconds. */
  public Future<Void> stop() {
    return onContext(
        () -> {
          boolean isOver = isStopped || lastCreatedAt == Long.MIN_VALUE;
          isStopped = true;
          alarm.cancel();
          if (isOver || !options.isWithdrawnOnStop()) {
            return Future.succeededFuture();
          }
          return createdAt()
              .compose(time -> sign(List.of(), time))
              .compose(withdrawal -> ask(() -> resolver.publish(withdrawal)))
              .timeout(STOP_SECONDS, TimeUnit.SECONDS)
              .otherwise(late -> new Publication.Unreachable(String.valueOf(late.getMessage())))
              .onSuccess(outcome -> log.withdrawn(outcome, current))
              .mapEmpty();
        });
  }

  private <T> Future<T> onContext(Supplier<Future<T>> action) {
    Promise<T> promise = Promise.promise();
    context.runOnContext(
        go -> {
          Future<T> unused = action.get().onComplete(promise);
        });
    return promise.future();
  }

  private <T> Future<T> ask(Supplier<CompletionStage<T>> question) {
    return Future.fromCompletionStage(question.get(), context);
  }

  /** Publishes now, or right after the publication that is under way. */
  private Future<Publication> publish() {
    if (isStopped) {
      return Future.failedFuture(new IllegalStateException("this publisher was stopped"));
    }
    Promise<Publication> promise = Promise.promise();
    waiting.add(promise);
    if (!isPublishing) {
      attempt();
    }
    return promise.future();
  }

  private void attempt() {
    isPublishing = true;
    alarm.cancel();
    List<Promise<Publication>> askers = waiting;
    waiting = new ArrayList<>();
    Future<Attempt> unused =
        record()
            .compose(
                record ->
                    ask(() -> resolver.publish(record)).map(said -> new Attempt(record, said)))
            .onComplete(
                done -> {
                  isPublishing = false;
                  if (done.succeeded()) {
                    judge(done.result());
                  } else {
                    failed("failed", String.valueOf(done.cause().getMessage()));
                  }
                  for (Promise<Publication> asker : askers) {
                    asker.handle(done.map(Attempt::outcome));
                  }
                  if (!waiting.isEmpty() && !isStopped) {
                    attempt();
                  }
                });
  }

  /** The record to publish: the last one again while it is young, else a new one. */
  private Future<AddressRecord> record() {
    long now = clock.instant().getEpochSecond();
    long youngUntil = options.lifetime().toSeconds() / 3;
    Optional<AddressRecord> again =
        signed.filter(record -> Math.abs(now - record.createdAt()) < youngUntil);
    if (again.isPresent() && failures > 0) {
      return Future.succeededFuture(again.get());
    }
    List<Endpoint> wanted = endpoints;
    return createdAt()
        .compose(time -> sign(wanted, time))
        .onSuccess(record -> signed = endpoints.equals(wanted) ? Optional.of(record) : signed);
  }

  /**
   * The time of the next record: now, and after the last one. When that is further ahead than nodes
   * accept, the clock is wrong now or was wrong then; the newest record that the network has
   * decides, so that a clock that was once ahead does not lock the owner out.
   */
  private Future<Long> createdAt() {
    long now = clock.instant().getEpochSecond();
    long next = Math.max(now, lastCreatedAt + 1);
    if (mustExceedLast || next <= now + RecordRules.MAX_AHEAD.toSeconds()) {
      return Future.succeededFuture(next);
    }
    log.ahead(lastCreatedAt - now);
    return newestKnown()
        .map(known -> known.isPresent() ? Math.max(now, known.getAsLong() + 1) : now);
  }

  private Future<OptionalLong> newestKnown() {
    return ask(() -> resolver.resolve(key, ResolvePolicy.QUORUM))
        .map(
            resolution -> {
              if (resolution instanceof Resolution.Found found) {
                return OptionalLong.of(found.addressRecord().createdAt());
              }
              if (resolution instanceof Resolution.Withdrawn withdrawn) {
                return OptionalLong.of(withdrawn.addressRecord().createdAt());
              }
              boolean isAbsent = resolution instanceof Resolution.NotFound;
              return isAbsent ? OptionalLong.empty() : OptionalLong.of(lastCreatedAt);
            });
  }

  /** Remembers the time on disk first: what was published must never be forgotten. */
  private Future<AddressRecord> sign(List<Endpoint> wanted, long createdAt) {
    long before = lastCreatedAt;
    lastCreatedAt = createdAt;
    return vertx
        .executeBlocking(
            () -> {
              AddressRecord record =
                  signature.sign(wanted, options.topics(), createdAt, options.lifetime());
              remember(createdAt);
              return record;
            })
        .onFailure(unsigned -> lastCreatedAt = lastCreatedAt == createdAt ? before : lastCreatedAt);
  }

  private void remember(long createdAt) {
    try {
      file.write(createdAt);
    } catch (IOException failed) {
      log.forgetful(String.valueOf(failed.getMessage()));
    }
  }

  private void judge(Attempt attempt) {
    Publication outcome = attempt.outcome();
    if (outcome instanceof Publication.Accepted accepted) {
      List<Endpoint> before = current.map(AddressRecord::endpoints).orElse(List.of());
      boolean isNews = failures > 0 || !before.equals(attempt.record().endpoints());
      current = Optional.of(attempt.record());
      failures = 0;
      mustExceedLast = false;
      schedule(PublishTimes.refresh(options.lifetime(), random));
      log.published(accepted, isNews);
    } else if (outcome instanceof Publication.Refused refused) {
      signed = Optional.empty();
      if (refused.reason() == RecordRejection.OLDER_THAN_KNOWN) {
        mustExceedLast = true;
        overtake();
      }
      failed("was refused", refused.detail());
    } else {
      failed("was not published", PublisherLog.text(outcome));
    }
  }

  /** Somebody published a newer record with this key: the next one must be newer still. */
  private void overtake() {
    Future<OptionalLong> unused =
        newestKnown()
            .onSuccess(
                known -> lastCreatedAt = Math.max(lastCreatedAt, known.orElse(lastCreatedAt)));
  }

  private void failed(String what, String why) {
    failures++;
    Duration pause = PublishTimes.retry(failures, options.lifetime(), random);
    schedule(pause);
    log.failed(what, why, failures, pause);
  }

  private void schedule(Duration pause) {
    if (!isStopped) {
      alarm.set(
          pause.toMillis(),
          () -> {
            Future<Publication> unused = publish();
          });
    }
  }
}
