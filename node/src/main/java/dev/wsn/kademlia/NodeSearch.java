package dev.wsn.kademlia;

import java.util.Optional;

/** A search for nodes: to join, or to keep the tables filled. */
final class NodeSearch extends Search {
  private final Optional<OperationId> operation;

  NodeSearch(
      NodeState node,
      KademliaObserver.SearchKind kind,
      Optional<OperationId> operation,
      long startedAtMillis) {
    super(node, kind, startedAtMillis);
    this.operation = operation;
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
    report(evidence);
    end(step, operation, new Outcome.Joined(node.tables.size(), evidence));
  }
}
