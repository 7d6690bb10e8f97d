package dev.wsn.kademlia;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.IpPort;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordRules;
import dev.wsn.record.RecordVersion;
import dev.wsn.record.RollbackMemory;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.random.RandomGenerator;

/** What the machines of one node share: what it is, knows and waits for. */
final class NodeState {
  final Parameters parameters;
  final PublicKey self;
  final RecordRules rules;
  final RecordIndex index;
  final RollbackMemory memory;
  final RandomGenerator random;
  final KademliaObserver observer;
  final Tables tables;
  final Tokens tokens;
  final Announcements announcements;
  final WaitingStores waitingStores = new WaitingStores();
  final LostContacts lost = new LostContacts();
  final RepublishSchedule schedule;
  final Neighbourhood neighbourhood;
  final Operations operations;
  private final AddressTokens addressTokens = new AddressTokens();
  private final RoundTrips roundTrips = new RoundTrips();
  private final Pending pending = new Pending();
  private boolean hasAnswer;
  private long lastAnswerMillis;
  private boolean hasMoved;

  NodeState(
      Parameters parameters,
      PublicKey self,
      RecordRules rules,
      RecordIndex index,
      RollbackMemory memory,
      RandomGenerator random,
      KademliaObserver observer) {
    this.parameters = parameters;
    this.self = self;
    this.rules = rules;
    this.index = index;
    this.memory = memory;
    this.random = random;
    this.observer = observer;
    this.tables = new Tables(self, parameters, observer);
    this.tokens = new Tokens(random);
    this.announcements = new Announcements(random, observer);
    this.schedule = new RepublishSchedule(random);
    this.neighbourhood = new Neighbourhood(this);
    this.operations = new Operations(observer);
    index.surround(tables.ownIds());
  }

  OptionalLong lastAnswerMillis() {
    return hasAnswer ? OptionalLong.of(lastAnswerMillis) : OptionalLong.empty();
  }

  /** Whether the own id changed since this was asked last. */
  boolean takeHasMoved() {
    boolean moved = hasMoved;
    hasMoved = false;
    return moved;
  }

  int pendingRequests() {
    return pending.size();
  }

  long nextDeadlineMillis() {
    return pending.nextMillis();
  }

  /**
   * Sends a request.
   *
   * @return false if too many are waiting; the sender hears nothing then
   */
  boolean send(Step step, Contact to, Request.Ask ask, Sender sender) {
    return send(step, to, ask, sender, false, false);
  }

  private boolean send(
      Step step,
      Contact to,
      Request.Ask ask,
      Sender sender,
      boolean isRepeated,
      boolean isChallenged) {
    if (pending.isFull()) {
      observer.limitReached(KademliaObserver.Limit.PENDING_REQUESTS);
      return false;
    }
    Request request =
        new Request(freshId(), isClientTowards(to), addressTokens.of(to, step.millis()), ask);
    if (!tables.of(to).reachability().sent(step.millis(), to.address())) {
      observer.limitReached(KademliaObserver.Limit.ADDRESSES_SENT_TO);
    }
    long lateAt = step.millis() + timeoutMillis(to, ask);
    long overAt = step.millis() + parameters.maxTimeoutMillis();
    pending.add(
        new PendingRequest(
            to, request, sender, isRepeated, isChallenged, step.millis(), lateAt, overAt));
    tables.of(to).entry(to).ifPresent(entry -> entry.asked(step.millis()));
    observer.requestSent(KademliaObserver.RequestKind.of(ask));
    step.emit(new Effect.Send(to, request));
    return true;
  }

  /** Whether this node must stand in no table of that family. */
  private boolean isClientTowards(Contact to) {
    return parameters.isClient() || !tables.of(to).reachability().isReachable();
  }

  private RequestId freshId() {
    RequestId id;
    do {
      id = new RequestId(random.nextLong(), random.nextInt());
    } while (pending.find(id).isPresent());
    return id;
  }

  /** A lookup waits for nobody longer than for most: its slot goes to the next. */
  private long timeoutMillis(Contact to, Request.Ask ask) {
    RoundTrips own =
        tables
            .of(to)
            .entry(to)
            .map(TableEntry::roundTrips)
            .filter(RoundTrips::isMeasured)
            .orElse(roundTrips);
    long patience = own.timeoutMillis(parameters);
    return ask instanceof Request.Store
        ? patience
        : Math.min(patience, roundTrips.impatientMillis(parameters));
  }

  void begin(Step step, IpPort own, List<Acquaintance> acquaintances) {
    tables.place(own);
    for (Acquaintance each : acquaintances) {
      Contact contact = each.contact();
      if (tables.isUsable(contact)) {
        roundTrips.measured(each.roundTripMillis());
        tables.of(contact).answered(contact, each.answeredAtMillis(), each.roundTripMillis());
        lastAnswerMillis =
            hasAnswer
                ? Math.max(lastAnswerMillis, each.answeredAtMillis())
                : each.answeredAtMillis();
        hasAnswer = true;
      }
    }
    for (RoutingTable table : tables.both()) {
      measured(step, table, table.own(), table.closest(table.own(), parameters.k(), false));
      table.spreadRefresh(() -> step.millis() + jitter(Upkeep.REFRESH_MILLIS));
    }
  }

