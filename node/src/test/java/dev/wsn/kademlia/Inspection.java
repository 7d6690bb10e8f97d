package dev.wsn.kademlia;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What must hold inside a node at any time, for tests of other packages. */
public final class Inspection {
  private Inspection() {}

  /** Everything that does not hold, in words; empty in a node that is well. */
  public static List<String> violations(Kademlia kademlia) {
    NodeState node = kademlia.state();
    List<String> violations = new ArrayList<>();
    for (RoutingTable table : node.tables.both()) {
      inspect(node, table, violations);
    }
    bound("waiting requests", node.pendingRequests(), Protocol.MAX_PENDING_REQUESTS, violations);
    bound("operations", node.operations.running().size(), Protocol.MAX_OPERATIONS, violations);
    bound("waiting stores", node.waitingStores.size(), Protocol.MAX_WAITING_STORES, violations);
    for (Search search : node.operations.running()) {
      if (search.isSearched()) {
        continue;
      }
      for (Lookup lookup : search.lookups()) {
        int most = Math.max(node.parameters.wideAlpha(), node.parameters.k());
        bound("in flight", lookup.inFlight(), most, violations);
        bound("asked", lookup.askedCount(), Protocol.MAX_ASKED_PER_LOOKUP, violations);
      }
    }
    return violations;
  }

  /** The node's place among IPv4 nodes, as it knows it. */
  public static NodeId ownIpv4(Kademlia kademlia) {
    return kademlia.state().tables.both().get(0).own();
  }

  private static void inspect(NodeState node, RoutingTable table, List<String> violations) {
    Set<Contact> seen = new HashSet<>();
    int entries = 0;
    for (int i = 0; i < Protocol.ID_BITS; i++) {
      KBucket bucket = table.bucket(i).orElse(null);
      if (bucket == null) {
        continue;
      }
      bound("bucket " + i, bucket.entries().size(), bucket.capacity(), violations);
      bound("waiting", bucket.replacements().size(), Protocol.MAX_REPLACEMENTS, violations);
      for (TableEntry entry : bucket.entries()) {
        entries++;
        Contact contact = entry.contact();
        if (!seen.add(contact)) {
          violations.add(contact + " is there twice");
        }
        if (contact.key().equals(node.self)) {
          violations.add("self is a contact");
        }
        if (table.own().distanceTo(contact.id()).bucketIndex() != i) {
          violations.add(contact + " is in the wrong bucket " + i);
        }
        if (!contact.equals(Contact.of(contact.key(), contact.address()))) {
          violations.add(contact + " has another id than its key and address");
        }
      }
    }
    if (entries != table.size()) {
      violations.add(entries + " contacts in buckets, " + table.size() + " in the table");
    }
    if (node.parameters.hasSubnetCaps()) {
      inspectSubnets(table, violations);
    }
  }

  private static void inspectSubnets(RoutingTable table, List<String> violations) {
    Map<Subnet, Integer> inTable = new HashMap<>();
    for (int i = 0; i < Protocol.ID_BITS; i++) {
      Map<Subnet, Integer> inBucket = new HashMap<>();
      for (TableEntry entry : table.bucket(i).map(KBucket::entries).orElse(List.of())) {
        Subnet subnet = Subnet.of(entry.contact().address().address());
        inTable.merge(subnet, 1, Integer::sum);
        inBucket.merge(subnet, 1, Integer::sum);
      }
      inBucket.forEach(
          (subnet, count) ->
              bound(subnet + " in a bucket", count, Protocol.MAX_PER_SUBNET_IN_BUCKET, violations));
    }
    inTable.forEach(
        (subnet, count) ->
            bound("of " + subnet, count, Protocol.MAX_PER_SUBNET_IN_TABLE, violations));
  }

  private static void bound(String what, long count, long max, List<String> violations) {
    if (count > max) {
      violations.add(count + " " + what + ", at most " + max);
    }
  }
}
