package dev.wsn.kademlia;

import dev.wsn.crypto.PublicKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An operation that begins with a search: one {@link Lookup} per address family in which contacts
 * are known. What is asked, and what happens afterwards, is up to the kind.
 */
abstract class Search implements Sender {
  final NodeState node;
  final long startedAtMillis;
  private final KademliaObserver.SearchKind kind;
  private final Map<RoutingTable, Lookup> lookups = new LinkedHashMap<>();
  private @Nullable OperationId operation;
  private boolean isSearched;

  Search(NodeState node, KademliaObserver.SearchKind kind, long startedAtMillis) {
    this.node = node;
    this.kind = kind;
    this.startedAtMillis = startedAtMillis;
  }

  /** Names the command that waits for the outcome; without one nobody is told. */
  final void endsWith(OperationId command) {
    operation = command;
  }

  /** The question for a lookup. */
  abstract Request.Ask ask(Lookup lookup);

  /** An answer to that question arrived while the search was on. */
  abstract void heard(Step step, Contact contact, Reply.Answer answer);

  /** All lookups have ended. */
  abstract void searched(Step step);

  /**
   * Adds a lookup, unless it would have nobody to ask.
   *
   * @param first contacts to start from besides those of the table
   */
  final void lookUp(Step step, RoutingTable table, NodeId target, int alpha, List<Contact> first) {
    Lookup lookup = new Lookup(target, node.parameters, alpha, node.observer);
    lookup.start(first);
    // More than k, so that there is somebody to ask when the closest are all gone.
    List<Contact> known = table.closest(target, 2 * node.parameters.k(), false);
    lookup.start(known.isEmpty() ? table.closest(target, 2 * node.parameters.k(), true) : known);
    if (!lookup.isEmpty()) {
      node.markLookedUp(step, table, target);
      lookups.put(table, lookup);
    }
  }

  /** Starts asking. */
  final void begin(Step step) {
    node.begin(this);
    advance(step);
  }

  @Override
  public void answered(Step step, PendingRequest request, Reply.Answer answer) {
    if (isSearched) {
      return;
    }
    Lookup lookup = lookupFor(request);
    List<Contact> closer = List.of();
    if (answer instanceof Reply.Nodes nodes) {
      closer = nodes.closest();
    } else if (answer instanceof Reply.RecordFound found) {
      closer = found.closest();
    }
    lookup.answered(request.to(), node.usable(request.to(), closer));
    heard(step, request.to(), answer);
    advance(step);
  }

  @Override
  public void silent(Step step, PendingRequest request) {
    if (!isSearched) {
      lookupFor(request).silent(request.to());
      advance(step);
    }
  }

  final boolean isSearched() {
    return isSearched;
  }

  /** The lookups by the table of their family. */
  final Map<RoutingTable, Lookup> lookups() {
    return lookups;
  }

  /** The k closest contacts of each family, one per key. */
  final List<Contact> closest() {
    List<Contact> all = new ArrayList<>();
    Set<PublicKey> keys = new HashSet<>();
    for (Lookup lookup : lookups.values()) {
      for (Contact contact : lookup.closest()) {
        if (keys.add(contact.key())) {
          all.add(contact);
        }
      }
    }
    return all;
  }

  final Outcome.Evidence evidence(Step step, int had, int agreed) {
    int asked = 0;
    int answered = 0;
    int hops = 0;
    for (Lookup lookup : lookups.values()) {
      asked += lookup.askedCount();
      answered += lookup.answeredCount();
      hops = Math.max(hops, lookup.hops());
    }
    long elapsed = step.millis() - startedAtMillis;
    return new Outcome.Evidence(asked, answered, had, agreed, had - agreed, hops, elapsed);
  }

  /** Ends the operation; what waits for it gets the outcome. */
  final void end(Step step, Outcome.Evidence evidence, Outcome outcome) {
    node.end(this);
    node.observer.searchEnded(kind, evidence);
    tell(step, outcome);
  }

  /** Gives an outcome to what waits for it. */
  final void tell(Step step, Outcome outcome) {
    if (operation != null) {
      step.emit(new Effect.Finish(operation, outcome));
    }
  }

  private void advance(Step step) {
    boolean isDone = true;
    for (Lookup lookup : lookups.values()) {
      for (Optional<Contact> next = lookup.next(); next.isPresent(); next = lookup.next()) {
        if (!node.send(step, next.get(), ask(lookup), this)) {
          lookup.unsendable(next.get());
        }
      }
      isDone &= lookup.isDone();
    }
    if (isDone) {
      isSearched = true;
      searched(step);
    }
  }

  private Lookup lookupFor(PendingRequest request) {
    Lookup lookup = lookups.get(node.tables.of(request.to()));
    if (lookup == null) {
      throw new IllegalStateException("asked in a family without a lookup");
    }
    return lookup;
  }
}
