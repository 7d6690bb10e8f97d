package dev.wsn.kademlia;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.IpPort;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RollbackMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One node whose every step a test makes, with what came of it. Its key is number 0. */
final class NodeByHand implements KademliaObserver {
  static final PublicKey SELF = Peers.key(0);
  static final int PADDED = Protocol.MAX_DATAGRAM_BYTES;

  final RecordIndex index;
  final RollbackMemory memory = Peers.memory();
  final Kademlia kademlia;
  final Map<Drop, Integer> drops = new EnumMap<>(Drop.class);
  final Map<Limit, Integer> limits = new EnumMap<>(Limit.class);
  final Map<SearchKind, Integer> searches = new EnumMap<>(SearchKind.class);
  final List<AddressRecord> newest = new ArrayList<>();
  final List<AddressRecord> stored = new ArrayList<>();
  final List<Contact> removed = new ArrayList<>();
  final List<IpPort> external = new ArrayList<>();
  final List<Boolean> reachable = new ArrayList<>();
  int retries;
  int expired;
  int badTokens;
  int unanswered;
  long millis;
  List<Effect> effects = List.of();
  private long operations;
  private long nonces;

  NodeByHand(Parameters parameters, AddressRecord... restored) {
    this.index = new RecordIndex(parameters.maxRecords());
    Arrays.asList(restored).forEach(each -> index.restore(new HeldRecord(each, HeldRecord.OWN)));
    this.kademlia =
        new Kademlia(parameters, SELF, Peers.RULES, index, memory, Peers.random(1), this);
  }

  static NodeByHand local() {
    return new NodeByHand(Parameters.defaults().asLocal());
  }

  static NodeByHand open() {
    return new NodeByHand(Parameters.defaults());
  }

  Now now() {
    return Peers.at(millis);
  }

  // Steps.

  OperationId join(Contact... seeds) {
    OperationId operation = new OperationId(++operations);
    effects = kademlia.join(now(), operation, List.of(seeds));
    return operation;
  }

  OperationId resolve(PublicKey key, ReadPolicy policy) {
    OperationId operation = new OperationId(++operations);
    effects = kademlia.resolve(now(), operation, key, policy);
    return operation;
  }

  OperationId publish(AddressRecord addressRecord) {
    OperationId operation = new OperationId(++operations);
    effects = kademlia.publish(now(), operation, addressRecord);
    return operation;
  }

  void wakeAt(long later) {
    millis = later;
    effects = kademlia.wake(now());
  }

  /** Wakes the node whenever it wants, until a time. */
  List<Effect> sleepUntil(long end) {
    List<Effect> all = new ArrayList<>();
    wakeAt(millis);
    all.addAll(effects);
    while (wakesAt() <= end) {
      wakeAt(wakesAt());
      all.addAll(effects);
    }
    millis = end;
    effects = all;
    return all;
  }

  void persisted(long ticket, boolean isOnDisk) {
    effects = kademlia.persisted(now(), ticket, isOnDisk);
  }

  /** A request of a node that has a token. */
  Reply ask(Contact from, Request.Ask ask) {
    return ask(from, addressToken(from), 100, false, ask).orElseThrow();
  }

  /** A request; the reply is empty if there is none. */
  Optional<Reply> ask(Contact from, Token token, int bytes, boolean isClient, Request.Ask ask) {
    Request request = new Request(new RequestId(++nonces, 0), isClient, token, ask);
    effects = kademlia.receive(now(), new Caller(from.key(), from.address(), bytes), request);
    return answers().stream().findFirst().map(Effect.Answer::reply);
  }

  /** A contact of the table stays one; strangers are clients here, so that nobody pings them. */
  private boolean isStranger(Contact from) {
    return kademlia.state().tables.of(from).entry(from).isEmpty();
  }

  Token addressToken(Contact from) {
    return ask(from, Token.NONE, 71, isStranger(from), new Request.Ping())
        .orElseThrow()
        .addressToken();
  }

  Token storeToken(Contact from, AddressRecord addressRecord) {
    Request.Ask ask = new Request.FindRecord(NodeId.ofRecord(addressRecord.pubkey()));
    Reply reply = ask(from, Token.NONE, PADDED, isStranger(from), ask).orElseThrow();
    return ((Reply.RecordFound) reply.answer()).storeToken();
  }

