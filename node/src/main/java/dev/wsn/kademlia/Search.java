package dev.wsn.kademlia;

import dev.wsn.crypto.PublicKey;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * An operation that begins with a search: one {@link Lookup}, or several disjoint ones, per address
 * family in which contacts are known. What is asked, and what happens afterwards, is up to the
 * kind.
 */
abstract class Search implements Sender {
  final NodeState node;
  final long startedAtMillis;
  private final KademliaObserver.SearchKind kind;
  private final List<Strand> strands = new ArrayList<>();
  private final Map<RoutingTable, List<Lookup>> paths = new LinkedHashMap<>();
  private @Nullable OperationId operation;
  private boolean isSearched;

  /** A lookup and its question; hears the answers. */
  private final class Strand implements Sender {
    final Lookup lookup;
    final Request.Ask ask;
    final boolean isTowardsTarget;
    final boolean isClosed;
    private boolean isDone;

    Strand(Lookup lookup, Request.Ask ask, boolean isTowardsTarget, boolean isClosed) {
      this.lookup = lookup;
      this.ask = ask;
      this.isTowardsTarget = isTowardsTarget;
      this.isClosed = isClosed;
    }

    /** A lookup towards the target goes on when a late answer brings something closer. */
    boolean isDone() {
      isDone = (isDone && !isTowardsTarget) || lookup.isDone();
      return isDone;
    }

    @Override
    public void answered(Step step, PendingRequest request, Reply.Answer answer) {
      if (isSearched) {
        Search.this.answered(step, request, answer);
        return;
      }
      List<Contact> closer = List.of();
      if (isClosed) {
        lookup.answered(request.to(), closer);
      } else {
        if (answer instanceof Reply.Nodes nodes) {
          closer = nodes.closest();
        } else if (answer instanceof Reply.RecordFound found) {
          closer = found.closest();
        }
        lookup.answered(request.to(), node.usable(request.to(), closer));
      }
      lookup.timed(request.to(), Math.max(0, step.millis() - request.sentAtMillis()));
      heard(step, request.to(), answer);
      advance(step);
    }

    @Override
    public void silent(Step step, PendingRequest request) {
      if (isSearched) {
        Search.this.silent(step, request);
      } else {
        lookup.silent(request.to());
        advance(step);
      }
    }
  }

  Search(NodeState node, KademliaObserver.SearchKind kind, long startedAtMillis) {
    this.node = node;
    this.kind = kind;
    this.startedAtMillis = startedAtMillis;
  }

  /** Names the command that waits for the outcome; without one nobody is told. */
  final void endsWith(OperationId command) {
    operation = command;
  }

  /** Why the search was widened; empty if it was not. */
  Set<Suspicion> suspicions() {
    return Set.of();
  }

  /** An answer arrived while the search was on. */
  abstract void heard(Step step, Contact contact, Reply.Answer answer);

  /** All lookups have ended; more may be added, which are awaited too. */
  void lookedUp(Step step) {}

  /** All lookups have ended, and none was added. */
  abstract void searched(Step step);

  /** What arrives when the search is over. */
  @Override
  public void answered(Step step, PendingRequest request, Reply.Answer answer) {}

  /** What is late when the search is over. */
  @Override
  public void silent(Step step, PendingRequest request) {}

  /**
   * The contacts that a lookup starts from: more than k, so that there is somebody to ask when the
   * closest are all gone; silent ones only if there are no others.
   */
  final List<Contact> known(RoutingTable table, NodeId target) {
    List<Contact> known = table.closest(target, 2 * node.parameters.k(), false);
    return known.isEmpty() ? table.closest(target, 2 * node.parameters.k(), true) : known;
  }

  /** Adds a lookup towards the target of the search, unless it would have nobody to ask. */
  final void lookUp(Step step, RoutingTable table, Lookup lookup, Request.Ask ask) {
    if (!lookup.isEmpty()) {
      node.markLookedUp(step, table, lookup.target());
      paths.computeIfAbsent(table, family -> new ArrayList<>()).add(lookup);
      strands.add(new Strand(lookup, ask, true, false));
    }
  }

