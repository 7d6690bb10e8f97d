package dev.wsn.kademlia;

/** A search for nodes: to join, or to keep the tables filled. */
final class NodeSearch extends Search {
  NodeSearch(NodeState node, KademliaObserver.SearchKind kind, long startedAtMillis) {
    super(node, kind, startedAtMillis);
  }

  @Override
  Request.Ask ask(Lookup lookup) {
    return new Request.FindNode(lookup.target());
  }

  @Override
  void heard(Step step, Contact contact, Reply.Answer answer) {}

  @Override
  void searched(Step step) {
    Outcome.Evidence evidence = evidence(step, 0, 0);
    end(step, evidence, new Outcome.Joined(node.tables.size(), evidence));
  }
}
