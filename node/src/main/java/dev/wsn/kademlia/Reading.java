package dev.wsn.kademlia;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import java.util.List;
import java.util.Optional;

/**
 * Looks a key's record up. Every contact on the way is asked for the record itself, so that the
 * first holder ends a fast read. A quorum read waits for the k closest and then stores the newest
 * record at those of them that have an older one or none.
 */
final class Reading extends Search {
  private final PublicKey key;
  private final ReadPolicy policy;
  private final Sightings sightings;
  private boolean hasAnswered;

  Reading(NodeState node, OperationId operation, PublicKey key, ReadPolicy policy, long startedAt) {
    super(node, KademliaObserver.SearchKind.READ, startedAt);
    endsWith(operation);
    this.key = key;
    this.policy = policy;
    this.sightings = new Sightings(node, key);
  }

  void start(Step step) {
    NodeId target = NodeId.ofRecord(key);
    node.heldLive(step, target).ifPresent(sightings::know);
    for (RoutingTable table : node.tables.both()) {
      lookUp(step, table, target, node.parameters.alpha(), List.of());
    }
    answerFast(step);
    begin(step);
  }

  @Override
  Request.Ask ask(Lookup lookup) {
    return new Request.FindRecord(lookup.target());
  }

  @Override
  void heard(Step step, Contact contact, Reply.Answer answer) {
    if (answer instanceof Reply.RecordFound found) {
      sightings.heard(step, contact, found);
      answerFast(step);
    }
  }

  @Override
  void searched(Step step) {
    // Somebody may have stored a newer one here meanwhile.
    node.heldLive(step, NodeId.ofRecord(key)).ifPresent(sightings::know);
    Optional<AddressRecord> newest = sightings.newest(step);
    Outcome.Evidence evidence = evidence(step, sightings.had(), agreed(step));
    end(step, evidence, new Outcome.Read(newest, evidence, true));
    newest.ifPresent(
        found -> {
          node.correctOwn(step, found);
          if (policy == ReadPolicy.QUORUM) {
            repair(step, found);
          }
        });
  }

  private void answerFast(Step step) {
    Optional<AddressRecord> newest = sightings.newest(step);
    if (policy == ReadPolicy.FAST && !hasAnswered && newest.isPresent()) {
      hasAnswered = true;
      Outcome.Evidence evidence = evidence(step, sightings.had(), agreed(step));
      tell(step, new Outcome.Read(newest, evidence, false));
    }
  }

  private void repair(Step step, AddressRecord newest) {
    for (Contact contact : closest()) {
      Token token = sightings.storeToken(contact);
      if (token.isPresent() && !sightings.has(contact, newest)) {
        node.send(step, contact, new Request.Store(token, newest.event()), Sender.NONE);
      }
    }
  }

  private int agreed(Step step) {
    return sightings.newest(step).map(sightings::agreed).orElse(0);
  }
}