  /**
   * Adds a lookup that serves the search in another way than finding its target.
   *
   * @param isClosed whether only the contacts that it starts with are asked
   */
  final void lookUpBesides(Lookup lookup, Request.Ask ask, boolean isClosed) {
    if (!lookup.isEmpty()) {
      strands.add(new Strand(lookup, ask, false, isClosed));
    }
  }

  /** Starts asking. */
  final void begin(Step step) {
    node.operations.begin(this);
    advance(step);
  }

  final boolean isSearched() {
    return isSearched;
  }

  /** The lookups towards the target, by the table of their family. */
  final Map<RoutingTable, List<Lookup>> paths() {
    return paths;
  }

  /** All lookups. */
  final List<Lookup> lookups() {
    return strands.stream().map(strand -> strand.lookup).toList();
  }

  /** The k closest contacts of each family, one per key. */
  final List<Contact> closest() {
    List<Contact> all = new ArrayList<>();
    Set<PublicKey> keys = new HashSet<>();
    for (List<Lookup> family : paths.values()) {
      for (Contact contact : Lookup.closest(family)) {
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
    int widened = 0;
    for (Strand strand : strands) {
      asked += strand.lookup.askedCount();
      widened += strand.isTowardsTarget ? 0 : strand.lookup.askedCount();
      answered += strand.lookup.answeredCount();
      hops = Math.max(hops, strand.lookup.hops());
    }
    long elapsed = step.millis() - startedAtMillis;
    int conflicting = had - agreed;
    return new Outcome.Evidence(
        asked, answered, had, agreed, conflicting, hops, elapsed, widened, suspicions());
  }

  /**
   * Whom the search asked, by hops, at most {@link Protocol#MAX_ASKED_SHOWN} of them.
   *
   * @param said what somebody who answered said
   */
  final List<AskedContact> asked(NodeId place, Function<Contact, AskedContact.Answer> said) {
    Map<Contact, AskedContact> asked = new LinkedHashMap<>();
    for (Strand strand : strands) {
      for (Candidate candidate : strand.lookup.asked()) {
        Contact contact = candidate.contact();
        AskedContact.Answer answer =
            switch (candidate.state()) {
              case ANSWERED -> said.apply(contact);
              case SILENT -> AskedContact.Answer.SILENCE;
              case NEW, ASKED -> AskedContact.Answer.WAITING;
            };
        asked.putIfAbsent(
            contact,
            new AskedContact(
                contact,
                candidate.hops(),
                place.distanceTo(contact.id()),
                candidate.referrer(),
                answer,
                candidate.roundTripMillis()));
      }
    }
    return asked.values().stream()
        .limit(Protocol.MAX_ASKED_SHOWN)
        .sorted(AskedContact.ORDER)
        .toList();
  }

  /** Ends the operation; what waits for it gets the outcome. */
  final void end(Step step, Outcome.Evidence evidence, Outcome outcome) {
    node.operations.end(this);
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
    int known;
    do {
      if (!ask(step)) {
        return;
      }
      known = strands.size();
      lookedUp(step);
    } while (strands.size() > known);
    isSearched = true;
    searched(step);
  }

  /** Asks whom there is to ask now; true if every lookup has ended. */
  private boolean ask(Step step) {
    boolean isDone = true;
    for (Strand strand : strands) {
      if (strand.isDone && !strand.isTowardsTarget) {
        continue;
      }
      Lookup lookup = strand.lookup;
      for (Optional<Contact> next = lookup.next(); next.isPresent(); next = lookup.next()) {
        if (!node.send(step, next.get(), strand.ask, strand)) {
          lookup.unsendable(next.get());
        }
      }
    }
    for (Strand strand : strands) {
      isDone &= strand.isDone();
    }
    return isDone;
  }
}