  void receive(Step step, IpPort from, PublicKey replier, Reply reply) {
    PendingRequest request = pending.find(reply.id()).orElse(null);
    if (request == null) {
      observer.dropped(KademliaObserver.Drop.UNKNOWN_REQUEST);
    } else if (!request.to().address().equals(from)) {
      observer.dropped(KademliaObserver.Drop.WRONG_ADDRESS);
    } else if (!request.to().key().equals(replier)) {
      observer.dropped(KademliaObserver.Drop.WRONG_KEY);
    } else if (!request.isAnsweredBy(reply.answer())) {
      observer.dropped(KademliaObserver.Drop.WRONG_ANSWER);
    } else {
      pending.remove(request);
      learn(step, request, reply);
      if (reply.answer() instanceof Reply.Retry) {
        repeat(step, request);
      } else {
        request.sender().answered(step, request, reply.answer());
      }
    }
  }

  private void learn(Step step, PendingRequest request, Reply reply) {
    Contact contact = request.to();
    long roundTrip = Math.max(0, step.millis() - request.sentAtMillis());
    hasAnswer = true;
    lastAnswerMillis = step.millis();
    roundTrips.measured(roundTrip);
    observer.replied(KademliaObserver.RequestKind.of(request.request().ask()), roundTrip);
    if (!addressTokens.learn(contact, reply.addressToken(), step.millis())) {
      observer.limitReached(KademliaObserver.Limit.ADDRESS_TOKENS);
    }
    if (tables.observed(contact, reply.observed(), step.millis())) {
      hasMoved = true;
      index.surround(tables.ownIds());
      tables.of(contact).reachability().begin(step.millis());
    }
    lost.found(contact);
    RoutingTable table = tables.of(contact);
    boolean wasKnown = table.entry(contact).isPresent();
    Optional<Contact> inTheWay = table.answered(contact, step.millis(), roundTrip);
    if (!wasKnown && table.entry(contact).isPresent()) {
      neighbourhood.changed(step, contact);
    }
    inTheWay.ifPresent(old -> send(step, old, new Request.Ping(), Sender.NONE));
  }

  private void repeat(Step step, PendingRequest request) {
    if (request.isRepeated()) {
      observer.dropped(KademliaObserver.Drop.REPEATED_RETRY);
      request.sender().silent(step, request);
    } else {
      sendAgain(step, request, true, request.isChallenged());
    }
  }

  private void sendAgain(
      Step step, PendingRequest request, boolean isRepeated, boolean isChallenged) {
    Request.Ask ask = request.request().ask();
    if (!send(step, request.to(), ask, request.sender(), isRepeated, isChallenged)) {
      request.sender().silent(step, request);
    }
  }

  /** A callee wants a request again, with the cookie that it gave. It says nothing about itself. */
  void challenged(Step step, IpPort from, PublicKey callee, RequestId id) {
    PendingRequest request = pending.find(id).orElse(null);
    if (request == null) {
      observer.dropped(KademliaObserver.Drop.UNKNOWN_REQUEST);
    } else if (!request.to().address().equals(from)) {
      observer.dropped(KademliaObserver.Drop.WRONG_ADDRESS);
    } else if (!request.to().key().equals(callee)) {
      observer.dropped(KademliaObserver.Drop.WRONG_KEY);
    } else if (request.isChallenged()) {
      observer.dropped(KademliaObserver.Drop.REPEATED_CHALLENGE);
    } else {
      pending.remove(request);
      sendAgain(step, request, request.isRepeated(), true);
    }
  }

  /** Tells senders and tables of the requests whose time has passed. */
  void expireRequests(Step step) {
    for (Pending.Due due = pending.next(step.millis()).orElse(null);
        due != null;
        due = pending.next(step.millis()).orElse(null)) {
      PendingRequest request = due.request();
      if (due.isOver()) {
        observer.unanswered(KademliaObserver.RequestKind.of(request.request().ask()));
        // If nobody answered since, the silence is more likely on this side.
        boolean isItsFault = hasAnswer && lastAnswerMillis >= request.sentAtMillis();
        unanswered(step, request.to(), isItsFault);
      } else {
        request.sender().silent(step, request);
      }
    }
  }

  private void unanswered(Step step, Contact contact, boolean isItsFault) {
    RoutingTable table = tables.of(contact);
    boolean wasKnown = table.entry(contact).isPresent();
    table.unanswered(contact, isItsFault);
    if (wasKnown && table.entry(contact).isEmpty()) {
      if (!lost.lost(contact)) {
        observer.limitReached(KademliaObserver.Limit.LOST_CONTACTS);
      }
      neighbourhood.changed(step, contact);
    }
  }

