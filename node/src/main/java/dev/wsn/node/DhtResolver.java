package dev.wsn.node;

import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Outcome;
import dev.wsn.kademlia.ReadPolicy;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordRejection;
import dev.wsn.record.RecordRules;
import dev.wsn.resolver.Evidence;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.Resolver;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers from the DHT. Questions for the same key and policy share one lookup. Questions that come
 * before the node has joined wait for that. Thread-safe; stages complete on the node's event loop,
 * so what depends on them must not block.
 */
final class DhtResolver implements Resolver {
  /** Questions that wait for an answer; more are answered {@code Unreachable} at once. */
  static final int MAX_WAITING = 10_000;

  private static final String STOPPED = "this node has stopped";
  private static final String BUSY = "this node has too many questions to answer; ask again later";
  private static final String ALONE =
      "no other node is known; give a seed, or wait until this node has joined the network";

  private record Question(PublicKey key, ReadPolicy policy) {}

  /** One lookup and those who wait for it. */
  private static final class Flight {
    private final List<CompletableFuture<Resolution>> waiting = new ArrayList<>();
    private @Nullable Resolution first;
  }

  private final DhtDriver driver;
  private final RecordRules rules;
  private final LongSupplier unixSeconds;

  // Owned by the event loop.
  private final Map<Question, Flight> flights = new HashMap<>();
  private final List<Runnable> untilJoined = new ArrayList<>();
  private boolean isJoined;

  /** Everybody who waits, with what to tell them when the node stops; at most MAX_WAITING. */
  private final Map<CompletableFuture<?>, Runnable> open = new IdentityHashMap<>();

  /**
   * The resolver of a node.
   *
   * @param unixSeconds now
   */
  DhtResolver(DhtDriver driver, RecordRules rules, LongSupplier unixSeconds) {
    this.driver = driver;
    this.rules = rules;
    this.unixSeconds = unixSeconds;
  }

  @Override
  public CompletionStage<Resolution> resolve(PublicKey key, ResolvePolicy policy) {
    CompletableFuture<Resolution> answer = new CompletableFuture<>();
    ReadPolicy readPolicy = policy == ResolvePolicy.FAST ? ReadPolicy.FAST : ReadPolicy.QUORUM;
    begin(
        answer,
        Resolution.Unreachable::new,
        () -> lookUp(new Question(key, readPolicy), policy, answer));
    return answer.minimalCompletionStage();
  }

  @Override
  public CompletionStage<Publication> publish(NostrEvent event) {
    RecordRules.Verdict verdict = rules.verify(event, unixSeconds.getAsLong());
    CompletableFuture<Publication> answer = new CompletableFuture<>();
    if (verdict instanceof RecordRules.Verdict.Refused refused) {
      answer.complete(new Publication.Refused(refused.reason(), refused.detail()));
    } else if (verdict instanceof RecordRules.Verdict.Accepted accepted) {
      begin(answer, Publication.Unreachable::new, () -> store(accepted.addressRecord(), answer));
    }
    return answer.minimalCompletionStage();
  }

  /** The node has joined: questions are asked from now on. On the event loop. */
  void joined() {
    isJoined = true;
    untilJoined.forEach(Runnable::run);
    untilJoined.clear();
  }

  /** Tells everybody who waits that the node has stopped. On the event loop. */
  void stop() {
    List<Runnable> farewells = List.copyOf(open.values());
    open.clear();
    flights.clear();
    untilJoined.clear();
    farewells.forEach(Runnable::run);
  }

  private <T> void begin(
      CompletableFuture<T> answer, Function<String, T> unreachable, Runnable command) {
    Runnable farewell = () -> answer.complete(unreachable.apply(STOPPED));
    boolean isTaken =
        driver.run(
            () -> {
              if (driver.isStopped()) {
                farewell.run();
              } else if (open.size() >= MAX_WAITING) {
                answer.complete(unreachable.apply(BUSY));
              } else {
                open.put(answer, farewell);
                whenJoined(command);
              }
            });
    if (!isTaken) {
      farewell.run();
    }
  }

  private void whenJoined(Runnable command) {
    if (isJoined) {
      command.run();
    } else {
      untilJoined.add(command);
    }
  }

  private <T> void end(CompletableFuture<T> answer, T value) {
    open.remove(answer);
    answer.complete(value);
  }

  private void lookUp(
      Question question, ResolvePolicy policy, CompletableFuture<Resolution> answer) {
    Flight running = flights.get(question);
    if (running == null) {
      Flight flight = new Flight();
      flight.waiting.add(answer);
      flights.put(question, flight);
      driver.resolve(
          question.key(),
          question.policy(),
          outcome -> land(question, policy, flight, (Outcome.Read) outcome));
    } else if (running.first != null) {
      end(answer, running.first);
    } else {
      running.waiting.add(answer);
    }
  }

  private void land(Question question, ResolvePolicy policy, Flight flight, Outcome.Read read) {
    if (read.isFinal()) {
      flights.remove(question);
    }
    Resolution resolution = resolution(policy, read);
    flight.first = resolution;
    List<CompletableFuture<Resolution>> answered = List.copyOf(flight.waiting);
    flight.waiting.clear();
    answered.forEach(answer -> end(answer, resolution));
  }

  private Resolution resolution(ResolvePolicy policy, Outcome.Read read) {
    Outcome.Evidence cost = read.evidence();
    Evidence evidence =
        new Evidence(
            policy,
            cost.asked() == 0 ? "local" : "dht",
            cost.asked(),
            cost.answered(),
            cost.had(),
            cost.agreed(),
            cost.conflicting(),
            cost.hops(),
            cost.elapsedMillis());
    if (read.newest().isPresent()) {
      AddressRecord newest = read.newest().get();
      return newest.isWithdrawal()
          ? new Resolution.Withdrawn(newest, evidence)
          : new Resolution.Found(newest, evidence);
    }
    return cost.answered() == 0
        ? new Resolution.Unreachable(whyUnreachable(cost))
        : new Resolution.NotFound(evidence);
  }

  private String whyUnreachable(Outcome.Evidence cost) {
    if (cost.asked() > 0) {
      return "none of the " + cost.asked() + " nodes that were asked has answered";
    }
    return driver.contacts() == 0 ? ALONE : BUSY;
  }

  private void store(AddressRecord addressRecord, CompletableFuture<Publication> answer) {
    if (!driver.admits(addressRecord.pubkey(), addressRecord.version())) {
      end(answer, older("a newer record of this key was seen here"));
    } else if (driver.contacts() == 0) {
      end(answer, new Publication.Unreachable(ALONE));
    } else {
      boolean isNew = !driver.isKnown(addressRecord);
      driver.publish(
          addressRecord, outcome -> end(answer, publication((Outcome.Published) outcome, isNew)));
    }
  }

  private Publication publication(Outcome.Published published, boolean isNew) {
    int acknowledged = published.acknowledged();
    if (published.newerKnown().isPresent()) {
      long createdAt = published.newerKnown().get().createdAt();
      return older("a record of this key from " + Instant.ofEpochSecond(createdAt) + " is known");
    }
    if (acknowledged >= published.required()) {
      return new Publication.Accepted(
          acknowledged, published.required(), published.refusals(), isNew);
    }
    return published.evidence().answered() == 0
        ? new Publication.Unreachable(whyUnreachable(published.evidence()))
        : new Publication.TooFew(acknowledged, published.required(), published.refusals());
  }

  private static Publication older(String detail) {
    return new Publication.Refused(RecordRejection.OLDER_THAN_KNOWN, detail);
  }
}
