package dev.wsn.resolver.directory;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.RecordVersion;
import dev.wsn.record.Topic;
import dev.wsn.resolver.MalformedJsonException;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.Resolver;
import dev.wsn.resolver.cache.BusyException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Lists the relays of a topic that are alive. Who announced itself is asked of the network; each of
 * them is then resolved, dialled and asked for its information document, few at one time. A listing
 * is remembered for {@link #FRESH}, what a relay answered for {@link #FRESH_LIVE}, and questions
 * that are alike share the work. Thread-safe.
 */
public final class Directory {
  /** How long a listing is served without asking again. */
  public static final Duration FRESH = Duration.ofSeconds(60);

  /** How long a relay that answered is not asked again. */
  public static final Duration FRESH_LIVE = Duration.ofMinutes(5);

  /** How long a relay that did not answer is not asked again. */
  public static final Duration FRESH_SILENT = Duration.ofMinutes(1);

  /** How long a question waits for relays; those that are later are counted as waiting. */
  static final Duration PATIENCE = Duration.ofSeconds(12);

  /** Listings that are remembered. */
  static final int MAX_LISTINGS = 200;

  /** Topics that are being looked for at one time; more fail with {@link BusyException}. */
  static final int MAX_RUNNING = 16;

  /** Relays whose answers are remembered. */
  static final int MAX_RELAYS = 4_000;

  /** Relays that are being asked at one time. */
  static final int MAX_ASKED = 16;

  /** Relays of one topic that are asked. */
  static final int MAX_OF_TOPIC = 128;

  /** What was found out about a relay. */
  private enum State {
    LIVE,
    NOT_DIALLED,
    SILENT
  }

  private record Known(
      long atMillis,
      RecordVersion announced,
      State state,
      AddressRecord current,
      RelayClaims claims) {}

  private record Held(long atMillis, Listing listing) {}

  /** Remembers so many, those of most recent use. */
  private static final class Recent<K, V> extends LinkedHashMap<K, V> {
    private static final long serialVersionUID = 1L;
    private final int max;

    Recent(int max) {
      super(16, 0.75f, true);
      this.max = max;
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
      return size() > max;
    }
  }

  private final TopicIndex index;
  private final Resolver resolver;
  private final RelayFacts facts;
  private final LongSupplier monotonicMillis;
  private final Duration patience;

  // Guarded by this.
  private final Map<Topic, Held> listings = new Recent<>(MAX_LISTINGS);
  private final Map<PublicKey, Known> known = new Recent<>(MAX_RELAYS);
  private final Map<Topic, CompletableFuture<Listing>> running = new HashMap<>();
  private final Deque<Runnable> queue = new ArrayDeque<>();
  private int asking;
  private boolean isBeginning;

  /** The network could not be asked; the message is a sentence for people. */
  public static final class UnreachableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** The sentence. */
    public UnreachableException(String reason) {
      super(reason, null, false, false);
    }
  }

  /**
   * A directory that remembers nothing yet.
   *
   * @param index says who announced itself
   * @param resolver says where those are by now; better one that remembers
   * @param facts asks them
   * @param monotonicMillis a clock that never goes back, of arbitrary origin
   */
  public Directory(
      TopicIndex index, Resolver resolver, RelayFacts facts, LongSupplier monotonicMillis) {
    this(index, resolver, facts, monotonicMillis, PATIENCE);
  }

  Directory(
      TopicIndex index,
      Resolver resolver,
      RelayFacts facts,
      LongSupplier monotonicMillis,
      Duration patience) {
    this.index = index;
    this.resolver = resolver;
    this.facts = facts;
    this.monotonicMillis = monotonicMillis;
    this.patience = patience;
  }

  /** Whether a listing can be given without asking anybody. */
  public boolean isHeld(Topic topic) {
    synchronized (this) {
      Held held = listings.get(topic);
      return held != null && isFresh(held.atMillis, FRESH);
    }
  }

  /** The relays of a topic; fails with {@link UnreachableException} or {@link BusyException}. */
  public CompletionStage<Listing> of(Topic topic) {
    CompletableFuture<Listing> listing = new CompletableFuture<>();
    synchronized (this) {
      Held held = listings.get(topic);
      if (held != null && isFresh(held.atMillis, FRESH)) {
        return CompletableFuture.completedFuture(held.listing);
      }
      CompletableFuture<Listing> other = running.get(topic);
      if (other != null) {
        return other.minimalCompletionStage();
      }
      if (running.size() >= MAX_RUNNING) {
        return CompletableFuture.failedFuture(new BusyException());
      }
      running.put(topic, listing);
    }
    var unused =
        index
            .list(topic)
            .thenCompose(answer -> judge(topic, answer))
            .whenComplete((found, failure) -> land(topic, listing, found, failure));
    return listing.minimalCompletionStage();
  }

  private boolean isFresh(long atMillis, Duration life) {
    return monotonicMillis.getAsLong() - atMillis < life.toMillis();
  }

  private void land(
      Topic topic,
      CompletableFuture<Listing> waiting,
      @Nullable Listing found,
      @Nullable Throwable failure) {
    synchronized (this) {
      running.remove(topic);
      if (found != null && found.waiting() == 0) {
        listings.put(topic, new Held(monotonicMillis.getAsLong(), found));
      }
    }
    if (found != null) {
      waiting.complete(found);
    } else {
      Throwable cause =
          failure != null && failure.getCause() != null ? failure.getCause() : failure;
      waiting.completeExceptionally(
          cause == null ? new IllegalStateException("a listing of nothing") : cause);
    }
  }

  private CompletionStage<Listing> judge(Topic topic, TopicIndex.Answer answer) {
    if (answer instanceof TopicIndex.Unreachable unreachable) {
      return CompletableFuture.failedFuture(new UnreachableException(unreachable.reason()));
    }
    List<AddressRecord> all = ((TopicIndex.Announced) answer).records();
    List<AddressRecord> announced = all.subList(0, Math.min(MAX_OF_TOPIC, all.size()));
    List<CompletableFuture<Known>> asked = announced.stream().map(this::ask).toList();
    return CompletableFuture.allOf(asked.toArray(CompletableFuture[]::new))
        .completeOnTimeout(null, patience.toMillis(), TimeUnit.MILLISECONDS)
        .thenApply(late -> listing(topic, asked));
  }

  private static Listing listing(Topic topic, List<CompletableFuture<Known>> asked) {
    List<Listing.Relay> relays = new ArrayList<>();
    int silent = 0;
    int waiting = 0;
    for (CompletableFuture<Known> each : asked) {
      if (!each.isDone()) {
        waiting++;
        continue;
      }
      Known found = each.join();
      boolean isListed = found.state != State.SILENT && found.current.topics().contains(topic);
      if (isListed) {
        relays.add(new Listing.Relay(found.current, found.state == State.LIVE, found.claims));
      } else {
        silent++;
      }
    }
    return new Listing(topic, relays, asked.size(), silent, waiting);
  }

  private CompletableFuture<Known> ask(AddressRecord announced) {
    CompletableFuture<Known> answer = new CompletableFuture<>();
    synchronized (this) {
      Known before = known.get(announced.pubkey());
      boolean isSame = before != null && !announced.version().supersedes(before.announced);
      if (before != null && isSame) {
        Duration life = before.state == State.SILENT ? FRESH_SILENT : FRESH_LIVE;
        if (isFresh(before.atMillis, life)) {
          return CompletableFuture.completedFuture(before);
        }
      }
      queue.add(
          () -> {
            var unused =
                find(announced)
                    .exceptionally(failure -> silent(announced))
                    .thenAccept(found -> learn(announced, found, answer));
          });
    }
    next();
    return answer;
  }

  private void learn(AddressRecord announced, Known found, CompletableFuture<Known> answer) {
    synchronized (this) {
      known.put(announced.pubkey(), found);
      asking--;
    }
    answer.complete(found);
    next();
  }

  /** Begins what may begin; not within itself, however many are answered at once. */
  private void next() {
    synchronized (this) {
      if (isBeginning) {
        return;
      }
      isBeginning = true;
    }
    while (true) {
      Runnable first;
      synchronized (this) {
        if (asking >= MAX_ASKED || queue.isEmpty()) {
          isBeginning = false;
          return;
        }
        asking++;
        first = queue.remove();
      }
      first.run();
    }
  }

  /** Where it is by now, and what it says there. */
  private CompletionStage<Known> find(AddressRecord announced) {
    CompletionStage<Resolution> resolved;
    try {
      resolved = resolver.resolve(announced.pubkey(), ResolvePolicy.FAST);
    } catch (RuntimeException bug) {
      return CompletableFuture.failedFuture(bug);
    }
    return resolved.thenCompose(
        resolution -> {
          AddressRecord current = current(announced, resolution);
          if (current.isWithdrawal()) {
            return CompletableFuture.completedFuture(silent(announced));
          }
          return facts.ask(current).thenApply(said -> known(announced, current, said));
        });
  }

  /** Nobody may find the record of a relay any more that announced itself: then as announced. */
  private static AddressRecord current(AddressRecord announced, Resolution resolution) {
    if (resolution instanceof Resolution.Withdrawn withdrawn) {
      return newer(announced, withdrawn.addressRecord());
    }
    return resolution instanceof Resolution.Found found
        ? newer(announced, found.addressRecord())
        : announced;
  }

  private static AddressRecord newer(AddressRecord announced, AddressRecord resolved) {
    return resolved.version().supersedes(announced.version()) ? resolved : announced;
  }

  private Known known(AddressRecord announced, AddressRecord current, RelayFacts.Answer said) {
    if (said instanceof RelayFacts.Live live) {
      return new Known(
          monotonicMillis.getAsLong(),
          announced.version(),
          State.LIVE,
          current,
          claims(live.document()));
    }
    return said instanceof RelayFacts.NotDialled
        ? new Known(
            monotonicMillis.getAsLong(),
            announced.version(),
            State.NOT_DIALLED,
            current,
            RelayClaims.none())
        : silent(announced);
  }

  private Known silent(AddressRecord announced) {
    return new Known(
        monotonicMillis.getAsLong(),
        announced.version(),
        State.SILENT,
        announced,
        RelayClaims.none());
  }

  private static RelayClaims claims(byte[] document) {
    try {
      return document.length == 0 ? RelayClaims.none() : RelayClaims.read(document);
    } catch (MalformedJsonException malformed) {
      return RelayClaims.none();
    }
  }
}
