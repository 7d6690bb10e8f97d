package dev.wsn.kademlia;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A search for the registrars of a topic, who are then asked about it: the k closest to its place,
 * and some of every ring around it, a ring being the nodes that share the same number of bits with
 * the place. So a topic that many announce is found everywhere, one that few announce is found at
 * the closest, and whoever owns those hides nothing (TopDisc spreads announcements over buckets).
 */
abstract class TopicSearch extends Search {
  /** Points that questions begin after, so that full registrars show more than one part. */
  private static final int PARTS = 4;

  final NodeId place;
  final Map<Contact, Reply.TopicFound> registrars = new LinkedHashMap<>();
  private boolean isPolled;

  TopicSearch(
      NodeState node, KademliaObserver.SearchKind kind, NodeId place, long startedAtMillis) {
    super(node, kind, startedAtMillis);
    this.place = place;
  }

  final void start(Step step) {
    for (RoutingTable table : node.tables.both()) {
      Lookup lookup = new Lookup(place, node.parameters, node.parameters.alpha(), node.observer);
      lookup.start(known(table, place));
      lookUp(step, table, lookup, new Request.FindNode(place));
    }
    begin(step);
  }

  @Override
  final void heard(Step step, Contact contact, Reply.Answer answer) {
    if (answer instanceof Reply.TopicFound found) {
      registrars.put(contact, found);
    }
  }

  @Override
  final void lookedUp(Step step) {
    if (isPolled) {
      return;
    }
    isPolled = true;
    paths()
        .forEach(
            (table, family) -> {
              List<Contact> closest = Lookup.closest(family);
              node.measured(step, table, place, closest);
              poll(around(table, family, closest));
            });
  }

  private void poll(List<Contact> registrarsToAsk) {
    for (int part = 0; part < PARTS; part++) {
      List<Contact> asked = new ArrayList<>();
      for (int i = part; i < registrarsToAsk.size(); i += PARTS) {
        asked.add(registrarsToAsk.get(i));
      }
      Lookup lookup =
          new Lookup(
              place,
              node.parameters,
              node.parameters.wideAlpha(),
              Protocol.MAX_ASKED_PER_LOOKUP,
              new HashMap<>(),
              node.observer);
      lookup.start(asked);
      lookUpBesides(lookup, new Request.FindTopic(place, randomPoint()), true);
    }
  }

  private NodeId randomPoint() {
    return new NodeId(
        node.random.nextLong(),
        node.random.nextLong(),
        node.random.nextLong(),
        node.random.nextLong());
  }

  private List<Contact> around(RoutingTable table, List<Lookup> family, List<Contact> closest) {
    List<Contact> around = new ArrayList<>(closest);
    Set<Contact> seen = new HashSet<>(closest);
    Map<Integer, List<Contact>> rings = new LinkedHashMap<>();
    List<Contact> others = new ArrayList<>();
    family.forEach(lookup -> others.addAll(lookup.allAnswered()));
    table.entries().stream()
        .filter(entry -> !entry.isSilent())
        .forEach(entry -> others.add(entry.contact()));
    for (Contact contact : others) {
      if (seen.add(contact)) {
        int ring = contact.id().distanceTo(place).sharedBits();
        rings.computeIfAbsent(ring, fresh -> new ArrayList<>()).add(contact);
      }
    }
    for (List<Contact> ring : rings.values()) {
      for (int i = 0; i < Protocol.REGISTRARS_PER_RING && !ring.isEmpty(); i++) {
        around.add(ring.remove(node.random.nextInt(ring.size())));
      }
    }
    return around;
  }
}
