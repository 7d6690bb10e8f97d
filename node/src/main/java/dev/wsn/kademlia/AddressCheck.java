package dev.wsn.kademlia;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Asks contacts where they see this node, so that a change is noticed soon although nothing else
 * makes this node talk: a few while they agree, and as many as a majority takes when the latest
 * votes are for another address. Stateless.
 */
final class AddressCheck {
  private static final int FEW = 4;

  private AddressCheck() {}

  /** Pings one contact of each network, those first that were asked longest ago. */
  static void ask(NodeState node, Step step) {
    for (RoutingTable table : node.tables.both()) {
      boolean isIpv4 = table == node.tables.both().get(0);
      int most = node.tables.external(isIpv4).isSure() ? FEW : Protocol.MAX_ADDRESS_VOTES;
      List<TableEntry> entries = new ArrayList<>(table.entries());
      entries.sort(Comparator.comparingLong(TableEntry::lastAskedMillis));
      Set<Subnet> networks = new HashSet<>();
      for (TableEntry entry : entries) {
        if (networks.size() < most && networks.add(entry.subnet())) {
          node.send(step, entry.contact(), new Request.Ping(), Sender.NONE);
        }
      }
    }
  }
}
