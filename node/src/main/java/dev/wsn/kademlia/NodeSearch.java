package dev.wsn.kademlia;

import java.util.List;

/** A search for nodes: to join, or to keep the tables filled. */
final class NodeSearch extends Search {
  NodeSearch(NodeState node, KademliaObserver.SearchKind kind, long startedAtMillis) {
    super(node, kind, startedAtMillis);
  }

  /**
   * Adds a lookup.
   *
   * @param first contacts to start from besides those of the table
   */
  void lookUp(Step step, RoutingTable table, NodeId target, int alpha, List<Contact> first) {
    Lookup lookup = new Lookup(target, node.parameters, alpha, node.observer);
    lookup.start(first);
    lookup.start(known(table, target));
    lookUp(step, table, lookup, new Request.FindNode(target));
  }

  @Override
  void heard(Step step, Contact contact, Reply.Answer answer) {}

  @Override
  void searched(Step step) {
    paths()
        .forEach(
            (table, family) ->
                node.measured(step, table, family.get(0).target(), Lookup.closest(family)));
    Outcome.Evidence evidence = evidence(step, 0, 0);
    end(step, evidence, new Outcome.Joined(node.tables.size(), evidence));
  }
}
