package dev.wsn.kademlia;

import dev.wsn.record.AddressRecord;
import dev.wsn.record.RecordRejection;
import dev.wsn.record.Topic;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Tells the registrars of a topic about a record. A registrar that does not answer is left out. */
final class Announcing extends TopicSearch {
  private final AddressRecord addressRecord;
  private final Set<Contact> open = new HashSet<>();
  private final Map<RecordRejection, Integer> refusals = new EnumMap<>(RecordRejection.class);
  private int acknowledged;

  Announcing(
      NodeState node,
      OperationId operation,
      AddressRecord addressRecord,
      Topic topic,
      long startedAtMillis) {
    super(node, KademliaObserver.SearchKind.ANNOUNCE, NodeId.ofTopic(topic), startedAtMillis);
    endsWith(operation);
    this.addressRecord = addressRecord;
  }

  @Override
  void searched(Step step) {
    if (!node.parameters.isClient()) {
      keepHere(step);
    }
    registrars.forEach(
        (contact, found) -> {
          Request.Ask ask = new Request.Announce(found.storeToken(), place, addressRecord.event());
          if (found.storeToken().isPresent() && node.send(step, contact, ask, this)) {
            open.add(contact);
          }
        });
    endIfSettled(step);
  }

  private void keepHere(Step step) {
    boolean isNewest =
        node.memory.admits(addressRecord.pubkey(), addressRecord.version())
            && addressRecord.isLive(step.unixSeconds());
    if (!isNewest) {
      return;
    }
    node.remember(addressRecord);
    if (!TopicRequests.belongsTo(addressRecord, place)) {
      node.announcements.remove(place, addressRecord.pubkey());
    } else {
      boolean unused = node.announcements.put(place, addressRecord, HeldRecord.OWN);
    }
  }

  @Override
  public void answered(Step step, PendingRequest request, Reply.Answer answer) {
    if (open.remove(request.to())) {
      if (answer instanceof Reply.Stored) {
        acknowledged++;
      } else if (answer instanceof Reply.Refused refused && !refused.reason().isBadToken()) {
        refusals.merge(refused.reason().rejection().orElse(RecordRejection.FULL), 1, Integer::sum);
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

  private void endIfSettled(Step step) {
    if (open.isEmpty()) {
      Outcome.Evidence evidence = evidence(step, 0, 0);
      end(step, evidence, new Outcome.Announced(acknowledged, refusals, evidence));
    }
  }
}
