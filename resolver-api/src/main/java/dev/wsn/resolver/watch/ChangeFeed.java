package dev.wsn.resolver.watch;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.resolver.Evidence;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.cache.Answer;
import dev.wsn.resolver.cache.AnswerCache;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Follows keys that somebody watches. The DHT tells nobody of changes, so each watched key is asked
 * for once in {@link #INTERVAL}, however many watch it; what this resolver learns in between, by a
 * publication or a question, is told at once. Whoever made this calls {@link #tick} about once a
 * second. Thread-safe; watchers are told on any thread and must not block.
 */
public final class ChangeFeed {
  /** How often a watched key is asked for. */
  public static final Duration INTERVAL = AnswerCache.FRESH;

  /** Most keys that are watched. */
  public static final int MAX_KEYS = 20_000;

  /** Most watchers. */
  public static final int MAX_WATCHERS = 50_000;

  private static final Duration AFTER_FAILURE = Duration.ofSeconds(10);
  private static final int MAX_ASKING = 64;

  /** Ends a watch; may be called again. */
  public interface Watch {
    /** Nothing more is told, except what is being told right now. */
    void end();
  }

  private static final class Watched {
    private final Set<Consumer<Change>> watchers = new HashSet<>();
    private long dueMillis;
    private boolean isAsking;
    private @Nullable AddressRecord current;
  }

  private final AnswerCache cache;
  private final InstantSource time;
  private final LongSupplier monotonicMillis;

  // Guarded by this.
  private final Map<PublicKey, Watched> keys = new HashMap<>();
  private final Set<Consumer<Change>> everything = new HashSet<>();
  private int watchers;
  private int asking;

  /**
   * A feed that nobody watches; it becomes the one that the cache tells of newer records.
   *
   * @param time for the life of records
   * @param monotonicMillis a clock that never goes back, of arbitrary origin
   */
  public ChangeFeed(AnswerCache cache, InstantSource time, LongSupplier monotonicMillis) {
    this.cache = cache;
    this.time = time;
    this.monotonicMillis = monotonicMillis;
    cache.onNewer(this::learned);
  }

  /**
   * Tells of every change of a key from now on.
   *
   * @return empty if there are too many watchers or keys
   */
  public synchronized Optional<Watch> watch(PublicKey key, Consumer<Change> watcher) {
    Watched watched = keys.get(key);
    if (watchers >= MAX_WATCHERS || (watched == null && keys.size() >= MAX_KEYS)) {
      return Optional.empty();
    }
    if (watched == null) {
      watched = new Watched();
      watched.dueMillis = monotonicMillis.getAsLong() + INTERVAL.toMillis();
      watched.current = cache.held(key, ResolvePolicy.CACHE).flatMap(Answer::newest).orElse(null);
      keys.put(key, watched);
    }
    if (watched.watchers.add(watcher)) {
      watchers++;
    }
    return Optional.of(() -> end(key, watcher));
  }

  /**
   * Tells of every change that this resolver learns of, whatever the key.
   *
   * @return empty if there are too many watchers
   */
  public synchronized Optional<Watch> watchAll(Consumer<Change> watcher) {
    if (watchers >= MAX_WATCHERS) {
      return Optional.empty();
    }
    if (everything.add(watcher)) {
      watchers++;
    }
    return Optional.of(() -> endAll(watcher));
  }

  private synchronized void endAll(Consumer<Change> watcher) {
    if (everything.remove(watcher)) {
      watchers--;
    }
  }

  private synchronized void end(PublicKey key, Consumer<Change> watcher) {
    Watched watched = keys.get(key);
    if (watched != null && watched.watchers.remove(watcher)) {
      watchers--;
      if (watched.watchers.isEmpty()) {
        keys.remove(key);
      }
    }
  }

  /** How many watch. */
  public synchronized int watchers() {
    return watchers;
  }

  /** Asks for the keys that are due, and tells of records that have expired. */
  public void tick() {
    List<Runnable> tell = new ArrayList<>();
    List<PublicKey> due = new ArrayList<>();
    long now = monotonicMillis.getAsLong();
    long unixSeconds = time.instant().getEpochSecond();
    synchronized (this) {
      for (Map.Entry<PublicKey, Watched> each : keys.entrySet()) {
        Watched watched = each.getValue();
        AddressRecord current = watched.current;
        if (current != null && !current.isLive(unixSeconds)) {
          watched.current = null;
          tell.addAll(telling(watched.watchers, expiry(current)));
        }
        if (now >= watched.dueMillis && !watched.isAsking && asking < MAX_ASKING) {
          watched.isAsking = true;
          asking++;
          due.add(each.getKey());
        }
      }
    }
    tell.forEach(Runnable::run);
    due.forEach(this::ask);
  }

  private static Change expiry(AddressRecord expired) {
    Evidence nobody = Evidence.none(ResolvePolicy.CACHE, "cache");
    return new Change(Change.Kind.EXPIRY, expired, new Resolution.NotFound(nobody));
  }

  private void ask(PublicKey key) {
    var unused =
        cache
            .refresh(key, ResolvePolicy.FAST)
            .handle(
                (answer, failure) -> {
                  boolean isAnswered =
                      failure == null && !(answer.resolution() instanceof Resolution.Unreachable);
                  asked(key, isAnswered ? INTERVAL : AFTER_FAILURE);
                  return answer;
                });
  }

  private synchronized void asked(PublicKey key, Duration untilNext) {
    asking--;
    Watched watched = keys.get(key);
    if (watched != null) {
      watched.isAsking = false;
      watched.dueMillis = monotonicMillis.getAsLong() + untilNext.toMillis();
    }
  }

  private void learned(Resolution resolution) {
    AddressRecord newest;
    Change.Kind kind;
    if (resolution instanceof Resolution.Found found) {
      newest = found.addressRecord();
      kind = Change.Kind.RECORD;
    } else if (resolution instanceof Resolution.Withdrawn withdrawn) {
      newest = withdrawn.addressRecord();
      kind = Change.Kind.WITHDRAWAL;
    } else {
      return;
    }
    Change change = new Change(kind, newest, resolution);
    List<Runnable> tell;
    synchronized (this) {
      tell = telling(everything, change);
      Watched watched = keys.get(newest.pubkey());
      if (watched != null) {
        watched.current = newest;
        tell.addAll(telling(watched.watchers, change));
      }
    }
    tell.forEach(Runnable::run);
  }

  private static List<Runnable> telling(Set<Consumer<Change>> watchers, Change change) {
    List<Runnable> tell = new ArrayList<>();
    watchers.forEach(watcher -> tell.add(() -> watcher.accept(change)));
    return tell;
  }
}
