package dev.wsn.kademlia;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.IpPort;
import dev.wsn.record.RecordCodec;
import dev.wsn.record.RollbackMemory;
import dev.wsn.record.Topic;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.BiFunction;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Nodes that hand messages to each other as objects, in one thread and in virtual time. Datagram
 * lengths are estimated, so that padding, trimming and the amplification rule take part.
 */
final class MemoryNetwork {
  static final long LATENCY_MILLIS = 20;
  static final int CONTACT_BYTES = 39;
  private static final long ROUTER_MILLIS = 2 * 60_000;

  private record Event(long atMillis, long serial, Runnable action) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      int order = Long.compare(atMillis, other.atMillis);
      return order != 0 ? order : Long.compare(serial, other.serial);
    }
  }

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final Map<IpPort, Node> byAddress = new LinkedHashMap<>();
  private final RandomGenerator random;
  private long serials;
  private long operations;
  private long hash;
  long nowMillis = 1000;
  double loss;
  long messages;

  MemoryNetwork(long seed) {
    this.random = Peers.random(seed);
  }

  /** One node, its disk that always works, and what its operations came to. */
  final class Node implements EffectHandler {
    final Contact contact;
    final RecordIndex index;
    final RollbackMemory memory = Peers.memory();
    final Kademlia kademlia;
    final Map<Long, List<Outcome>> outcomes = new LinkedHashMap<>();
    boolean isUp = true;

    /** Whether only those reach it whom it wrote to within the last two minutes. */
    boolean isBehindRouter;

    private final Map<IpPort, Long> openUntil = new LinkedHashMap<>();

    /** What it really answers; a liar's differs from what the step machine says. */
    BiFunction<Request.Ask, Reply.Answer, Reply.Answer> tongue = (ask, answer) -> answer;

    private final Map<RequestId, Request.Ask> asks = new LinkedHashMap<>();
    private long wakeAt = Long.MAX_VALUE;

    Node(int number, Contact contact, Parameters parameters) {
      this.contact = contact;
      this.index = new RecordIndex(parameters.maxRecords());
      this.kademlia =
          new Kademlia(
              parameters,
              contact.key(),
              Peers.RULES,
              index,
              memory,
              Peers.random(number),
              KademliaObserver.NONE);
    }

    void apply(List<Effect> effects) {
      long wakes = effects.stream().filter(Effect.WakeAt.class::isInstance).count();
      if (wakes != 1 || !(effects.get(effects.size() - 1) instanceof Effect.WakeAt)) {
        throw new AssertionError("effects end with exactly one WakeAt: " + effects);
      }
      effects.forEach(effect -> effect.applyTo(this));
    }

    @Override
    public void send(Effect.Send effect) {
      note(contact.address(), effect.to().address(), effect.request().id());
      int bytes = requestBytes(effect.request());
      Caller caller = new Caller(contact.key(), contact.address(), bytes);
      deliver(
          this,
          effect.to().address(),
          callee -> {
            if (callee.contact.key().equals(effect.to().key())) {
              callee.asks.put(effect.request().id(), effect.request().ask());
              callee.apply(callee.kademlia.receive(now(), caller, effect.request()));
              callee.asks.remove(effect.request().id());
            }
          });
    }

    @Override
    public void answer(Effect.Answer effect) {
      note(contact.address(), effect.to().address(), effect.reply().id());
      Reply reply = trimmed(forged(effect.reply()), effect.maxBytes());
      PublicKey replier = contact.key();
      deliver(
          this,
          effect.to().address(),
          caller ->
              caller.apply(caller.kademlia.receive(now(), contact.address(), replier, reply)));
    }

    private Reply forged(Reply reply) {
      Request.Ask ask = asks.get(reply.id());
      Reply.Answer answer = ask == null ? reply.answer() : tongue.apply(ask, reply.answer());
      return new Reply(reply.id(), reply.observed(), reply.addressToken(), answer);
    }

    @Override
    public void persist(Effect.Persist effect) {
      at(
          nowMillis + 1,
          () -> {
            if (isUp) {
              apply(kademlia.persisted(now(), effect.ticket(), true));
            }
          });
    }

    @Override
    public void erase(Effect.Erase effect) {
      // Nothing here has a disk.
    }

    @Override
    public void finish(Effect.Finish effect) {
      outcomes
          .computeIfAbsent(effect.operation().number(), number -> new ArrayList<>())
          .add(effect.outcome());
    }

    @Override
    public void wakeAt(Effect.WakeAt effect) {
      wakeAt = effect.monotonicMillis();
      long due = wakeAt;
      at(
          Math.max(due, nowMillis),
          () -> {
            if (isUp && wakeAt == due) {
              apply(kademlia.wake(now()));
            }
          });
    }

    Outcome.Joined join(Node... seeds) {
      List<Contact> contacts = new ArrayList<>();
      for (Node seed : seeds) {
        contacts.add(seed.contact);
      }
      OperationId operation = new OperationId(++operations);
      apply(kademlia.join(now(), operation, contacts));
      return (Outcome.Joined) last(operation);
    }

    Outcome.Read resolve(PublicKey key, ReadPolicy policy) {
      OperationId operation = new OperationId(++operations);
      apply(kademlia.resolve(now(), operation, key, policy));
      return (Outcome.Read) last(operation);
    }

    Outcome.Published publish(AddressRecord addressRecord) {
      OperationId operation = new OperationId(++operations);
      apply(kademlia.publish(now(), operation, addressRecord));
      return (Outcome.Published) last(operation);
    }

    Outcome.Announced announce(AddressRecord addressRecord, Topic topic) {
      OperationId operation = new OperationId(++operations);
      apply(kademlia.announce(now(), operation, addressRecord, topic));
      return (Outcome.Announced) last(operation);
    }

    Outcome.Listed list(Topic topic) {
      OperationId operation = new OperationId(++operations);
      apply(kademlia.list(now(), operation, topic));
      return (Outcome.Listed) last(operation);
    }

    List<Outcome> outcomesOfLast() {
      return outcomes.getOrDefault(operations, List.of());
    }

    private Outcome last(OperationId operation) {
      runUntil(nowMillis + 60_000, () -> isFinal(operation));
      if (!isFinal(operation)) {
        throw new AssertionError("operation did not end within a minute");
      }
      List<Outcome> all = outcomes.getOrDefault(operation.number(), List.of());
      return all.get(all.size() - 1);
    }

    private boolean isFinal(OperationId operation) {
      List<Outcome> all = outcomes.getOrDefault(operation.number(), List.of());
      return !all.isEmpty()
          && !(all.get(all.size() - 1) instanceof Outcome.Read read && !read.isFinal());
    }

    boolean lets(IpPort from) {
      return !isBehindRouter || openUntil.getOrDefault(from, 0L) >= nowMillis;
    }

    Optional<AddressRecord> held(PublicKey key) {
      return index.at(NodeId.ofRecord(key));
    }
  }

  Node add(int number) {
    return add(number, Peers.contact(number), Parameters.defaults().asLocal());
  }

  Node add(int number, Contact contact, Parameters parameters) {
    Node node = new Node(number, contact, parameters);
    byAddress.put(contact.address(), node);
    return node;
  }

  /** Nodes that joined through the first one. */
  List<Node> grow(int count) {
    List<Node> nodes = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      Node node = add(i);
      if (!nodes.isEmpty()) {
        node.join(nodes.get(0));
      }
      nodes.add(node);
    }
    return nodes;
  }

  void run(long millis) {
    runUntil(nowMillis + millis, () -> false);
  }

  Now now() {
    return Peers.at(nowMillis);
  }

  /** Depends on every message sent, and its order. */
  long hash() {
    return hash;
  }

  private void runUntil(long endMillis, BooleanSupplier isDone) {
    while (!isDone.getAsBoolean() && !events.isEmpty() && events.peek().atMillis <= endMillis) {
      Event event = events.remove();
      nowMillis = Math.max(nowMillis, event.atMillis);
      event.action.run();
    }
    if (!isDone.getAsBoolean()) {
      nowMillis = endMillis;
    }
  }

  private void at(long millis, Runnable action) {
    events.add(new Event(millis, serials++, action));
  }

  private void deliver(Node from, IpPort to, Consumer<Node> action) {
    messages++;
    from.openUntil.put(to, nowMillis + ROUTER_MILLIS);
    if (random.nextDouble() < loss) {
      return;
    }
    at(
        nowMillis + LATENCY_MILLIS + random.nextInt(10),
        () -> {
          Node node = byAddress.get(to);
          if (node != null && node.isUp && node.lets(from.contact.address())) {
            action.accept(node);
          }
        });
  }

  private void note(IpPort from, IpPort to, RequestId id) {
    for (long part : new long[] {nowMillis, from.port(), to.port(), id.head(), id.tail()}) {
      hash = 31 * hash + part;
    }
  }

  private static int requestBytes(Request request) {
    boolean isFind =
        !(request.ask() instanceof Request.Ping
            || request.ask() instanceof Request.Store
            || request.ask() instanceof Request.Announce);
    if (isFind && !request.addressToken().isPresent()) {
      return Protocol.MAX_DATAGRAM_BYTES;
    }
    if (request.ask() instanceof Request.Store store) {
      return 80 + RecordCodec.encode(store.event()).length;
    }
    if (request.ask() instanceof Request.Announce announce) {
      return 112 + RecordCodec.encode(announce.event()).length;
    }
    return isFind ? 104 : 71;
  }

  static int replyBytes(Reply reply) {
    if (reply.answer() instanceof Reply.Nodes nodes) {
      return 66 + CONTACT_BYTES * nodes.closest().size();
    }
    if (reply.answer() instanceof Reply.RecordFound found) {
      return 76
          + found.event().map(event -> RecordCodec.encode(event).length).orElse(0)
          + CONTACT_BYTES * found.closest().size();
    }
    if (reply.answer() instanceof Reply.TopicFound found) {
      return 76
          + found.events().stream().mapToInt(event -> 2 + RecordCodec.encode(event).length).sum();
    }
    return 65;
  }

  /** As the codec does: contacts that do not fit are left out. */
  static Reply trimmed(Reply reply, int maxBytes) {
    Reply.Answer answer = reply.answer();
    Reply trimmed = reply;
    while (replyBytes(trimmed) > maxBytes) {
      if (answer instanceof Reply.Nodes nodes && !nodes.closest().isEmpty()) {
        answer = new Reply.Nodes(nodes.closest().subList(0, nodes.closest().size() - 1));
      } else if (answer instanceof Reply.RecordFound found && !found.closest().isEmpty()) {
        answer =
            new Reply.RecordFound(
                found.storeToken(),
                found.event(),
                found.closest().subList(0, found.closest().size() - 1));
      } else if (answer instanceof Reply.TopicFound found && !found.events().isEmpty()) {
        answer =
            new Reply.TopicFound(
                found.storeToken(),
                found.held(),
                found.events().subList(0, found.events().size() - 1));
      } else {
        throw new AssertionError("does not fit " + maxBytes + ": " + reply);
      }
      trimmed = new Reply(reply.id(), reply.observed(), reply.addressToken(), answer);
    }
    return trimmed;
  }
}
