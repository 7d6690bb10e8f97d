package dev.wsn.kademlia;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Who came and went lately, and which held records that concerns. A record concerns the holders
 * closest to its place when somebody entered or left the k closest: the closest of them look after
 * it some minutes later, one after the other, so that the work of the first spares the others
 * theirs. Works through the held records in portions, because there may be very many.
 */
final class Neighbourhood {
  /** Who came in the first minutes came because this node did. */
  static final long SETTLING_MILLIS = 10 * 60_000;

  /** How long the closest holder waits; many changes together cost one search. */
  static final long DELAY_MILLIS = 5 * 60_000;

  /** How much longer each next one waits. */
  static final long DELAY_PER_RANK_MILLIS = 2 * 60_000;

  static final long JITTER_MILLIS = 60_000;

  /** Holders that look after a record before its time, counted from its place. */
  private static final int RESPONSIBLE = 4;

  /** Records that are looked at in one step. */
  private static final int PORTION = 256;

  private final NodeState node;
  private final Set<Contact> changed = new LinkedHashSet<>();
  private final Set<Contact> examined = new LinkedHashSet<>();
  private Iterator<NodeId> places = List.<NodeId>of().iterator();
  private long settledAtMillis = Long.MAX_VALUE;

  Neighbourhood(NodeState node) {
    this.node = node;
  }

  /** The node starts now. */
  void start(Step step) {
    settledAtMillis = step.millis() + SETTLING_MILLIS;
  }

  /** A contact entered a table, or left it because it stayed silent. */
  void changed(Step step, Contact contact) {
    if (step.millis() < settledAtMillis || node.parameters.isClient()) {
      return;
    }
    if (changed.size() < Protocol.MAX_CHANGES) {
      changed.add(contact);
    } else {
      node.observer.limitReached(KademliaObserver.Limit.CHANGES);
    }
  }

  /** Whether there is something to work through. */
  boolean isBusy() {
    return places.hasNext() || !changed.isEmpty();
  }

  /** Works through a portion of the held records. */
  void work(Step step) {
    if (!places.hasNext()) {
      if (changed.isEmpty()) {
        return;
      }
      examined.clear();
      examined.addAll(changed);
      changed.clear();
      places = node.schedule.places().iterator();
    }
    for (int i = 0; i < PORTION && places.hasNext(); i++) {
      examine(step, places.next());
    }
  }

  private void examine(Step step, NodeId place) {
    for (RoutingTable table : node.tables.both()) {
      List<Contact> moved = new ArrayList<>();
      for (Contact contact : examined) {
        if (node.tables.of(contact) == table) {
          moved.add(contact);
        }
      }
      if (!moved.isEmpty()) {
        examine(step, place, table, moved);
      }
    }
  }

  private void examine(Step step, NodeId place, RoutingTable table, List<Contact> moved) {
    int k = node.parameters.k();
    List<Contact> closest = table.closest(place, k, false);
    Distance own = table.own().distanceTo(place);
    int rank = 0;
    for (Contact contact : closest) {
      boolean isNearer = contact.id().distanceTo(place).compareTo(own) < 0;
      rank += isNearer && !examined.contains(contact) ? 1 : 0;
    }
    if (rank >= RESPONSIBLE) {
      return;
    }
    boolean isConcerned = closest.size() < k;
    if (!isConcerned) {
      Distance last = closest.get(k - 1).id().distanceTo(place);
      isConcerned =
          moved.stream().anyMatch(each -> each.id().distanceTo(place).compareTo(last) <= 0);
    }
    if (isConcerned) {
      long delay = DELAY_MILLIS + rank * DELAY_PER_RANK_MILLIS + node.jitter(JITTER_MILLIS);
      node.schedule.hasten(place, step.millis() + delay);
    }
  }
}
