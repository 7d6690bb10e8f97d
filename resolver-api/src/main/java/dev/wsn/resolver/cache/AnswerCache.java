package dev.wsn.resolver.cache;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordRules;
import dev.wsn.record.RecordRules.Verdict;
import dev.wsn.record.RollbackMemory;
import dev.wsn.resolver.Evidence;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.Resolver;
import dev.wsn.resolver.quota.Limit;
import dev.wsn.resolver.quota.LimitCounters;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Remembers answers in front of a resolver. A record is served for {@link #FRESH} without asking,
 * after that it is asked for again; a stale one is served only to {@link ResolvePolicy#CACHE}, and
 * a dead one to nobody. "Not found" is remembered for {@link #FRESH_NOT_FOUND}. Questions that are
 * alike share one lookup. A record older than one that was seen never wins. Both memories drop the
 * least recently used over their bound. Thread-safe.
 */
public final class AnswerCache implements Resolver {
  /** How long a record is served without asking again. */
  public static final Duration FRESH = Duration.ofSeconds(60);

  /** How long "not found" is served without asking again. */
  public static final Duration FRESH_NOT_FOUND = Duration.ofSeconds(5);

  /**
   * What bounds the cache.
   *
   * @param entries answers that are remembered, about 4 KB each
   * @param remembered newest versions that are remembered, about 300 bytes each
   * @param lookups under way at one time; more fail with {@link BusyException}
   * @param patience how long a lookup may take before it fails with a {@code TimeoutException}
   */
  public record Limits(int entries, int remembered, int lookups, Duration patience) {
    /** 50,000 answers, 200,000 versions, 512 lookups, 20 s. */
    public static Limits defaults() {
      return new Limits(50_000, 200_000, 512, Duration.ofSeconds(20));
    }
  }

  private record Question(PublicKey key, ResolvePolicy policy, boolean isTraced) {}

  private static final class HeldAnswer {
    private final long sinceMillis;
    private final boolean isRecord;
    private Answer answer;
    private boolean isStale;

    HeldAnswer(PublicKey key, Resolution resolution, long sinceMillis) {
      this.sinceMillis = sinceMillis;
      this.isRecord = Answer.newest(resolution).isPresent();
      this.answer =
          new Answer(key, OtherEvidence.with(resolution, evidence -> evidence.from("cache")), 0);
    }
  }

  private final Resolver network;
  private final RecordRules rules;
  private final InstantSource time;
  private final LongSupplier monotonicMillis;
  private final Limits limits;
  private final LimitCounters refused;

  // Guarded by this.
  private final Map<PublicKey, HeldAnswer> entries;
  private final RollbackMemory memory;
  private final Map<Question, CompletableFuture<Answer>> lookups = new HashMap<>();

  private final LongAdder hits = new LongAdder();
  private final LongAdder misses = new LongAdder();
  private volatile Consumer<Resolution> listener = learned -> {};

  /**
   * An empty cache.
   *
   * @param network who is asked
   * @param rules verify what is published, so that only what holds is remembered
   * @param time for the life of records
   * @param monotonicMillis a clock that never goes back, of arbitrary origin, for their freshness
   * @param refused counts lookups that there was no room for
   */
  public AnswerCache(
      Resolver network,
      RecordRules rules,
      InstantSource time,
      LongSupplier monotonicMillis,
      Limits limits,
      LimitCounters refused) {
    this.network = network;
    this.rules = rules;
    this.time = time;
    this.monotonicMillis = monotonicMillis;
    this.limits = limits;
    this.refused = refused;
    this.memory = new RollbackMemory(limits.remembered());
    this.entries =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<PublicKey, HeldAnswer> eldest) {
            return size() > limits.entries();
          }
        };
  }

  /**
   * Whom to tell, once for each, of found and withdrawn records that are newer than what was known
   * of their key. Told on any thread; must not block.
   */
  public void onNewer(Consumer<Resolution> told) {
    listener = told;
  }

  /** Questions answered from memory and by the network so far, and answers remembered now. */
  public record Statistics(long hits, long misses, int entries) {}

  /** What the cache does; any thread. */
  public synchronized Statistics statistics() {
    return new Statistics(hits.sum(), misses.sum(), entries.size());
  }

  /** What can be answered without asking anybody; empty if the network must be asked. */
  public Optional<Answer> held(PublicKey key, ResolvePolicy policy) {
    if (policy != ResolvePolicy.FAST && policy != ResolvePolicy.CACHE) {
      return Optional.empty();
    }
    long now = monotonicMillis.getAsLong();
    synchronized (this) {
      HeldAnswer entry = entries.get(key);
      if (entry != null && isUsable(key, entry, policy, now)) {
        if (!isFresh(entry, now) && !entry.isStale) {
          entry.isStale = true;
          entry.answer =
              new Answer(
                  key,
                  OtherEvidence.with(entry.answer.resolution(), evidence -> evidence.from("stale")),
                  0);
        }
        entry.answer = entry.answer.aged((now - entry.sinceMillis) / 1_000);
        hits.increment();
        return Optional.of(entry.answer);
      }
    }
    return policy == ResolvePolicy.CACHE
        ? Optional.of(new Answer(key, new Resolution.NotFound(Evidence.none(policy, "cache")), 0))
        : Optional.empty();
  }

  /**
   * Records that are remembered and alive, the newest first. Looks at every entry, so ask seldom.
   *
   * @param limit most records
   */
  public List<AddressRecord> remembered(Predicate<AddressRecord> wanted, int limit) {
    long now = unixSeconds();
    List<AddressRecord> found = new ArrayList<>();
    synchronized (this) {
      for (HeldAnswer entry : entries.values()) {
        entry
            .answer
            .newest()
            .filter(each -> each.isLive(now) && wanted.test(each))
            .ifPresent(found::add);
      }
    }
    found.sort(Comparator.comparing(AddressRecord::version).reversed());
    return List.copyOf(found.subList(0, Math.min(limit, found.size())));
  }

  private boolean isUsable(PublicKey key, HeldAnswer entry, ResolvePolicy policy, long now) {
    Optional<AddressRecord> newest = entry.answer.newest();
    if (newest.isPresent() && !newest.get().isLive(unixSeconds())) {
      entries.remove(key);
      return false;
    }
    return isFresh(entry, now) || (policy == ResolvePolicy.CACHE && entry.isRecord);
  }

  private static boolean isFresh(HeldAnswer entry, long now) {
    Duration life = entry.isRecord ? FRESH : FRESH_NOT_FOUND;
    return now - entry.sinceMillis < life.toMillis();
  }

  /**
   * Asks the network, or joins who asks the same already. An answer that came since the caller
   * looked at what is {@link #held} will do, too.
   */
  public CompletionStage<Answer> ask(PublicKey key, ResolvePolicy policy) {
    return ask(new Question(key, policy, false), true);
  }

  /** Asks the network, whatever is held, or joins who asks the same already. */
  public CompletionStage<Answer> refresh(PublicKey key, ResolvePolicy policy) {
    return ask(new Question(key, policy, false), false);
  }

  /** As {@link #refresh}, with the path of the lookup in the evidence. */
  public CompletionStage<Answer> trace(PublicKey key, ResolvePolicy policy) {
    return ask(new Question(key, policy, true), false);
  }

  private CompletionStage<Answer> ask(Question question, boolean mayBeHeld) {
    CompletableFuture<Answer> lookup = new CompletableFuture<>();
    synchronized (this) {
      CompletableFuture<Answer> running = lookups.get(question);
      if (running != null) {
        return running.minimalCompletionStage();
      }
      Optional<Answer> held =
          mayBeHeld ? held(question.key(), question.policy()) : Optional.empty();
      if (held.isPresent()) {
        return CompletableFuture.completedFuture(held.get());
      }
      if (lookups.size() >= limits.lookups()) {
        refused.reached(Limit.LOOKUPS_AT_ONCE);
        return CompletableFuture.failedFuture(new BusyException());
      }
      lookups.put(question, lookup);
    }
    misses.increment();
    var unused =
        begin(question)
            .toCompletableFuture()
            .copy()
            .orTimeout(limits.patience().toMillis(), TimeUnit.MILLISECONDS)
            .whenComplete((resolution, failure) -> land(question, lookup, resolution, failure));
    return lookup.minimalCompletionStage();
  }

  private CompletionStage<Resolution> begin(Question question) {
    try {
      return network.resolve(question.key(), question.policy());
    } catch (RuntimeException bug) {
      return CompletableFuture.failedFuture(bug);
    }
  }

  private void land(
      Question question,
      CompletableFuture<Answer> lookup,
      @Nullable Resolution resolution,
      @Nullable Throwable failure) {
    if (resolution == null) {
      synchronized (this) {
        lookups.remove(question, lookup);
      }
      lookup.completeExceptionally(cause(failure));
      return;
    }
    Learned learned;
    synchronized (this) {
      lookups.remove(question, lookup);
      learned = learn(question.key(), resolution);
    }
    if (learned.isNewer()) {
      listener.accept(learned.resolution());
    }
    Resolution told =
        question.isTraced()
            ? learned.resolution()
            : OtherEvidence.with(learned.resolution(), evidence -> evidence.along(List.of()));
    lookup.complete(new Answer(question.key(), told, 0));
  }

  private static Throwable cause(@Nullable Throwable failure) {
    if (failure == null) {
      return new IllegalStateException("a resolver answered with nothing");
    }
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }

  private record Learned(Resolution resolution, boolean isNewer) {}

  /** What an answer is worth, given what was seen before. */
  private Learned learn(PublicKey key, Resolution resolution) {
    memory.forget(unixSeconds());
    Optional<AddressRecord> newest = Answer.newest(resolution);
    if (newest.isPresent()) {
      AddressRecord current = newest.get();
      if (!memory.admits(key, current.version())) {
        return new Learned(better(key), false);
      }
      boolean isNewer = !memory.newest(key).filter(current.version()::equals).isPresent();
      memory.remember(key, current.version());
      entries.put(key, new HeldAnswer(key, resolution, monotonicMillis.getAsLong()));
      return new Learned(resolution, isNewer);
    }
    if (resolution instanceof Resolution.NotFound) {
      HeldAnswer known = entries.get(key);
      boolean isKnown =
          known != null
              && known.answer.newest().filter(record -> record.isLive(unixSeconds())).isPresent();
      if (!isKnown) {
        entries.put(key, new HeldAnswer(key, resolution, monotonicMillis.getAsLong()));
      }
    }
    return new Learned(resolution, false);
  }

  /** What is answered when the network gave an older record than one that was seen. */
  private Resolution better(PublicKey key) {
    HeldAnswer known = entries.get(key);
    boolean isLive =
        known != null
            && known.answer.newest().filter(record -> record.isLive(unixSeconds())).isPresent();
    return known != null && isLive
        ? known.answer.resolution()
        : new Resolution.Untrusted("only an older record than one seen before was found");
  }

  /** From memory when that will do, else from the network. */
  @Override
  public CompletionStage<Resolution> resolve(PublicKey key, ResolvePolicy policy) {
    Optional<Answer> held = held(key, policy);
    return held.isPresent()
        ? CompletableFuture.completedFuture(held.get().resolution())
        : ask(key, policy).thenApply(Answer::resolution);
  }

  @Override
  public CompletionStage<Publication> publish(NostrEvent event) {
    Verdict verdict = rules.verify(event, unixSeconds());
    if (verdict instanceof Verdict.Refused refused) {
      return CompletableFuture.completedFuture(
          new Publication.Refused(refused.reason(), refused.detail()));
    }
    AddressRecord signed = ((Verdict.Accepted) verdict).addressRecord();
    return network
        .publish(signed)
        .toCompletableFuture()
        .copy()
        .orTimeout(limits.patience().toMillis(), TimeUnit.MILLISECONDS)
        .thenApply(publication -> published(signed, publication));
  }

  private Publication published(AddressRecord signed, Publication publication) {
    if (publication instanceof Publication.Accepted accepted) {
      int acknowledged = accepted.acknowledged();
      Evidence evidence =
          new Evidence(
              ResolvePolicy.FAST,
              "local",
              acknowledged,
              acknowledged,
              acknowledged,
              acknowledged,
              0,
              0,
              0);
      Resolution resolution =
          signed.isWithdrawal()
              ? new Resolution.Withdrawn(signed, evidence)
              : new Resolution.Found(signed, evidence);
      Learned learned;
      synchronized (this) {
        learned = learn(signed.pubkey(), resolution);
      }
      if (learned.isNewer()) {
        listener.accept(resolution);
      }
    }
    return publication;
  }

  private long unixSeconds() {
    return time.instant().getEpochSecond();
  }
}
