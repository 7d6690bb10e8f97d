package dev.wsn.kademlia;

import dev.wsn.record.AddressScope;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * The part of the key space around a place in which k nodes or more should live (SR-DHT-Store,
 * arXiv 2505.01139). Looked through as a whole when the k closest are so close together, or of so
 * few networks, that somebody may have put them there: the honest nodes that they displaced are in
 * the region still, and have the record or should get it.
 *
 * @param place of the record
 * @param bits leading bits that all ids of the region share with the place
 */
record Region(NodeId place, int bits) {
  /** How much denser than elsewhere the nodes around a place may be before that is suspicious. */
  private static final double CROWDED = 2;

  /** How much sparser they may be before it is likely that some of them are not known yet. */
  private static final double SPARSE = 2;

  /** How many bits wider the region is when the estimate of the network's size is in doubt too. */
  private static final int UNIFORM_BITS = 2;

  /** The region to look through; empty if the k closest look as they should. */
  static Optional<Region> suspected(
      Parameters parameters,
      RoutingTable table,
      long nowMillis,
      NodeId place,
      List<Contact> closest) {
    Set<Suspicion> suspicions = suspicions(parameters, table, nowMillis, place, closest);
    if (suspicions.isEmpty()) {
      return Optional.empty();
    }
    double share = Math.max(1, table.nodes(nowMillis).orElseThrow() / parameters.k());
    int doubt = suspicions.contains(Suspicion.UNIFORM) ? UNIFORM_BITS : 0;
    return Optional.of(new Region(place, Math.max(0, Math.getExponent(share) - doubt)));
  }

  /** What is wrong with the k closest; nothing while there is nothing to compare them with. */
  static Set<Suspicion> suspicions(
      Parameters parameters,
      RoutingTable table,
      long nowMillis,
      NodeId place,
      List<Contact> closest) {
    Set<Suspicion> suspicions = EnumSet.noneOf(Suspicion.class);
    OptionalDouble nodes = table.nodes(nowMillis);
    if (closest.size() < parameters.k() || nodes.isEmpty()) {
      return suspicions;
    }
    if (NetworkSize.around(place, closest) > CROWDED * nodes.getAsDouble()) {
      suspicions.add(Suspicion.DENSE);
    }
    if (parameters.hasSubnetCaps() && isUniform(parameters, table, closest)) {
      suspicions.add(Suspicion.UNIFORM);
    }
    return suspicions;
  }

  /**
   * Whether these are as close together as the k closest should be, and of as many networks: as far
   * as this node can judge they are all that are there, and nobody put them there. Never so while
   * nothing was measured.
   */
  static boolean isPlausible(
      Parameters parameters,
      RoutingTable table,
      long nowMillis,
      NodeId place,
      List<Contact> closest) {
    OptionalDouble nodes = table.nodes(nowMillis);
    return closest.size() >= parameters.k()
        && nodes.isPresent()
        && SPARSE * NetworkSize.around(place, closest) > nodes.getAsDouble()
        && suspected(parameters, table, nowMillis, place, closest).isEmpty();
  }

  /**
   * Whether the contacts come from less than half as many providers' networks (/16 of IPv4, /32 of
   * IPv6) as as many of the far half of the table do.
   */
  private static boolean isUniform(
      Parameters parameters, RoutingTable table, List<Contact> closest) {
    int k = parameters.k();
    if (table.size() < 2 * k || closest.get(0).address().address().scope() != AddressScope.PUBLIC) {
      return false;
    }
    List<Contact> far = table.entries().subList(0, k).stream().map(TableEntry::contact).toList();
    return 2 * providers(closest) < providers(far);
  }

  private static int providers(List<Contact> contacts) {
    Set<Subnet> providers = new HashSet<>();
    contacts.forEach(contact -> providers.add(Subnet.ofProvider(contact.address().address())));
    return providers.size();
  }

  boolean contains(NodeId id) {
    return place.distanceTo(id).sharedBits() >= bits;
  }

  /** The nearer half of the region, of half that, and so on, that a target of it is not in. */
  Region beyond(NodeId target) {
    return new Region(place, place.distanceTo(target).sharedBits() + 1);
  }

  /**
   * Places to look for nodes of the region, farther from the place than from each other: whoever
   * crowds around the place is not in the way there. Random, so that nobody can wait for them.
   */
  List<NodeId> targets(RandomGenerator random) {
    NodeId first = place.beside(bits, random);
    return List.of(
        first,
        first.beside(bits + 1, random),
        place.beside(bits + 1, random),
        place.beside(bits + 2, random),
        place.beside(bits + 3, random));
  }
}