  /** The contacts of an answer that a lookup in the family of the answerer may use. */
  List<Contact> usable(Contact answerer, List<Contact> told) {
    boolean isIpv4 = answerer.address().address().isIpv4();
    return told.stream()
        .limit(parameters.k())
        .filter(contact -> !contact.key().equals(self))
        .filter(
            contact -> {
              boolean isUsable =
                  tables.isUsable(contact) && contact.address().address().isIpv4() == isIpv4;
              if (!isUsable) {
                observer.dropped(KademliaObserver.Drop.UNUSABLE_CONTACT);
              }
              return isUsable;
            })
        .toList();
  }

  /** Judges the size of the network by the k closest that a lookup ended with. */
  void measured(Step step, RoutingTable table, NodeId target, List<Contact> closest) {
    if (closest.size() >= parameters.k() && closest.size() > 1) {
      table.networkSize().measured(step.millis(), target, NetworkSize.around(target, closest));
    } else if (!closest.isEmpty()) {
      table.networkSize().measured(step.millis(), target, closest.size());
    }
  }

  void markLookedUp(Step step, RoutingTable table, NodeId target) {
    table.markLookedUp(
        target, step.millis() + Upkeep.REFRESH_MILLIS + jitter(Upkeep.REFRESH_MILLIS / 4));
  }

  /** A random time below a bound, so that nodes that started together drift apart. */
  long jitter(long boundMillis) {
    return random.nextLong(boundMillis);
  }

  /** Verifies an event that another node returned for a key. */
  Optional<AddressRecord> verify(Step step, PublicKey key, NostrEvent event) {
    if (event.pubkey().equals(key)
        && rules.verify(event, step.unixSeconds())
            instanceof RecordRules.Verdict.Accepted accepted) {
      return Optional.of(accepted.addressRecord());
    }
    observer.dropped(KademliaObserver.Drop.INVALID_RECORD);
    return Optional.empty();
  }

  /** Remembers that a verified record exists. */
  void remember(AddressRecord addressRecord) {
    RecordVersion version = addressRecord.version();
    Optional<RecordVersion> before = memory.newest(addressRecord.pubkey());
    if (before.isEmpty() || version.supersedes(before.get())) {
      memory.remember(addressRecord.pubkey(), version);
      observer.newestSeen(addressRecord);
    }
  }

  /** What this node holds at a place, if that has not expired. */
  Optional<AddressRecord> heldLive(Step step, NodeId place) {
    return index.at(place).filter(held -> held.isLive(step.unixSeconds()));
  }

  /** Replaces what this node holds of a key by a newer record, if it holds something. */
  void correctOwn(Step step, AddressRecord newest) {
    boolean isStale =
        index
            .at(NodeId.ofRecord(newest.pubkey()))
            .filter(held -> newest.version().supersedes(held.version()))
            .isPresent();
    if (isStale) {
      keep(step, newest);
    }
  }

  /** Puts a record among those that this node holds, if there is room and it is not there yet. */
  void keep(Step step, AddressRecord addressRecord) {
    NodeId place = NodeId.ofRecord(addressRecord.pubkey());
    boolean isHeld =
        index
            .at(place)
            .filter(held -> !addressRecord.version().supersedes(held.version()))
            .isPresent();
    if (isHeld || !addressRecord.isLive(step.unixSeconds()) || !hasRoomFor(place, HeldRecord.OWN)) {
      return;
    }
    waitingStores.add(step, addressRecord);
  }

  /** Whether another store of a record at this place can be taken. */
  boolean hasRoomFor(NodeId place, long source) {
    if (waitingStores.isFull()) {
      observer.limitReached(KademliaObserver.Limit.WAITING_STORES);
      return false;
    }
    Optional<KademliaObserver.Limit> refusal = index.refusal(place, source, waitingStores.size());
    refusal.ifPresent(observer::limitReached);
    return refusal.isEmpty();
  }

  /**
   * Holds a record that is on disk.
   *
   * @return whether it is held; if not, or if another one had to go, the disk follows
   */
  boolean hold(Step step, NodeId place, AddressRecord addressRecord, long source) {
    RecordIndex.Put put = index.put(place, addressRecord, source);
    put.evicted().ifPresent(evicted -> evict(step, evicted));
    boolean isLeftOut = !put.isHeld() && index.at(place).isEmpty();
    if (isLeftOut) {
      observer.limitReached(KademliaObserver.Limit.RECORDS);
      step.emit(new Effect.Erase(addressRecord));
    }
    return put.isHeld();
  }

  private void evict(Step step, RecordIndex.Evicted evicted) {
    AddressRecord gone = evicted.addressRecord();
    schedule.drop(NodeId.ofRecord(gone.pubkey()));
    observer.recordEvicted(gone, evicted.reason());
    step.emit(new Effect.Erase(gone));
  }
}
