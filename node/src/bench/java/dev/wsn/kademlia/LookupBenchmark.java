package dev.wsn.kademlia;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import dev.wsn.record.RecordRules;
import dev.wsn.record.RollbackMemory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A whole lookup in a network of 1,000 nodes whose answers are there at once: what the core itself
 * costs, without seal, codec or socket. Time by {@code steps} is the cost of one step: one reply in,
 * effects out. Limit of a step: {@link #sortContacts}, the 20 contacts of one answer put in order.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class LookupBenchmark {
  private static final int NODES = 1_000;
  private static final int TARGETS = 16;

  private final SplittableRandom random = new SplittableRandom(1);
  private final List<Contact> contacts = new ArrayList<>();
  private final List<Target> targets = new ArrayList<>();
  private final Kademlia kademlia =
      new Kademlia(
          Parameters.defaults().asClient(),
          key(),
          new RecordRules(Secp256k1.portable(), false),
          new RecordIndex(1),
          new RollbackMemory(1_000),
          random,
          KademliaObserver.NONE);
  private long operations;
  private long millis;
  private int next;

  /** How many replies a lookup took. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Steps {
    /** Replies of all lookups of an iteration. */
    public long steps;

    /** Lookups of an iteration. */
    public long lookups;
  }

  /** A key that is looked up, with all nodes ordered by distance to it. */
  private record Target(
      PublicKey key, NodeId id, List<Contact> ordered, Map<PublicKey, Integer> ranks) {}

  /** Makes the network and joins it. */
  @Setup
  public void setUp() {
    for (int i = 0; i < NODES; i++) {
      byte[] ip = {(byte) (20 + i % 150), (byte) random.nextInt(), (byte) random.nextInt(), 1};
      contacts.add(Contact.of(key(), new IpPort(IpAddress.of(ip), 4848)));
    }
    for (int i = 0; i < TARGETS; i++) {
      PublicKey key = key();
      targets.add(target(key, NodeId.ofRecord(key)));
    }
    Target self = target(key(), NodeId.unplaced(contacts.get(0).key()));
    OperationId join = new OperationId(++operations);
    run(kademlia.join(now(), join, contacts.subList(0, 20)), self, join, new Steps());
    for (Target target : targets) {
      lookUp(target, new Steps());
    }
  }

  private PublicKey key() {
    byte[] bytes = new byte[PublicKey.BYTES];
    random.nextBytes(bytes);
    return PublicKey.of(bytes);
  }

  private Target target(PublicKey key, NodeId id) {
    List<Contact> ordered = new ArrayList<>(contacts);
    ordered.sort(Comparator.comparing(contact -> contact.id().distanceTo(id)));
    Map<PublicKey, Integer> ranks = new HashMap<>();
    for (int i = 0; i < ordered.size(); i++) {
      ranks.put(ordered.get(i).key(), i);
    }
    return new Target(key, id, ordered, ranks);
  }

  private Now now() {
    millis++;
    return new Now(millis, 1_800_000_000 + millis / 1000);
  }

  /** Every node closest to the target is asked. */
  @Benchmark
  public int lookUp(Steps steps) {
    next = (next + 1) % TARGETS;
    return lookUp(targets.get(next), steps);
  }

  private int lookUp(Target target, Steps steps) {
    OperationId operation = new OperationId(++operations);
    return run(
        kademlia.resolve(now(), operation, target.key, ReadPolicy.QUORUM),
        target,
        operation,
        steps);
  }

  private int run(List<Effect> first, Target target, OperationId operation, Steps steps) {
    Deque<Effect> todo = new ArrayDeque<>(first);
    int finished = 0;
    while (!todo.isEmpty()) {
      Effect effect = todo.removeFirst();
      if (effect instanceof Effect.Send send) {
        steps.steps++;
        Contact to = send.to();
        todo.addAll(
            kademlia.receive(now(), to.address(), to.key(), answer(send.request(), to, target)));
      } else if (effect instanceof Effect.Finish finish && finish.operation().equals(operation)) {
        finished++;
      }
    }
    steps.lookups++;
    return finished;
  }

  /** A node at rank r knows the nodes around rank r/2: each hop halves the distance. */
  private static Reply answer(Request request, Contact node, Target target) {
    int from = target.ranks.getOrDefault(node.key(), 0) / 2;
    int last = Math.min(target.ordered.size(), from + Protocol.K);
    List<Contact> closest = target.ordered.subList(from, last);
    Reply.Answer answer =
        request.ask() instanceof Request.FindRecord
            ? new Reply.RecordFound(new Token(9), Optional.empty(), closest)
            : request.ask() instanceof Request.FindNode
                ? new Reply.Nodes(closest)
                : new Reply.Pong();
    return new Reply(request.id(), node.address(), new Token(5), answer);
  }

  /** Limit of one step. */
  @Benchmark
  public int sortContacts() {
    Target target = targets.get(0);
    TreeMap<Distance, Contact> sorted = new TreeMap<>();
    for (Contact contact : contacts.subList(0, Protocol.K)) {
      sorted.put(contact.id().distanceTo(target.id), contact);
    }
    return sorted.size();
  }
}
