package dev.wsn.resolver.client;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordRules;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.Resolver;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Several resolvers as one. {@link #resolve} asks one after the other, the next one when one fails
 * or is slow, until one gives an answer that holds; {@link #check} asks all of them, takes the
 * newest record and names who withholds it, serves an older one, or gives what does not hold. What
 * one resolver has shown, no other can take back. Thread-safe.
 */
public final class ResolverGroup implements Resolver {
  /** Most resolvers in a group. */
  public static final int MAX_RESOLVERS = 16;

  /**
   * A record may be that young before a resolver must know it: it spreads in seconds, and an honest
   * cache is a minute old.
   */
  public static final Duration SPREADING = Duration.ofMinutes(2);

  /** Who has not answered by then is not waited for alone: the next one is asked, too. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  /** What a resolver did that an honest one does not. */
  public enum Offence {
    /** It says that there is no record, and there is one. */
    WITHHOLDS,
    /** It serves a record that was replaced or has expired. */
    SERVES_OLD,
    /** What it answers does not hold. */
    UNTRUSTED
  }

  /**
   * A resolver that should not be believed.
   *
   * @param resolver its URL
   * @param sentence for people
   */
  public record Accusation(URI resolver, Offence offence, String sentence) {}

  /**
   * What all resolvers together say.
   *
   * @param resolution the newest record that holds, else the best of the other answers
   * @param accusations of resolvers that gave something else twice, the second time without a cache
   */
  public record Checked(Resolution resolution, List<Accusation> accusations) {
    /** Copies the list. */
    public Checked {
      accusations = List.copyOf(accusations);
    }
  }

  private record Said(ResolverClient client, Answered answered) {
    Resolution resolution() {
      return answered.resolution();
    }
  }

  private final List<ResolverClient> clients;
  private final InstantSource time;

  /**
   * A group; nothing is sent yet.
   *
   * @param resolvers their URLs, the preferred one first
   * @param rules verify every record
   * @param time for expiry
   * @throws IllegalArgumentException if there are none or more than {@link #MAX_RESOLVERS}, or a
   *     URL is not of the form that {@link ResolverClient} wants
   */
  public ResolverGroup(List<URI> resolvers, RecordRules rules, InstantSource time) {
    if (resolvers.isEmpty() || resolvers.size() > MAX_RESOLVERS) {
      throw new IllegalArgumentException("a group has 1 to " + MAX_RESOLVERS + " resolvers");
    }
    SeenVersions seen = new SeenVersions();
    this.clients =
        resolvers.stream().map(each -> new ResolverClient(each, rules, time, seen)).toList();
    this.time = time;
  }

  @Override
  public CompletionStage<Resolution> resolve(PublicKey key, ResolvePolicy policy) {
    Asking asking = new Asking(key, policy);
    asking.next();
    return asking.answer;
  }

  /** One question on its way from resolver to resolver. */
  private final class Asking {
    private final PublicKey key;
    private final ResolvePolicy policy;
    private final CompletableFuture<Resolution> answer = new CompletableFuture<>();

    // Guarded by this.
    private final List<Resolution> said = new ArrayList<>();
    private int asked;

    private Asking(PublicKey key, ResolvePolicy policy) {
      this.key = key;
      this.policy = policy;
    }

    private void next() {
      ResolverClient client;
      synchronized (this) {
        if (asked == clients.size() || answer.isDone()) {
          return;
        }
        client = clients.get(asked);
        asked++;
      }
      var unused = client.resolve(key, policy).thenAccept(this::heard);
      CompletableFuture.delayedExecutor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)
          .execute(this::next);
    }

    private void heard(Resolution resolution) {
      if (isUsable(resolution)) {
        answer.complete(resolution);
        return;
      }
      Optional<Resolution> last;
      synchronized (this) {
        said.add(resolution);
        last = said.size() == clients.size() ? Optional.of(best(said)) : Optional.empty();
      }
      last.ifPresent(answer::complete);
      next();
    }
  }

  /** "Not found" of one is not enough: the next may know more. */
  static boolean isUsable(Resolution resolution) {
    return newest(resolution).isPresent();
  }

  private static Optional<AddressRecord> newest(Resolution resolution) {
    if (resolution instanceof Resolution.Found found) {
      return Optional.of(found.addressRecord());
    }
    return resolution instanceof Resolution.Withdrawn withdrawn
        ? Optional.of(withdrawn.addressRecord())
        : Optional.empty();
  }

  /** The answer that says most. */
  static Resolution best(List<Resolution> resolutions) {
    Optional<Resolution> record =
        resolutions.stream()
            .filter(ResolverGroup::isUsable)
            .max(Comparator.comparing(each -> newest(each).orElseThrow().version()));
    return record
        .or(() -> resolutions.stream().filter(Resolution.NotFound.class::isInstance).findFirst())
        .or(() -> resolutions.stream().filter(Resolution.Unreachable.class::isInstance).findFirst())
        .orElseGet(() -> resolutions.get(0));
  }

  /** Asks all resolvers and compares. */
  public CompletionStage<Checked> check(PublicKey key) {
    return ask(clients, key, ResolvePolicy.FAST)
        .thenCompose(
            first -> {
              List<ResolverClient> suspects = suspects(first);
              return ask(suspects, key, ResolvePolicy.QUORUM)
                  .thenApply(second -> judge(first, second));
            });
  }

  private static CompletionStage<List<Said>> ask(
      List<ResolverClient> asked, PublicKey key, ResolvePolicy policy) {
    List<CompletableFuture<Said>> answers =
        asked.stream()
            .map(
                client ->
                    client
                        .ask(key, policy)
                        .thenApply(answered -> new Said(client, answered))
                        .toCompletableFuture())
            .toList();
    return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
        .thenApply(all -> answers.stream().map(CompletableFuture::join).toList());
  }

  /** Who says something else than the newest record. */
  private static List<ResolverClient> suspects(List<Said> said) {
    Optional<AddressRecord> best = newest(best(said.stream().map(Said::resolution).toList()));
    return said.stream()
        .filter(each -> !(each.resolution() instanceof Resolution.Unreachable))
        .filter(each -> best.isPresent() || each.resolution() instanceof Resolution.Untrusted)
        .filter(each -> !newest(each.resolution()).equals(best))
        .map(Said::client)
        .toList();
  }

  private Checked judge(List<Said> first, List<Said> second) {
    List<Resolution> all = new ArrayList<>();
    first.forEach(each -> all.add(each.resolution()));
    second.forEach(each -> all.add(each.resolution()));
    Resolution best = best(all);
    List<Accusation> accusations = new ArrayList<>();
    for (Said each : second) {
      accusation(each, newest(best)).ifPresent(accusations::add);
    }
    return new Checked(best, accusations);
  }

  private Optional<Accusation> accusation(Said said, Optional<AddressRecord> best) {
    URI resolver = said.client().base();
    if (said.answered().isOutdated() && said.resolution() instanceof Resolution.Untrusted old) {
      return Optional.of(new Accusation(resolver, Offence.SERVES_OLD, old.reason()));
    }
    if (said.resolution() instanceof Resolution.Untrusted untrusted) {
      return Optional.of(new Accusation(resolver, Offence.UNTRUSTED, untrusted.reason()));
    }
    boolean isSpread =
        best.isPresent()
            && time.instant().getEpochSecond() - best.get().createdAt() >= SPREADING.toSeconds();
    if (!isSpread || newest(said.resolution()).equals(best)) {
      return Optional.empty();
    }
    if (said.resolution() instanceof Resolution.NotFound) {
      String sentence = resolver + " says that there is no record, but there is one";
      return Optional.of(new Accusation(resolver, Offence.WITHHOLDS, sentence));
    }
    return newest(said.resolution())
        .map(
            old ->
                new Accusation(
                    resolver, Offence.SERVES_OLD, resolver + " serves a record that was replaced"));
  }

  /**
   * Tells of what changes about a key, as {@link ResolverClient#watch} does; when one resolver's
   * stream breaks, the next one's goes on where it ended.
   *
   * @param told on a thread of the HTTP client, one call at a time; must not block
   */
  public ResolverWatch watch(PublicKey key, Consumer<Resolution> told) {
    return ResolverWatch.start(clients, key, told);
  }

  /** Publishes through all of them; accepted if one of them had enough nodes take it. */
  @Override
  public CompletionStage<Publication> publish(NostrEvent event) {
    List<CompletableFuture<Publication>> outcomes =
        clients.stream().map(client -> client.publish(event).toCompletableFuture()).toList();
    return CompletableFuture.allOf(outcomes.toArray(CompletableFuture[]::new))
        .thenApply(all -> bestOf(outcomes.stream().map(CompletableFuture::join).toList()));
  }

  /** The outcome that says most. */
  static Publication bestOf(List<Publication> outcomes) {
    return outcomes.stream()
        .filter(Publication.Accepted.class::isInstance)
        .findFirst()
        .or(() -> outcomes.stream().filter(Publication.Refused.class::isInstance).findFirst())
        .or(() -> outcomes.stream().filter(Publication.TooFew.class::isInstance).findFirst())
        .orElseGet(() -> outcomes.get(0));
  }
}