  /** A store with a good token that is committed at once. */
  Optional<Reply> store(Contact from, AddressRecord addressRecord) {
    return store(from, addressRecord.event(), storeToken(from, addressRecord));
  }

  Optional<Reply> store(Contact from, NostrEvent event, Token token) {
    Request.Ask ask = new Request.Store(token, event);
    Optional<Reply> reply = ask(from, Token.NONE, 400, isStranger(from), ask);
    List<Effect.Persist> persists = all(Effect.Persist.class);
    if (!persists.isEmpty()) {
      assertSingle(persists);
      persisted(persists.get(0).ticket(), true);
      reply = answers().stream().findFirst().map(Effect.Answer::reply);
    }
    return reply;
  }

  void reply(Effect.Send to, Reply.Answer answer) {
    reply(to, Token.NONE, answer);
  }

  void reply(Effect.Send to, Token addressToken, Reply.Answer answer) {
    receive(to.to().address(), to.to().key(), to.request().id(), addressToken, answer);
  }

  void receive(
      IpPort from, PublicKey replier, RequestId id, Token addressToken, Reply.Answer answer) {
    IpPort observed = Peers.loopback(0);
    effects = kademlia.receive(now(), from, replier, new Reply(id, observed, addressToken, answer));
  }

  void challenge(IpPort from, PublicKey callee, RequestId id) {
    effects = kademlia.challenged(now(), from, callee, id);
  }

  /** Makes contacts known: each pings and answers the ping that it gets. */
  void meet(Contact... contacts) {
    for (Contact contact : contacts) {
      if (!kademlia.state().tables.of(contact).isWanted(contact)) {
        throw new AssertionError("not wanted: " + contact);
      }
      ask(contact, addressToken(contact), 100, false, new Request.Ping());
      reply(sends().get(0), new Reply.Pong());
    }
  }

  // What came of the last step.

  <E extends Effect> List<E> all(Class<E> type) {
    return effects.stream().filter(type::isInstance).map(type::cast).toList();
  }

  List<Effect.Send> sends() {
    return all(Effect.Send.class);
  }

  List<Contact> asked() {
    return sends().stream().map(Effect.Send::to).toList();
  }

  List<Effect.Answer> answers() {
    return all(Effect.Answer.class);
  }

  List<Outcome> outcomes() {
    return all(Effect.Finish.class).stream().map(Effect.Finish::outcome).toList();
  }

  Outcome.Read read() {
    return (Outcome.Read) assertSingle(outcomes());
  }

  Outcome.Published published() {
    return (Outcome.Published) assertSingle(outcomes());
  }

  long wakesAt() {
    List<Effect.WakeAt> wakes = all(Effect.WakeAt.class);
    return wakes.get(wakes.size() - 1).monotonicMillis();
  }

  int drops(Drop reason) {
    return drops.getOrDefault(reason, 0);
  }

  int limits(Limit limit) {
    return limits.getOrDefault(limit, 0);
  }

  private static <T> T assertSingle(List<T> list) {
    if (list.size() != 1) {
      throw new AssertionError("exactly one expected: " + list);
    }
    return list.get(0);
  }

  // What the node reports.

  @Override
  public void retryDemanded(RequestKind kind) {
    retries++;
  }

  @Override
  public void dropped(Drop reason) {
    drops.merge(reason, 1, Integer::sum);
  }

  @Override
  public void limitReached(Limit limit) {
    limits.merge(limit, 1, Integer::sum);
  }

  @Override
  public void searchEnded(SearchKind kind, Outcome.Evidence evidence) {
    searches.merge(kind, 1, Integer::sum);
  }

  @Override
  public void newestSeen(AddressRecord addressRecord) {
    newest.add(addressRecord);
  }

  @Override
  public void recordStored(AddressRecord addressRecord) {
    stored.add(addressRecord);
  }

  @Override
  public void contactRemoved(Contact contact) {
    removed.add(contact);
  }

  @Override
  public void reachability(boolean isIpv4, boolean isReachable) {
    reachable.add(isReachable);
  }

  @Override
  public void externalAddress(IpPort address) {
    external.add(address);
  }

  @Override
  public void recordsExpired(int count) {
    expired += count;
  }

  @Override
  public void badStoreToken() {
    badTokens++;
  }

  @Override
  public void unanswered(RequestKind kind) {
    unanswered++;
  }
}
