package dev.wsn.kademlia;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.AddressScope;
import dev.wsn.record.IpPort;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordRules;
import dev.wsn.record.Topic;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Lists the relays of a topic. Every registrar is asked until it has shown all that it has, or its
 * share. Then they take turns, so that a registrar that invents relays crowds nobody out: the first
 * of each, the second of each, and so on. Everything listed is verified, says itself that it
 * belongs to the topic, and is the newest of its key; at most a few are in one subnet.
 */
final class Listing extends TopicSearch {
  private final Map<Contact, Map<PublicKey, NostrEvent>> shown = new LinkedHashMap<>();
  private final Set<Contact> open = new HashSet<>();

  Listing(NodeState node, OperationId operation, Topic topic, long startedAtMillis) {
    super(node, KademliaObserver.SearchKind.LIST, NodeId.ofTopic(topic), startedAtMillis);
    endsWith(operation);
  }

  @Override
  void searched(Step step) {
    registrars.forEach((contact, found) -> take(step, contact, found));
    endIfSettled(step);
  }

  @Override
  public void answered(Step step, PendingRequest request, Reply.Answer answer) {
    if (open.remove(request.to())) {
      if (answer instanceof Reply.TopicFound found) {
        take(step, request.to(), found);
      }
      endIfSettled(step);
    }
  }

  @Override
  public void silent(Step step, PendingRequest request) {
    if (open.remove(request.to())) {
      endIfSettled(step);
    }
  }

  /** Notes a page, and asks for the next one if there is more. */
  private void take(Step step, Contact contact, Reply.TopicFound found) {
    Map<PublicKey, NostrEvent> known =
        shown.computeIfAbsent(contact, fresh -> new LinkedHashMap<>());
    int before = known.size();
    found.events().forEach(event -> known.putIfAbsent(event.pubkey(), event));
    boolean hasMore =
        known.size() > before
            && known.size() < Math.min(found.held(), Protocol.MAX_LISTED_PER_REGISTRAR);
    if (hasMore) {
      NostrEvent last = found.events().get(found.events().size() - 1);
      NodeId after = NodeId.ofRecord(last.pubkey());
      if (node.send(step, contact, new Request.FindTopic(place, after), this)) {
        open.add(contact);
      }
    }
  }

  private void endIfSettled(Step step) {
    if (open.isEmpty()) {
      List<AddressRecord> listed = listed(step);
      int had = (int) shown.values().stream().filter(events -> !events.isEmpty()).count();
      Outcome.Evidence evidence = evidence(step, had, had);
      end(step, evidence, new Outcome.Listed(listed, evidence));
    }
  }

  private List<AddressRecord> listed(Step step) {
    Map<PublicKey, AddressRecord> newest = new LinkedHashMap<>();
    node.announcements
        .after(place, place, Protocol.MAX_ANNOUNCEMENTS_OF_TOPIC)
        .forEach(own -> newest.put(own.pubkey(), own));
    List<List<NostrEvent>> turns = new ArrayList<>();
    shown.values().forEach(events -> turns.add(List.copyOf(events.values())));
    Set<NostrEvent> seen = new HashSet<>();
    int verifications = 0;
    for (int turn = 0; turn < Protocol.MAX_LISTED_PER_REGISTRAR; turn++) {
      for (List<NostrEvent> events : turns) {
        boolean isNew =
            turn < events.size()
                && verifications < Protocol.MAX_LISTED_VERIFICATIONS
                && seen.add(events.get(turn));
        if (isNew) {
          verifications++;
          verify(step, events.get(turn)).ifPresent(record -> takeNewest(newest, record));
        }
      }
    }
    newest.values().removeIf(each -> !isListed(step, each));
    return diverse(newest);
  }

  private Optional<AddressRecord> verify(Step step, NostrEvent event) {
    if (node.rules.verify(event, step.unixSeconds())
        instanceof RecordRules.Verdict.Accepted accepted) {
      return Optional.of(accepted.addressRecord());
    }
    node.observer.dropped(KademliaObserver.Drop.INVALID_RECORD);
    return Optional.empty();
  }

  private static void takeNewest(Map<PublicKey, AddressRecord> newest, AddressRecord found) {
    newest.merge(
        found.pubkey(),
        found,
        (known, other) -> other.version().supersedes(known.version()) ? other : known);
  }

  private boolean isListed(Step step, AddressRecord found) {
    return found.isLive(step.unixSeconds())
        && node.memory.admits(found.pubkey(), found.version())
        && TopicRequests.belongsTo(found, place);
  }

  private static List<AddressRecord> diverse(Map<PublicKey, AddressRecord> found) {
    List<AddressRecord> listed = new ArrayList<>();
    Map<Subnet, Integer> subnets = new HashMap<>();
    for (AddressRecord each : found.values()) {
      Optional<Subnet> subnet = subnet(each);
      boolean isCrowded =
          subnet.isPresent()
              && subnets.merge(subnet.get(), 1, Integer::sum) > Protocol.MAX_LISTED_PER_SUBNET;
      if (!isCrowded && listed.size() < Protocol.MAX_LISTED) {
        listed.add(each);
      }
    }
    return listed;
  }

  /** Where the first endpoint with a public IP address is. */
  private static Optional<Subnet> subnet(AddressRecord listed) {
    return listed.endpoints().stream()
        .flatMap(endpoint -> endpoint.ipPort().stream())
        .map(IpPort::address)
        .filter(address -> address.scope() == AddressScope.PUBLIC)
        .map(Subnet::of)
        .findFirst();
  }
}
