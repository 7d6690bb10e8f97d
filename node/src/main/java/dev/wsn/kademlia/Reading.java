package dev.wsn.kademlia;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import java.util.List;
import java.util.Optional;

/**
 * Looks a key's record up. The first holder on the way ends a fast read. Other reads wait for the k
 * closest and then store the newest record at those of them that have an older one or none; a fast
 * read ends its search in the background, and stores it at those that have an older one.
 */
final class Reading extends RecordSearch {
  private final ReadPolicy policy;
  private boolean hasAnswered;

  Reading(NodeState node, OperationId operation, PublicKey key, ReadPolicy policy, long startedAt) {
    super(node, KademliaObserver.SearchKind.READ, key, startedAt);
    endsWith(operation);
    this.policy = policy;
  }

  void start(Step step) {
    node.heldLive(step, place).ifPresent(sightings::know);
    lookUp(step, policy == ReadPolicy.SECURE ? Protocol.DISJOINT_PATHS : 1);
    answerFast(step);
    begin(step);
  }

  @Override
  void heard(Step step, Contact contact, Reply.Answer answer) {
    super.heard(step, contact, answer);
    answerFast(step);
  }

  @Override
  void searched(Step step) {
    // Somebody may have stored a newer one here meanwhile.
    node.heldLive(step, place).ifPresent(sightings::know);
    Optional<AddressRecord> newest = sightings.newest(step);
    Outcome.Evidence evidence = evidence(step, sightings.had(), agreed(step));
    end(step, evidence, new Outcome.Read(newest, evidence, path(newest), true));
    newest.ifPresent(
        found -> {
          node.correctOwn(step, found);
          repair(step, found);
        });
  }

  private void answerFast(Step step) {
    Optional<AddressRecord> newest = sightings.newest(step);
    if (policy == ReadPolicy.FAST && !hasAnswered && newest.isPresent()) {
      hasAnswered = true;
      Outcome.Evidence evidence = evidence(step, sightings.had(), agreed(step));
      tell(step, new Outcome.Read(newest, evidence, path(newest), false));
    }
  }

  private List<AskedContact> path(Optional<AddressRecord> newest) {
    return asked(place, contact -> sightings.said(contact, newest));
  }

  private void repair(Step step, AddressRecord newest) {
    for (Contact contact : holders()) {
      Token token = sightings.storeToken(contact);
      boolean isWrong = policy != ReadPolicy.FAST || sightings.hasAny(contact);
      if (token.isPresent() && isWrong && !sightings.has(contact, newest)) {
        node.send(step, contact, new Request.Store(token, newest.event()), Sender.NONE);
      }
    }
  }

  private int agreed(Step step) {
    return sightings.newest(step).map(sightings::agreed).orElse(0);
  }
}
