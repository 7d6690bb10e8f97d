package dev.wsn.kademlia;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.IpPort;
import dev.wsn.record.RecordRules;
import dev.wsn.record.RollbackMemory;
import dev.wsn.record.Topic;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The step machine of one node: commands, requests, replies and the time in, effects out. No
 * sockets, threads, clocks or logs; the same calls with the same random source give the same
 * effects. Every returned list ends with exactly one {@link Effect.WakeAt}. Not thread-safe; one
 * owner.
 */
public final class Kademlia {
  private static final Outcome.Evidence NOTHING_DONE = new Outcome.Evidence(0, 0, 0, 0, 0, 0, 0);

  private final NodeState node;
  private final Upkeep upkeep;
  private final RequestHandling requests;

  /**
   * A node without contacts.
   *
   * @param self the key that the node's datagrams are sealed with
   * @param rules verify records
   * @param index what the node holds; from now on only this object changes it
   * @param memory newest versions seen; from now on only this object changes it
   * @param random source of request ids, token secrets and jitter; unpredictable to others on a
   *     real network
   * @param observer told what happens
   */
  public Kademlia(
      Parameters parameters,
      PublicKey self,
      RecordRules rules,
      RecordIndex index,
      RollbackMemory memory,
      RandomGenerator random,
      KademliaObserver observer) {
    this.node = new NodeState(parameters, self, rules, index, memory, random, observer);
    this.upkeep = new Upkeep(node);
    this.requests = new RequestHandling(node);
  }

  /**
   * Looks the own id up, so that the table fills and others learn of this node. Ends with {@link
   * Outcome.Joined}.
   *
   * @param seedsAndRemembered nodes to start from, the most trusted first; the first 64 that are
   *     usable are kept for joining again
   */
  public List<Effect> join(Now now, OperationId operation, List<Contact> seedsAndRemembered) {
    Step step = begin(now);
    if (node.operations.isFull()) {
      step.emit(new Effect.Finish(operation, new Outcome.Joined(node.tables.size(), NOTHING_DONE)));
    } else {
      upkeep.join(step, operation, seedsAndRemembered);
    }
    return end(step);
  }

  /** Handles a request. */
  public List<Effect> receive(Now now, Caller caller, Request request) {
    Step step = begin(now);
    upkeep.asked(step, caller, request);
    requests.receive(step, caller, request);
    return end(step);
  }

  /**
   * Handles a reply.
   *
   * @param from source address of the datagram
   * @param replier the key that sealed it
   */
  public List<Effect> receive(Now now, IpPort from, PublicKey replier, Reply reply) {
    Step step = begin(now);
    node.receive(step, from, replier, reply);
    return end(step);
  }

  /**
   * Handles a challenge: the request goes again, once, and the caller of this method puts the
   * cookie on it.
   *
   * @param from source address of the datagram
   * @param callee the key that the request was sealed for
   * @param request which one
   */
  public List<Effect> challenged(Now now, IpPort from, PublicKey callee, RequestId request) {
    Step step = begin(now);
    node.challenged(step, from, callee, request);
    return end(step);
  }

  /**
   * Looks a key's record up. Ends with one final {@link Outcome.Read}, before which a {@link
   * ReadPolicy#FAST} read may give one that is not final. Evidence without anybody asked says that
   * no contact is known, or that too many operations are running.
   */
  public List<Effect> resolve(Now now, OperationId operation, PublicKey key, ReadPolicy policy) {
    Step step = begin(now);
    if (node.operations.isFull()) {
      step.emit(
          new Effect.Finish(
              operation, new Outcome.Read(Optional.empty(), NOTHING_DONE, List.of(), true)));
    } else {
      new Reading(node, operation, key, policy, step.millis()).start(step);
    }
    return end(step);
  }

  /**
   * Stores a record at the k closest nodes, and here if this node is one of those. Ends with {@link
   * Outcome.Published}; nodes that returned a newer record instead count as refusing.
   */
  public List<Effect> publish(Now now, OperationId operation, AddressRecord addressRecord) {
    Step step = begin(now);
    if (node.operations.isFull()) {
      step.emit(
          new Effect.Finish(
              operation,
              new Outcome.Published(0, 1, Map.of(), Optional.empty(), Set.of(), NOTHING_DONE)));
    } else {
      new Publishing(node, operation, addressRecord, step.millis()).start(step);
    }
    return end(step);
  }

