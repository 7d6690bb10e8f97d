package dev.wsn.node;

import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.AskedContact;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Outcome;
import dev.wsn.kademlia.Protocol;
import dev.wsn.kademlia.ReadPolicy;
import dev.wsn.kademlia.Suspicion;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordRejection;
import dev.wsn.record.RecordRules;
import dev.wsn.record.Topic;
import dev.wsn.resolver.AskedNode;
import dev.wsn.resolver.Evidence;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.Resolver;
import dev.wsn.resolver.Widening;
import dev.wsn.resolver.directory.TopicIndex;
import dev.wsn.resolver.mirror.VersionMemory;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers from the DHT. Questions for the same key and policy share one lookup. Questions that come
 * before the node has joined wait for that. Thread-safe; stages complete on the node's event loop,
 * so what depends on them must not block.
 */
final class DhtResolver implements Resolver, TopicIndex, VersionMemory {

  private static final Logger LOG = LoggerFactory.getLogger(DhtResolver.class);
  private static final String STOPPED = "this node has stopped";
  private static final String BUSY = "this node has too many questions to answer; ask again later";
  private static final String ALONE =
      "no other node is known; give a seed, or wait until this node has joined the network";

  private record Question(PublicKey key, ReadPolicy policy) {}

  /** Somebody who waits, and how to say that there will be no answer. */
  private static final class Asker<T> {
    private final CompletableFuture<T> answer = new CompletableFuture<>();
    private final Function<String, T> unreachable;

    Asker(Function<String, T> unreachable) {
      this.unreachable = unreachable;
    }

    void tell(T value) {
      answer.complete(value);
    }

    void refuse(String why) {
      answer.complete(unreachable.apply(why));
    }

    CompletionStage<T> stage() {
      return answer.minimalCompletionStage();
    }
  }

  /** One lookup and those who wait for it. */
  private static final class Flight {
    private final List<Asker<Resolution>> waiting = new ArrayList<>();
    private @Nullable Resolution first;
  }

  private final DhtDriver driver;
  private final RecordRules rules;
  private final LongSupplier unixSeconds;

  // Owned by the event loop.
  private final Map<Question, Flight> flights = new HashMap<>();
  private final List<Runnable> untilJoined = new ArrayList<>();
  private boolean isJoined;

