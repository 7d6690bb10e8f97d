package dev.wsn.kademlia;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Looks a key's record up. A fast read answers when {@link Protocol#FAST_HOLDERS} of what look like
 * the k closest returned a record: who hands out old ones does not decide alone. It ends its search
 * in the background, and stores the newest record at those of the k closest that have an older one.
 * Other reads wait for the k closest, and store it at those that have none, too.
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
    lookUp(
        step,
        policy == ReadPolicy.SECURE ? Protocol.DISJOINT_PATHS : 1,
        node.parameters.wideAlpha());
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
          repair(step, found, policy != ReadPolicy.FAST);
        });
  }

  private void answerFast(Step step) {
    if (policy != ReadPolicy.FAST || hasAnswered) {
      return;
    }
    Optional<AddressRecord> newest = sightings.newest(step);
    if (newest.isPresent() && isConfirmed(step)) {
      hasAnswered = true;
      Outcome.Evidence evidence = evidence(step, sightings.had(), agreed(step));
      tell(step, new Outcome.Read(newest, evidence, path(newest), false));
    }
  }

  private List<AskedContact> path(Optional<AddressRecord> newest) {
    return asked(place, contact -> sightings.said(contact, newest));
  }

  /**
   * Whether enough holders were heard among the k closest, in every family that has so many nodes,
   * and the k closest look as they should.
   */
  private boolean isConfirmed(Step step) {
    int families = 0;
    for (Map.Entry<RoutingTable, List<Lookup>> family : paths().entrySet()) {
      List<Contact> nearest = family.getValue().get(0).nearest();
      if (nearest.size() >= node.parameters.k()) {
        families++;
        if (!isConfirmed(step, family.getKey(), nearest)) {
          return false;
        }
      }
    }
    return families > 0;
  }

  private boolean isConfirmed(Step step, RoutingTable table, List<Contact> nearest) {
    int needed = Math.min(Protocol.FAST_HOLDERS, node.parameters.k());
    return nearest.stream().filter(sightings::hasAny).count() >= needed
        && Region.isPlausible(node.parameters, table, step.millis(), place, nearest);
  }

  private int agreed(Step step) {
    return sightings.newest(step).map(sightings::agreed).orElse(0);
  }
}
