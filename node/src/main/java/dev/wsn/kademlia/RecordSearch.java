package dev.wsn.kademlia;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A search around the place of a record. Everybody on the way is asked for the record itself,
 * because the answers carry the store tokens and show who has which version. When the k closest
 * look as if somebody had put them there, the whole {@link Region} is looked through: first for its
 * nodes, then all of them are asked for the record.
 */
abstract class RecordSearch extends Search {
  private enum Phase {
    PATHS,
    REGION,
    POLL
  }

  final PublicKey key;
  final NodeId place;
  final Sightings sightings;
  private final KademliaObserver.SearchKind kind;
  private final Map<RoutingTable, Region> regions = new LinkedHashMap<>();
  private final Map<RoutingTable, List<Lookup>> scouts = new LinkedHashMap<>();
  private final List<Lookup> polls = new ArrayList<>();
  private final Set<Suspicion> suspicions = EnumSet.noneOf(Suspicion.class);
  private Phase phase = Phase.PATHS;

  RecordSearch(
      NodeState node, KademliaObserver.SearchKind kind, PublicKey key, long startedAtMillis) {
    super(node, kind, startedAtMillis);
    this.kind = kind;
    this.key = key;
    this.place = NodeId.ofRecord(key);
    this.sightings = new Sightings(node, key);
  }

  /** Adds the lookups of both families. */
  final void lookUp(Step step, int pathsPerFamily, int alpha) {
    for (RoutingTable table : node.tables.both()) {
      if (pathsPerFamily == 1) {
        Lookup lookup = new Lookup(place, node.parameters, alpha, node.observer);
        lookup.start(known(table, place));
        lookUp(step, table, lookup, new Request.FindRecord(place));
      } else {
        disjoint(step, table, pathsPerFamily, alpha);
      }
    }
  }

  /**
   * Deals the known contacts out to paths that never ask the same node. Together the paths hear
   * twice as many nodes as one lookup would.
   */
  private void disjoint(Step step, RoutingTable table, int count, int alpha) {
    List<Contact> known = known(table, place);
    int width = (2 * node.parameters.k() + count - 1) / count;
    Map<PublicKey, Lookup> askedBy = new HashMap<>();
    for (int path = 0; path < count; path++) {
      List<Contact> own = new ArrayList<>();
      for (int i = path; i < known.size(); i += count) {
        own.add(known.get(i));
      }
      Lookup lookup = new Lookup(place, node.parameters, alpha, width, askedBy, node.observer);
      lookup.start(own);
      lookUp(step, table, lookup, new Request.FindRecord(place));
    }
  }

  @Override
  void heard(Step step, Contact contact, Reply.Answer answer) {
    if (answer instanceof Reply.RecordFound found) {
      sightings.heard(step, contact, found);
      if (sightings.hasAny(contact)) {
        paths().values().forEach(family -> family.forEach(Lookup::hurry));
      }
    }
  }

  @Override
  final void lookedUp(Step step) {
    if (phase == Phase.PATHS) {
      phase = Phase.REGION;
      paths().forEach((table, family) -> judge(step, table, Lookup.closest(family)));
    } else if (phase == Phase.REGION) {
      phase = Phase.POLL;
      regions.forEach(this::poll);
    }
  }

  private void judge(Step step, RoutingTable table, List<Contact> closest) {
    Region.suspected(node.parameters, table, step.millis(), place, closest)
        .ifPresent(
            region -> {
              node.observer.widened(kind);
              regions.put(table, region);
              suspicions.addAll(
                  Region.suspicions(node.parameters, table, step.millis(), place, closest));
              scout(table, region, closest);
            });
    // What somebody put there is no measure.
    if (!regions.containsKey(table)) {
      node.measured(step, table, place, closest);
    }
  }

  private void scout(RoutingTable table, Region region, List<Contact> closest) {
    for (NodeId target : region.targets(node.random)) {
      // Around whoever sits nearer to the place, who would fill the front and name each other.
      Region nearer = region.beyond(target);
      Lookup lookup =
          new Lookup(target, node.parameters, node.parameters.alpha(), nearer, node.observer);
      List<Contact> known = table.closest(target, table.size(), false);
      known.removeIf(contact -> nearer.contains(contact.id()));
      lookup.start(known.subList(0, Math.min(2 * node.parameters.k(), known.size())));
      lookup.start(closest);
      scouts.computeIfAbsent(table, family -> new ArrayList<>()).add(lookup);
      lookUpBesides(lookup, new Request.FindNode(target), false);
    }
  }

  private void poll(RoutingTable table, Region region) {
    Set<Contact> members = new HashSet<>();
    for (Lookup scout : scouts.getOrDefault(table, List.of())) {
      for (Contact contact : scout.allAnswered()) {
        if (region.contains(contact.id()) && !sightings.isHeard(contact)) {
          members.add(contact);
        }
      }
    }
    // From the far end of the region on, where those are who were there before the others.
    NodeId far = place.beside(region.bits(), node.random);
    Lookup poll =
        new Lookup(
            far,
            node.parameters,
            node.parameters.wideAlpha(),
            Protocol.MAX_ASKED_PER_LOOKUP,
            new HashMap<>(),
            node.observer);
    poll.start(List.copyOf(members));
    polls.add(poll);
    lookUpBesides(poll, new Request.FindRecord(place), true);
  }

  @Override
  final Set<Suspicion> suspicions() {
    return suspicions;
  }

  /** Whether more than the k closest were asked. */
  final boolean isWidened() {
    return !regions.isEmpty();
  }

  /** Whether this node is in a region that was looked through. */
  final boolean isInRegion() {
    return regions.entrySet().stream()
        .anyMatch(each -> each.getValue().contains(each.getKey().own()));
  }

  /**
   * Stores the newest record at those who should have it and returned an older one.
   *
   * @param isMissingToo whether those who returned none get it as well
   */
  final void repair(Step step, AddressRecord newest, boolean isMissingToo) {
    for (Contact contact : holders()) {
      Token token = sightings.storeToken(contact);
      boolean isWrong = isMissingToo || sightings.hasAny(contact);
      if (token.isPresent() && isWrong && !sightings.has(contact, newest)) {
        node.send(step, contact, new Request.Store(token, newest.event()), Sender.NONE);
      }
    }
  }

  /** Who should have the record: the k closest, and everybody else in the region. */
  final List<Contact> holders() {
    List<Contact> holders = new ArrayList<>(closest());
    Set<PublicKey> keys = new HashSet<>();
    holders.forEach(contact -> keys.add(contact.key()));
    for (Lookup poll : polls) {
      for (Contact contact : poll.allAnswered()) {
        if (keys.add(contact.key())) {
          holders.add(contact);
        }
      }
    }
    return holders;
  }
}