  /** Everybody who waits, at most {@link Protocol#MAX_WAITING_QUESTIONS}. */
  private final Set<Asker<?>> open = new HashSet<>();

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
    if (policy == ResolvePolicy.CACHE) {
      // The node keeps records for others, not answers.
      return CompletableFuture.completedFuture(
          new Resolution.NotFound(Evidence.none(policy, "local")));
    }
    Asker<Resolution> asker = new Asker<>(Resolution.Unreachable::new);
    ReadPolicy readPolicy = readPolicy(policy);
    begin(asker, () -> lookUp(new Question(key, readPolicy), policy, asker));
    return asker.stage();
  }

  @Override
  public CompletionStage<Publication> publish(NostrEvent event) {
    Asker<Publication> asker = new Asker<>(Publication.Unreachable::new);
    RecordRules.Verdict verdict = rules.verify(event, unixSeconds.getAsLong());
    if (verdict instanceof RecordRules.Verdict.Refused refused) {
      asker.tell(new Publication.Refused(refused.reason(), refused.detail()));
    } else if (verdict instanceof RecordRules.Verdict.Accepted accepted) {
      begin(asker, () -> store(accepted.addressRecord(), asker));
    }
    return asker.stage();
  }

  @Override
  public CompletionStage<TopicIndex.Answer> list(Topic topic) {
    Asker<TopicIndex.Answer> asker = new Asker<>(TopicIndex.Unreachable::new);
    begin(asker, () -> driver.list(topic, outcome -> end(asker, listed((Outcome.Listed) outcome))));
    return asker.stage();
  }

  @Override
  public CompletionStage<Boolean> admit(AddressRecord addressRecord) {
    CompletableFuture<Boolean> answer = new CompletableFuture<>();
    boolean isTaken = driver.run(() -> answer.complete(driver.admit(addressRecord)));
    if (!isTaken) {
      answer.complete(false);
    }
    return answer.minimalCompletionStage();
  }

  private TopicIndex.Answer listed(Outcome.Listed listed) {
    Outcome.Evidence cost = listed.evidence();
    return cost.answered() == 0 && listed.records().isEmpty()
        ? new TopicIndex.Unreachable(whyUnreachable(cost))
        : new TopicIndex.Announced(listed.records(), cost.asked(), cost.answered());
  }

  /** The node has joined: questions are asked from now on. On the event loop. */
  void joined() {
    isJoined = true;
    untilJoined.forEach(Runnable::run);
    untilJoined.clear();
  }

  /** Tells everybody who waits that the node has stopped. On the event loop. */
  void stop() {
    List<Asker<?>> last = List.copyOf(open);
    open.clear();
    flights.clear();
    untilJoined.clear();
    last.forEach(asker -> asker.refuse(STOPPED));
  }

  private void begin(Asker<?> asker, Runnable command) {
    boolean isTaken =
        driver.run(
            () -> {
              if (driver.isStopped()) {
                asker.refuse(STOPPED);
              } else if (open.size() >= Protocol.MAX_WAITING_QUESTIONS) {
                asker.refuse(BUSY);
              } else {
                open.add(asker);
                whenJoined(command);
              }
            });
    if (!isTaken) {
      asker.refuse(STOPPED);
    }
  }

  private void whenJoined(Runnable command) {
    if (isJoined) {
      command.run();
    } else {
      untilJoined.add(command);
    }
  }

  private <T> void end(Asker<T> asker, T value) {
    open.remove(asker);
    asker.tell(value);
  }

  private void lookUp(Question question, ResolvePolicy policy, Asker<Resolution> asker) {
    Flight running = flights.get(question);
    if (running == null) {
      Flight flight = new Flight();
      flight.waiting.add(asker);
      flights.put(question, flight);
      driver.resolve(
          question.key(),
          question.policy(),
          outcome -> land(question, policy, flight, (Outcome.Read) outcome));
    } else if (running.first != null) {
      end(asker, running.first);
    } else {
      running.waiting.add(asker);
    }
  }

  private void land(Question question, ResolvePolicy policy, Flight flight, Outcome.Read read) {
    if (read.isFinal()) {
      flights.remove(question);
    }
    Resolution resolution = resolution(policy, read);
    flight.first = resolution;
    List<Asker<Resolution>> answered = List.copyOf(flight.waiting);
    flight.waiting.clear();
    answered.forEach(asker -> end(asker, resolution));
  }

  private static ReadPolicy readPolicy(ResolvePolicy policy) {
    return switch (policy) {
      case FAST, CACHE -> ReadPolicy.FAST;
      case QUORUM -> ReadPolicy.QUORUM;
      case SECURE -> ReadPolicy.SECURE;
    };
  }

  private Resolution resolution(ResolvePolicy policy, Outcome.Read read) {
    Outcome.Evidence cost = read.evidence();
    Evidence evidence =
        new Evidence(
            policy,
            "dht",
            cost.asked(),
            cost.answered(),
            cost.had(),
            cost.agreed(),
            cost.conflicting(),
            cost.hops(),
            cost.elapsedMillis(),
            path(read.path()),
            Optional.empty(),
            widening(cost));
    if (cost.answered() == 0) {
      // What this node holds itself may be old, and nobody is there who would know.
      return new Resolution.Unreachable(whyUnreachable(cost));
    }
    if (read.newest().isPresent()) {
      AddressRecord newest = read.newest().get();
      return newest.isWithdrawal()
          ? new Resolution.Withdrawn(newest, evidence)
          : new Resolution.Found(newest, evidence);
    }
    return new Resolution.NotFound(evidence);
  }

  private static Optional<Widening> widening(Outcome.Evidence cost) {
    Set<Widening.Reason> reasons = EnumSet.noneOf(Widening.Reason.class);
    for (Suspicion suspicion : cost.suspicions()) {
      reasons.add(
          switch (suspicion) {
            case DENSE -> Widening.Reason.DENSE;
            case UNIFORM -> Widening.Reason.UNIFORM;
          });
    }
    return reasons.isEmpty()
        ? Optional.empty()
        : Optional.of(new Widening(cost.widened(), reasons));
  }

  private static List<AskedNode> path(List<AskedContact> path) {
    return path.stream().limit(AskedNode.MAX).map(DhtResolver::asked).toList();
  }

  private static AskedNode asked(AskedContact asked) {
    Contact contact = asked.contact();
    return new AskedNode(
        contact.id().toString(),
        contact.address().toString(),
        asked.hop(),
        asked.distance().sharedBits(),
        asked.namedBy().map(referrer -> referrer.id().toString()),
        said(asked.answer()),
        asked.roundTripMillis());
  }

  private static AskedNode.Said said(AskedContact.Answer answer) {
    return switch (answer) {
      case NODES -> AskedNode.Said.NODES;
      case RECORD -> AskedNode.Said.RECORD;
      case OLDER_RECORD -> AskedNode.Said.OLDER_RECORD;
      case BAD_RECORD -> AskedNode.Said.BAD_RECORD;
      case SILENCE -> AskedNode.Said.SILENCE;
      case WAITING -> AskedNode.Said.WAITING;
    };
  }

  private String whyUnreachable(Outcome.Evidence cost) {
    if (cost.asked() > 0) {
      return "none of the " + cost.asked() + " nodes that were asked has answered";
    }
    return driver.contacts() == 0 ? ALONE : BUSY;
  }

  private void store(AddressRecord addressRecord, Asker<Publication> asker) {
    if (!driver.admits(addressRecord.pubkey(), addressRecord.version())) {
      end(asker, older("a newer record of this key was seen here"));
    } else if (driver.contacts() == 0) {
      end(asker, new Publication.Unreachable(ALONE));
    } else {
      boolean isNew = !driver.isKnown(addressRecord);
      driver.publish(
          addressRecord,
          outcome -> {
            Outcome.Published published = (Outcome.Published) outcome;
            Publication publication = publication(published, isNew);
            if (publication instanceof Publication.Accepted accepted
                && !published.topics().isEmpty()) {
              announce(
                  addressRecord,
                  List.copyOf(published.topics()),
                  0,
                  0,
                  nodes -> end(asker, accepted.announcedTo(nodes)));
            } else {
              end(asker, publication);
            }
          });
    }
  }

  /** Announces under one topic after the other, and tells how many nodes took note in all. */
  private void announce(
      AddressRecord addressRecord, List<Topic> topics, int next, int soFar, IntConsumer done) {
    if (next == topics.size()) {
      done.accept(soFar);
    } else {
      driver.announce(
          addressRecord,
          topics.get(next),
          outcome -> {
            int nodes = ((Outcome.Announced) outcome).acknowledged();
            LOG.debug(
                "{} nodes know that {} is under {}",
                nodes,
                addressRecord.pubkey().hex().substring(0, 8),
                topics.get(next));
            announce(addressRecord, topics, next + 1, soFar + nodes, done);
          });
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
