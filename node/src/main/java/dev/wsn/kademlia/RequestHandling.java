package dev.wsn.kademlia;

import dev.wsn.record.AddressRecord;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordCodec;
import dev.wsn.record.RecordRejection;
import dev.wsn.record.RecordRules;
import dev.wsn.record.RecordVersion;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Answers requests. A caller that did not prove its address gets at most as many bytes as it spent,
 * the ping that checks an unknown caller included, so that nobody can be flooded through this node.
 * Work that costs comes last: token, then age, then signature, then disk.
 */
final class RequestHandling {
  /** Fewer contacts than this are not worth an answer; with a retry more will fit. */
  private static final int MIN_CONTACTS = 4;

  private final NodeState node;
  private final TopicRequests topics;
  private final Set<Contact> underVerification = new HashSet<>();

  RequestHandling(NodeState node) {
    this.node = node;
    this.topics = new TopicRequests(node);
  }

  void receive(Step step, Caller caller, Request request) {
    if (node.parameters.isClient()) {
      node.observer.dropped(KademliaObserver.Drop.CLIENT_ANSWERS_NOTHING);
      return;
    }
    if (caller.key().equals(node.self)) {
      node.observer.dropped(KademliaObserver.Drop.OWN_KEY);
      return;
    }
    boolean isProven = isProven(step, caller, request);
    node.observer.requestReceived(KademliaObserver.RequestKind.of(request.ask()), isProven);
    int budget =
        isProven
            ? Protocol.MAX_DATAGRAM_BYTES
            : Math.min(caller.requestBytes(), Protocol.MAX_DATAGRAM_BYTES);
    Contact unknown = unknownCaller(caller, request).orElse(null);
    Optional<Reply.Answer> answer = answer(step, caller, request, budget);
    int needed = answer.map(RequestHandling::minBytes).orElse(0);
    boolean hasPingBytes = isProven || budget - Protocol.PING_BYTES >= needed;
    boolean isPinged = unknown != null && hasPingBytes;
    if (isPinged && !isProven) {
      budget -= Protocol.PING_BYTES;
    }
    if (answer.isPresent()) {
      boolean fits = needed <= budget || !isFind(request);
      if (!fits) {
        node.observer.retryDemanded(KademliaObserver.RequestKind.of(request.ask()));
      }
      reply(step, caller, request.id(), fits ? answer.get() : new Reply.Retry(), budget);
    }
    if (unknown != null && hasPingBytes) {
      verify(step, unknown);
    } else if (unknown != null) {
      node.observer.dropped(KademliaObserver.Drop.NO_ROOM_TO_VERIFY);
    }
  }

  /** Answers the store that waited for the disk. */
  void persisted(Step step, long ticket, boolean isOnDisk) {
    WaitingStores.WaitingStore store = node.waitingStores.take(ticket).orElse(null);
    if (store == null) {
      return;
    }
    NodeId place = NodeId.ofRecord(store.addressRecord().pubkey());
    boolean isHeld = isOnDisk && node.hold(step, place, store.addressRecord(), store.source());
    // A newer one may have overtaken it on the way; then the duty about this one is done too.
    boolean isDone =
        isHeld
            || (isOnDisk
                && node.index
                    .at(place)
                    .filter(held -> held.version().supersedes(store.addressRecord().version()))
                    .isPresent());
    if (isHeld) {
      node.schedule.putOff(place, step.millis());
      node.observer.recordStored(store.addressRecord());
    }
    if (store.waiter().isPresent()) {
      WaitingStores.Waiter waiter = store.waiter().get();
      Reply.Answer answer = isDone ? new Reply.Stored() : refused(RecordRejection.FULL);
      reply(step, waiter.caller(), waiter.request(), answer, waiter.maxBytes());
    }
  }

  private boolean isProven(Step step, Caller caller, Request request) {
    if (request.ask() instanceof Request.Store store) {
      NodeId place = NodeId.ofRecord(store.event().pubkey());
      if (node.tokens.allowsStore(step.millis(), caller, place, store.storeToken())) {
        return true;
      }
    }
    if (request.ask() instanceof Request.Announce announce
        && node.tokens.allowsStore(
            step.millis(), caller, announce.target(), announce.storeToken())) {
      return true;
    }
    return node.tokens.provesAddress(step.millis(), caller, request.addressToken());
  }

  private Optional<Reply.Answer> answer(Step step, Caller caller, Request request, int budget) {
    Request.Ask ask = request.ask();
    if (ask instanceof Request.Ping) {
      return Optional.of(new Reply.Pong());
    }
    if (ask instanceof Request.FindNode find) {
      return Optional.of(new Reply.Nodes(closest(caller, find.target())));
    }
    if (ask instanceof Request.FindRecord find) {
      Optional<NostrEvent> event = node.heldLive(step, find.target()).map(AddressRecord::event);
      Token token = node.tokens.forStore(step.millis(), caller, find.target());
      return Optional.of(new Reply.RecordFound(token, event, closest(caller, find.target())));
    }
    if (ask instanceof Request.FindTopic find) {
      return Optional.of(topics.find(step, caller, find));
    }
    if (ask instanceof Request.Announce announce) {
      return Optional.of(topics.announce(step, caller, announce));
    }
    return store(step, caller, request.id(), (Request.Store) ask, budget);
  }

