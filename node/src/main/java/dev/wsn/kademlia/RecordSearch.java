package dev.wsn.kademlia;

import dev.wsn.crypto.PublicKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A search around the place of a record. Everybody on the way is asked for the record itself,
 * because the answers carry the store tokens and show who has which version.
 */
abstract class RecordSearch extends Search {
  final PublicKey key;
  final NodeId place;
  final Sightings sightings;

  RecordSearch(
      NodeState node, KademliaObserver.SearchKind kind, PublicKey key, long startedAtMillis) {
    super(node, kind, startedAtMillis);
    this.key = key;
    this.place = NodeId.ofRecord(key);
    this.sightings = new Sightings(node, key);
  }

  /** Adds the lookups of both families. */
  final void lookUp(Step step, int pathsPerFamily) {
    for (RoutingTable table : node.tables.both()) {
      if (pathsPerFamily == 1) {
        Lookup lookup = new Lookup(place, node.parameters, node.parameters.alpha(), node.observer);
        lookup.start(known(table, place));
        lookUp(step, table, lookup, new Request.FindRecord(place));
      } else {
        disjoint(step, table, pathsPerFamily);
      }
    }
  }

  /**
   * Deals the known contacts out to paths that never ask the same node. Together the paths hear
   * twice as many nodes as one lookup would.
   */
  private void disjoint(Step step, RoutingTable table, int count) {
    List<Contact> known = known(table, place);
    int width = (2 * node.parameters.k() + count - 1) / count;
    Map<PublicKey, Lookup> askedBy = new HashMap<>();
    for (int path = 0; path < count; path++) {
      List<Contact> own = new ArrayList<>();
      for (int i = path; i < known.size(); i += count) {
        own.add(known.get(i));
      }
      Lookup lookup =
          new Lookup(
              place, node.parameters, node.parameters.alpha(), width, askedBy, node.observer);
      lookup.start(own);
      lookUp(step, table, lookup, new Request.FindRecord(place));
    }
  }

  @Override
  void heard(Step step, Contact contact, Reply.Answer answer) {
    if (answer instanceof Reply.RecordFound found) {
      sightings.heard(step, contact, found);
    }
  }
}
