package dev.wsn.simulator;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.NodeId;
import dev.wsn.kademlia.Outcome;
import dev.wsn.kademlia.Parameters;
import dev.wsn.kademlia.ReadPolicy;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.RecordRules;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * One run: nodes, a network and owners of records, all from one seed. {@link #run} plays the usual
 * course, first with faults, when only safety is asked for, then without, when everything has to
 * work again; tests with a story of their own use the steps.
 */
final class Simulation {
  private static final int SEEDS = 3;
  private static final long JOIN_PAUSE_MILLIS = 10;
  private static final long SETTLE_MILLIS = 20_000;

  /** Every operation has ended after this. */
  static final long OPERATION_MILLIS = 120_000;

  private final Faults faults;
  private final Timeline timeline = new Timeline();
  private final Trace trace = new Trace();
  private final Safety safety;
  private final SimulatedNetwork network;
  private final SplittableRandom random;
  private final List<SimulatedNode> nodes = new ArrayList<>();
  private final List<Contact> seeds = new ArrayList<>();
  private final Population population;

  Simulation(Faults faults) {
    this(faults, Parameters.defaults());
  }

  Simulation(Faults faults, Parameters parameters) {
    this.faults = faults;
    this.random = new SplittableRandom(faults.seed());
    Secp256k1 curve = new MemoizedCurve(Secp256k1.preferred());
    this.safety = new Safety(new RecordRules(curve, false));
    this.network = new SimulatedNetwork(timeline, random.split(), trace, faults);
    this.population = new Population(random.split(), curve, faults.hasRealCurve());
    SimulatedNode.World world =
        new SimulatedNode.World(timeline, network, trace, safety, parameters);
    for (Population.Member member : population.members(faults.nodes())) {
      int skew = random.nextInt(-faults.wallSkewSeconds(), faults.wallSkewSeconds() + 1);
      SimulatedNode node =
          new SimulatedNode(world, member.contact(), member.agreement(), random.split(), skew);
      network.bind(member.contact().address(), nodes.size(), node);
      nodes.add(node);
      if (seeds.size() < SEEDS) {
        seeds.add(member.contact());
      }
    }
  }

  /** The usual course of a run. */
  static Trace run(Faults faults) {
    return replayable(
        faults,
        () -> {
          Simulation simulation = new Simulation(faults);
          new Course(simulation).play();
          return simulation.trace();
        });
  }

  /** Runs something; if it fails, the message says how to run the same again. */
  static <T> T replayable(Faults faults, Supplier<T> story) {
    try {
      return story.get();
    } catch (AssertionError | RuntimeException failure) {
      throw new AssertionError(
          failure.getMessage() + "\nrun again with -Dsim.seed=" + faults.seed() + "; " + faults,
          failure);
    }
  }

  Faults faults() {
    return faults;
  }

  Timeline timeline() {
    return timeline;
  }

  SimulatedNetwork network() {
    return network;
  }

  Safety safety() {
    return safety;
  }

  Trace trace() {
    return trace;
  }

  SplittableRandom random() {
    return random;
  }

  List<SimulatedNode> nodes() {
    return nodes;
  }

  SimulatedNode node(int index) {
    return nodes.get(index);
  }

  Owner newOwner() {
    return new Owner(population.secret(), safety.rules(), safety);
  }

  /** All nodes start, one after the other, and get time to find each other. */
  void grow() {
    grow(JOIN_PAUSE_MILLIS, SETTLE_MILLIS);
  }

  void grow(long joinPauseMillis, long settleMillis) {
    for (SimulatedNode node : nodes) {
      node.start(seeds);
      timeline.run(joinPauseMillis);
    }
    timeline.run(settleMillis);
    inspect();
  }

  void start(SimulatedNode node) {
    node.start(seeds);
  }

  void inspect() {
    nodes.stream().filter(SimulatedNode::isUp).forEach(safety::inspect);
  }

  /** The nodes that are truly the closest to a key's record, closest first. */
  List<SimulatedNode> closest(PublicKey key, int count) {
    NodeId place = NodeId.ofRecord(key);
    return nodes.stream()
        .filter(SimulatedNode::isUp)
        .sorted(Comparator.comparing(node -> node.contact().id().distanceTo(place)))
        .limit(count)
        .toList();
  }

  /** A node that is up. */
  SimulatedNode anyNode() {
    SimulatedNode node;
    do {
      node = nodes.get(random.nextInt(nodes.size()));
    } while (!node.isUp());
    return node;
  }

  long upNodes() {
    return nodes.stream().filter(SimulatedNode::isUp).count();
  }

  /** A node that has been up for so long. */
  SimulatedNode settledNode(long millis) {
    SimulatedNode node;
    do {
      node = anyNode();
    } while (node.startedAtMillis() > timeline.nowMillis() - millis);
    return node;
  }

  /** Starts a publication; it has to end in time unless the node crashes. */
  void publishing(
      SimulatedNode node, Owner owner, AddressRecord addressRecord, Consumer<Outcome> done) {
    Consumer<Outcome> ended = expected(node, "publish", done);
    node.publish(
        addressRecord,
        outcome -> {
          Outcome.Published published = (Outcome.Published) outcome;
          if (published.acknowledged() >= published.required()) {
            owner.confirm(addressRecord);
          }
          ended.accept(outcome);
        });
  }

  /** Starts a read; it has to end in time unless the node crashes. */
  void resolving(SimulatedNode node, PublicKey key, ReadPolicy policy, Consumer<Outcome> done) {
    Consumer<Outcome> ended = expected(node, "resolve", done);
    node.resolve(
        key,
        policy,
        outcome -> {
          Outcome.Read read = (Outcome.Read) outcome;
          if (read.isFinal()) {
            trace.lookup(read.evidence().hops(), read.evidence().elapsedMillis());
            ended.accept(outcome);
          }
        });
  }

  private Consumer<Outcome> expected(SimulatedNode node, String what, Consumer<Outcome> done) {
    boolean[] isDone = new boolean[1];
    long start = node.starts();
    timeline.after(
        OPERATION_MILLIS,
        () ->
            Safety.check(
                isDone[0] || node.starts() != start || !node.isUp(),
                what + " at " + node + " did not end"));
    return outcome -> {
      isDone[0] = true;
      done.accept(outcome);
    };
  }

  /** Publishes and waits. */
  Outcome.Published publish(SimulatedNode node, Owner owner, AddressRecord addressRecord) {
    return (Outcome.Published) await(done -> publishing(node, owner, addressRecord, done));
  }

  /** Reads and waits for the final outcome. */
  Outcome.Read read(SimulatedNode node, PublicKey key, ReadPolicy policy) {
    return (Outcome.Read) await(done -> resolving(node, key, policy, done));
  }

  private Outcome await(Consumer<Consumer<Outcome>> operation) {
    AtomicReference<@Nullable Outcome> result = new AtomicReference<>();
    operation.accept(result::set);
    timeline.runUntil(() -> result.get() != null, OPERATION_MILLIS);
    Outcome outcome = result.get();
    if (outcome == null) {
      throw new AssertionError("an operation did not end");
    }
    return outcome;
  }
}
