package dev.wsn.kademlia;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordRejection;
import dev.wsn.record.Topic;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Stores a record at the k closest nodes, and in their whole region if they are suspicious. The
 * search asks for the record, because the answers carry the store tokens and show whether something
 * newer is known. If so, nothing is stored. Otherwise all k closest get the record at once; a store
 * that stays unanswered is sent once more, and one whose token was refused is sent once more with a
 * fresh token.
 */
final class Publishing extends RecordSearch {

  private final boolean isOnlyIfFew;
  private final AddressRecord addressRecord;
  private final NostrEvent event;
  private final Map<Contact, Integer> sends = new HashMap<>();
  private final Set<Contact> open = new HashSet<>();
  private final Set<Contact> withFreshToken = new HashSet<>();
  private final Map<Contact, Token> lastTokens = new HashMap<>();
  private final Set<PublicKey> acknowledged = new HashSet<>();
  private final Map<RecordRejection, Integer> refusals = new EnumMap<>(RecordRejection.class);
  private int required = 1;
  private boolean isEnded;

  /** A publication by the owner, who waits for the outcome. */
  Publishing(
      NodeState node, OperationId operation, AddressRecord addressRecord, long startedAtMillis) {
    super(node, KademliaObserver.SearchKind.PUBLISH, addressRecord.pubkey(), startedAtMillis);
    endsWith(operation);
    this.isOnlyIfFew = false;
    this.addressRecord = addressRecord;
    this.event = addressRecord.event();
  }

  /**
   * A publication by a holder. Contacts that have the record get it as well, which puts their own
   * duty off and costs them neither a signature nor a write.
   *
   * @param isOnlyIfFew whether nothing is stored when enough of the closest have the record
   */
  Publishing(
      NodeState node, AddressRecord addressRecord, boolean isOnlyIfFew, long startedAtMillis) {
    super(node, KademliaObserver.SearchKind.REPUBLISH, addressRecord.pubkey(), startedAtMillis);
    this.isOnlyIfFew = isOnlyIfFew;
    this.addressRecord = addressRecord;
    this.event = addressRecord.event();
  }

  boolean isEnded() {
    return isEnded;
  }

  void start(Step step) {
    sightings.know(addressRecord);
    node.heldLive(step, place).ifPresent(sightings::know);
    lookUp(step, 1, node.parameters.alpha());
    begin(step);
  }

  @Override
  void searched(Step step) {
    List<Contact> closest = closest();
    required = Math.max(1, (Math.min(node.parameters.k(), closest.size()) + 1) / 2);
    Optional<AddressRecord> newer = newer(step);
    if (newer.isPresent()) {
      node.correctOwn(step, newer.get());
      repair(step, newer.get(), false);
      int refusing = sightings.newerThan(addressRecord);
      if (refusing > 0) {
        refusals.put(RecordRejection.OLDER_THAN_KNOWN, refusing);
      }
      finish(step);
      return;
    }
    boolean isAmongClosest = isAmongClosest();
    if (isAmongClosest) {
      node.keep(step, addressRecord);
      node.remember(addressRecord);
    }
    if (isOnlyIfFew && !isWidened() && hasEnoughCopies(closest, isAmongClosest)) {
      repair(step, addressRecord, false);
    } else {
      for (Contact contact : holders()) {
        open.add(contact);
        store(step, contact, sightings.storeToken(contact));
      }
    }
    finishIfSettled(step);
  }

  @Override
  public void answered(Step step, PendingRequest request, Reply.Answer answer) {
    Contact contact = request.to();
    if (answer instanceof Reply.Stored) {
      // Not before: of a version that nobody keeps, readers here would be told that there is none.
      node.remember(addressRecord);
      acknowledged.add(contact.key());
      open.remove(contact);
    } else if (answer instanceof Reply.Refused refused) {
      if (isLastStore(request)) {
        refused(step, contact, refused.reason());
      }
    } else if (answer instanceof Reply.RecordFound found && withFreshToken.contains(contact)) {
      if (open.contains(contact)) {
        store(step, contact, found.storeToken());
      }
    }
    finishIfSettled(step);
  }

  @Override
  public void silent(Step step, PendingRequest request) {
    Contact contact = request.to();
    if (!open.contains(contact)) {
      return;
    }
    if (isLastStore(request)) {
      store(step, contact, lastTokens.getOrDefault(contact, Token.NONE));
    } else if (request.request().ask() instanceof Request.FindRecord
        && withFreshToken.contains(contact)) {
      open.remove(contact);
    }
    finishIfSettled(step);
  }

  private void refused(Step step, Contact contact, Reply.Refusal refusal) {
    if (!refusal.isBadToken()) {
      if (open.remove(contact)) {
        refusals.merge(refusal.rejection().orElse(RecordRejection.FULL), 1, Integer::sum);
      }
      return;
    }
    boolean isAskedAgain =
        open.contains(contact)
            && withFreshToken.add(contact)
            && node.send(step, contact, new Request.FindRecord(place), this);
    if (isAskedAgain) {
      sends.remove(contact);
      lastTokens.remove(contact);
    } else {
      open.remove(contact);
    }
  }

  private void store(Step step, Contact contact, Token token) {
    lastTokens.put(contact, token);
    boolean isSent =
        token.isPresent()
            && sends.merge(contact, 1, Integer::sum) <= Protocol.MAX_STORES_SENT
            && node.send(step, contact, new Request.Store(token, event), this);
    if (!isSent) {
      open.remove(contact);
    }
  }

  /** Whether three quarters of those who should have the record do. */
  private boolean hasEnoughCopies(List<Contact> closest, boolean isHere) {
    long copies = isHere ? 1 : 0;
    copies += closest.stream().filter(contact -> sightings.has(contact, addressRecord)).count();
    int wanted = Math.min(node.parameters.k(), closest.size() + (isHere ? 1 : 0));
    return 4 * copies >= 3L * wanted;
  }

  /** False for a store whose token has been replaced since. */
  private boolean isLastStore(PendingRequest request) {
    return request.request().ask() instanceof Request.Store store
        && store.storeToken().equals(lastTokens.get(request.to()));
  }

  private void finishIfSettled(Step step) {
    if (open.isEmpty() && !isEnded) {
      finish(step);
    }
  }

  private void finish(Step step) {
    isEnded = true;
    Outcome.Evidence evidence = evidence(step, sightings.had(), sightings.agreed(addressRecord));
    end(
        step,
        evidence,
        new Outcome.Published(
            acknowledged.size(), required, refusals, newer(step), topics(), evidence));
  }

  private Set<Topic> topics() {
    Set<Topic> topics = new LinkedHashSet<>(addressRecord.topics());
    topics.addAll(sightings.topics());
    return topics;
  }

  private Optional<AddressRecord> newer(Step step) {
    return sightings
        .newest(step)
        .filter(newest -> newest.version().supersedes(addressRecord.version()));
  }

  /** Whether this node belongs to the holders, in one of the families at least. */
  private boolean isAmongClosest() {
    if (node.parameters.isClient()) {
      return false;
    }
    if (paths().isEmpty() || isInRegion()) {
      return true;
    }
    for (Map.Entry<RoutingTable, List<Lookup>> family : paths().entrySet()) {
      if (!family.getKey().reachability().isReachable()) {
        continue;
      }
      List<Contact> closest = Lookup.closest(family.getValue());
      if (closest.size() < node.parameters.k()) {
        return true;
      }
      Distance last = closest.get(closest.size() - 1).id().distanceTo(place);
      if (family.getKey().own().distanceTo(place).compareTo(last) < 0) {
        return true;
      }
    }
    return false;
  }
}
