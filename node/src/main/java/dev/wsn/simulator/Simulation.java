package dev.wsn.simulator;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Kademlia;
import dev.wsn.kademlia.NodeId;
import dev.wsn.kademlia.Outcome;
import dev.wsn.kademlia.ReadPolicy;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.IpPort;
import dev.wsn.record.RecordRules;
import dev.wsn.wire.DatagramSealer;
import dev.wsn.wire.Limits;
import dev.wsn.wire.PlainDatagrams;
import dev.wsn.wire.Rates;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** One simulated network and what is done with it, all from one random source. */
final class Simulation {
  private static final Limits SEALER_LIMITS =
      new Limits(128, 16, 1024, 1024, Rates.defaults().withSlots(64));
  private static final long JOIN_PAUSE_MILLIS = 10;
  private static final long SETTLE_MILLIS = 20_000;

  /** Every operation has ended after this. */
  static final long OPERATION_MILLIS = 120_000;

  private final Setup setup;
  private final Function<Kademlia, List<String>> inspector;
  private final Timeline timeline = new Timeline();
  private final Trace trace = new Trace();
  private final Safety safety;
  private final SimulatedNetwork network;
  private final SplittableRandom random;
  private final Population population;
  private final Crowd crowd;
  private final Adversaries adversaries;
  private final List<Owner> owners = new ArrayList<>();

  /**
   * A network at its beginning.
   *
   * @param inspector says what does not hold inside a node; for tests
   */
  Simulation(Setup setup, SplittableRandom random, Function<Kademlia, List<String>> inspector) {
    this.setup = setup;
    this.random = random;
    this.inspector = inspector;
    Secp256k1 curve = new MemoizedCurve(Secp256k1.preferred());
    this.safety = new Safety(new RecordRules(curve, false));
    this.crowd = new Crowd(setup, timeline, random.split());
    this.network = new SimulatedNetwork(timeline, random.split(), trace, setup.faults(), crowd);
    this.population = new Population(random.split(), curve, setup.seal() == Setup.Seal.ECDH);
    for (int i = 0; i < setup.owners(); i++) {
      owners.add(newOwner());
    }
    Ground[] made = new Ground[1];
    SplittableRandom chance = random.split();
    Supplier<Ground> ground =
        () -> {
          if (made[0] == null) {
            made[0] = new Ground(chance);
          }
          return made[0];
        };
    this.adversaries = new Adversaries(ground);
    crowd.settle(
        population,
        new SimulatedNode.World(setup, timeline, network, trace, safety, adversaries, mail()),
        ground,
        owners.stream().map(owner -> NodeId.ofRecord(owner.key())).toList());
    crowd.begin();
  }

  private BiFunction<Member, SplittableRandom, Mail> mail() {
    if (setup.seal() == Setup.Seal.NONE) {
      PlainDatagrams datagrams = new PlainDatagrams(this::contact);
      return (member, own) -> Mail.plain(member.contact().key(), datagrams);
    }
    return (member, own) ->
        Mail.sealed(
            new DatagramSealer(
                member.contact().key(),
                member.agreement(),
                "simulated",
                own.split(),
                SEALER_LIMITS,
                what -> {}));
  }

  private Contact contact(PublicKey key, IpPort address) {
    return network
        .at(address)
        .map(Member::contact)
        .filter(known -> known.key().equals(key))
        .orElseGet(() -> Contact.of(key, address));
  }

  Setup setup() {
    return setup;
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

  Crowd crowd() {
    return crowd;
  }

  /** All nodes that are in memory, up or crashed. */
  List<SimulatedNode> nodes() {
    return crowd.members().stream().map(Member::node).filter(Objects::nonNull).toList();
  }

  SimulatedNode node(int index) {
    return Objects.requireNonNull(crowd.members().get(index).node(), "not in memory");
  }

  Adversaries adversaries() {
    return adversaries;
  }

  /** The owners that the adversaries know, too. */
  List<Owner> owners() {
    return owners;
  }

  Owner newOwner() {
    return new Owner(population.secret(), safety.rules(), safety);
  }

  /** All nodes start, one after the other, and get time to find each other. */
  void grow() {
    grow(JOIN_PAUSE_MILLIS, SETTLE_MILLIS);
  }

  void grow(long joinPauseMillis, long settleMillis) {
    for (SimulatedNode node : nodes()) {
      start(node);
      timeline.run(joinPauseMillis);
    }
    timeline.run(settleMillis);
    inspect();
  }

  void start(SimulatedNode node) {
    node.start(crowd.seeds());
  }

  void inspect() {
    for (SimulatedNode node : nodes()) {
      if (node.isUp()) {
        List<String> violations = inspector.apply(node.kademlia());
        Safety.check(violations.isEmpty(), node + ": " + violations);
      }
    }
  }

  /** The nodes that are truly the closest to a key's record, closest first. */
  List<SimulatedNode> closest(PublicKey key, int count) {
    NodeId place = NodeId.ofRecord(key);
    return nodes().stream()
        .filter(SimulatedNode::isUp)
        .sorted(Comparator.comparing(node -> node.contact().id().distanceTo(place)))
        .limit(count)
        .toList();
  }

  /** A node that is up. */
  SimulatedNode anyNode() {
    return settledNode(0);
  }

  long upNodes() {
    return nodes().stream().filter(SimulatedNode::isUp).count();
  }

  /** A node that has been up for so long. */
  SimulatedNode settledNode(long millis) {
    while (true) {
      Member member = crowd.any(random, any -> true);
      SimulatedNode node = member.node();
      if (node != null && node.isUp() && node.startedAtMillis() <= timeline.nowMillis() - millis) {
        return node;
      }
    }
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
    resolving(node, key, policy, first -> {}, done);
  }

  /** The same, told about an answer before the final one, too. */
  void resolving(
      SimulatedNode node,
      PublicKey key,
      ReadPolicy policy,
      Consumer<Outcome> first,
      Consumer<Outcome> done) {
    Consumer<Outcome> ended = expected(node, "resolve", done);
    node.resolve(
        key,
        policy,
        outcome -> {
          Outcome.Read read = (Outcome.Read) outcome;
          if (read.isFinal()) {
            trace.lookup(read.evidence().hops(), read.evidence().elapsedMillis());
            ended.accept(outcome);
          } else {
            first.accept(outcome);
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