  /**
   * Tells the registrars of a topic that a record belongs to it, or takes that back if the record
   * is a withdrawal or does not have the topic. Ends with {@link Outcome.Announced}.
   */
  public List<Effect> announce(
      Now now, OperationId operation, AddressRecord addressRecord, Topic topic) {
    Step step = begin(now);
    if (node.operations.isFull()) {
      step.emit(new Effect.Finish(operation, new Outcome.Announced(0, Map.of(), NOTHING_DONE)));
    } else {
      new Announcing(node, operation, addressRecord, topic, step.millis()).start(step);
    }
    return end(step);
  }

  /** Looks for the relays of a topic. Ends with {@link Outcome.Listed}. */
  public List<Effect> list(Now now, OperationId operation, Topic topic) {
    Step step = begin(now);
    if (node.operations.isFull()) {
      step.emit(new Effect.Finish(operation, new Outcome.Listed(List.of(), NOTHING_DONE)));
    } else {
      new Listing(node, operation, topic, step.millis()).start(step);
    }
    return end(step);
  }

  /**
   * Asks some contacts of different networks where they see this node; their votes show when its
   * address changed. For who must know that soon: every few seconds.
   */
  public List<Effect> askForAddress(Now now) {
    Step step = begin(now);
    AddressCheck.ask(node, step);
    return end(step);
  }

  /** Handles time: deadlines, refresh, republish, expiry. Calling it too early does no harm. */
  public List<Effect> wake(Now now) {
    Step step = begin(now);
    node.expireRequests(step);
    upkeep.wake(step);
    return end(step);
  }

  /**
   * Reports that a {@link Effect.Persist} is on disk, or failed.
   *
   * @param ticket of the effect; an unknown one is ignored
   * @param isOnDisk whether the record survives a crash from now on
   */
  public List<Effect> persisted(Now now, long ticket, boolean isOnDisk) {
    Step step = begin(now);
    requests.persisted(step, ticket, isOnDisk);
    return end(step);
  }

  /**
   * Puts this node into the middle of its life: the own address is known and these contacts have
   * answered. For simulations that begin with a grown network; call it once, on a node that was not
   * used before.
   *
   * @param own where peers see this node
   * @param acquaintances taken in this order, as far as tables and their caps admit them
   */
  public List<Effect> begin(Now now, IpPort own, List<Acquaintance> acquaintances) {
    Step step = begin(now);
    node.begin(step, own, acquaintances);
    return end(step);
  }

  /** Remembers that a verified record, found elsewhere, exists: no older one will be believed. */
  public void remember(AddressRecord addressRecord) {
    node.remember(addressRecord);
  }

  /** All contacts of the tables, for the next start: those that answered last come first. */
  public List<Contact> contacts() {
    return node.tables.contacts();
  }

  /** Number of contacts in the tables. */
  public int contactCount() {
    return node.tables.size();
  }

  /** Number of records that this node holds. */
  public int recordsHeld() {
    return node.index.size();
  }

  /** Number of announcements that this node has for topics. */
  public int announcementsHeld() {
    return node.announcements.size();
  }

  /** When a reply arrived last, monotonic milliseconds; empty if none ever did. */
  public OptionalLong lastAnswerMillis() {
    return node.lastAnswerMillis();
  }

  /** This node's IPv4 address and port as peers of several networks agree on it. */
  public Optional<IpPort> externalIpv4() {
    return node.tables.external(true).agreed();
  }

  /** This node's IPv6 address and port as peers of several networks agree on it. */
  public Optional<IpPort> externalIpv6() {
    return node.tables.external(false).agreed();
  }

  /** Whether others reach this node over IPv4 unasked, as far as it can judge. */
  public boolean isReachableOverIpv4() {
    return node.tables.both().get(0).reachability().isReachable();
  }

  /** The same over IPv6. */
  public boolean isReachableOverIpv6() {
    return node.tables.both().get(1).reachability().isReachable();
  }

  /** What this node knows of each family, IPv4 first. Looks at every contact. */
  public List<TableSummary> tables(Now now) {
    List<RoutingTable> both = node.tables.both();
    return List.of(
        TableSummary.of(both.get(0), node.tables.external(true), now),
        TableSummary.of(both.get(1), node.tables.external(false), now));
  }

  /** The machine's parts, for tests that check what must always hold. */
  NodeState state() {
    return node;
  }

  private Step begin(Now now) {
    Step step = new Step(now);
    upkeep.start(step);
    return step;
  }

  private List<Effect> end(Step step) {
    return step.end(Math.min(node.nextDeadlineMillis(), upkeep.nextMillis()));
  }
}