  /** The answer to a store, or nothing while it waits for the disk. */
  private Optional<Reply.Answer> store(
      Step step, Caller caller, RequestId id, Request.Store store, int budget) {
    NostrEvent event = store.event();
    NodeId place = NodeId.ofRecord(event.pubkey());
    if (!node.tokens.allowsStore(step.millis(), caller, place, store.storeToken())) {
      node.observer.badStoreToken();
      return Optional.of(new Reply.Refused(new Reply.Refusal(true, Optional.empty())));
    }
    AddressRecord held = node.index.at(place).orElse(null);
    if (held != null && held.event().equals(event) && held.isLive(step.unixSeconds())) {
      node.schedule.putOff(place, step.millis());
      return Optional.of(new Reply.Stored());
    }
    RecordVersion version = new RecordVersion(event.createdAt(), event.id());
    boolean isOlder = held != null && held.version().supersedes(version);
    if (isOlder || !node.memory.admits(event.pubkey(), version)) {
      return Optional.of(refused(RecordRejection.OLDER_THAN_KNOWN));
    }
    if (!node.hasRoomFor(place, Subnet.source(caller.address().address()))) {
      return Optional.of(refused(RecordRejection.FULL));
    }
    RecordRules.Verdict verdict = node.rules.verify(event, step.unixSeconds());
    if (verdict instanceof RecordRules.Verdict.Refused refused) {
      return Optional.of(refused(refused.reason()));
    }
    AddressRecord addressRecord = ((RecordRules.Verdict.Accepted) verdict).addressRecord();
    // On disk the version stands with the record.
    node.memory.remember(event.pubkey(), version);
    node.waitingStores.add(step, addressRecord, new WaitingStores.Waiter(caller, id, budget));
    return Optional.empty();
  }

  private Reply.Answer refused(RecordRejection reason) {
    node.observer.storeRefused(reason);
    return new Reply.Refused(new Reply.Refusal(false, Optional.of(reason)));
  }

  private List<Contact> closest(Caller caller, NodeId target) {
    int k = node.parameters.k();
    List<Contact> closest =
        node.tables.of(caller.address().address()).closest(target, k + 1, false);
    for (int i = 0; i < closest.size(); i++) {
      if (closest.get(i).key().equals(caller.key())) {
        closest.remove(i);
        return closest;
      }
    }
    if (closest.size() > k) {
      closest.remove(k);
    }
    return closest;
  }

  private void reply(Step step, Caller caller, RequestId id, Reply.Answer answer, int maxBytes) {
    Token token = node.tokens.forAddress(step.millis(), caller);
    step.emit(new Effect.Answer(caller, new Reply(id, caller.address(), token, answer), maxBytes));
  }

  private Optional<Contact> unknownCaller(Caller caller, Request request) {
    if (request.isClient()) {
      return Optional.empty();
    }
    // The cheap way out for known callers, because an id costs two hashes.
    boolean isKnown =
        node.tables
            .of(caller.address().address())
            .entry(caller.key())
            .filter(entry -> entry.contact().address().equals(caller.address()))
            .filter(entry -> !entry.isSilent())
            .isPresent();
    if (isKnown) {
      return Optional.empty();
    }
    Contact contact = Contact.of(caller.key(), caller.address());
    if (!node.tables.isUsable(contact)
        || underVerification.contains(contact)
        || !node.tables.of(contact).isWanted(contact)) {
      return Optional.empty();
    }
    if (underVerification.size() >= Protocol.MAX_UNDER_VERIFICATION) {
      node.observer.limitReached(KademliaObserver.Limit.UNDER_VERIFICATION);
      return Optional.empty();
    }
    return Optional.of(contact);
  }

  /** Pings an unknown caller; its answer puts it into the table, as every answer does. */
  private void verify(Step step, Contact contact) {
    Sender sender =
        new Sender() {
          @Override
          public void answered(Step later, PendingRequest request, Reply.Answer answer) {
            underVerification.remove(contact);
          }

          @Override
          public void silent(Step later, PendingRequest request) {
            underVerification.remove(contact);
          }
        };
    if (node.send(step, contact, new Request.Ping(), sender)) {
      underVerification.add(contact);
    }
  }

  private static boolean isFind(Request request) {
    Request.Ask ask = request.ask();
    return ask instanceof Request.FindNode
        || ask instanceof Request.FindRecord
        || ask instanceof Request.FindTopic;
  }

  /** What a useful form of the answer needs at most. */
  private static int minBytes(Reply.Answer answer) {
    if (answer instanceof Reply.Nodes nodes) {
      return Protocol.REPLY_OVERHEAD_BYTES + contactBytes(nodes.closest());
    }
    if (answer instanceof Reply.RecordFound found) {
      int event = found.event().isPresent() ? RecordCodec.MAX_BYTES : 0;
      return Protocol.REPLY_OVERHEAD_BYTES + event + contactBytes(found.closest());
    }
    if (answer instanceof Reply.TopicFound found && !found.events().isEmpty()) {
      return Protocol.REPLY_OVERHEAD_BYTES + RecordCodec.MAX_BYTES;
    }
    return Protocol.REPLY_OVERHEAD_BYTES;
  }

  private static int contactBytes(List<Contact> contacts) {
    return Protocol.CONTACT_BYTES * Math.min(MIN_CONTACTS, contacts.size());
  }
}
