package dev.wsn.kademlia;

import dev.wsn.record.IpPort;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a node knows of the network in one address family.
 *
 * @param contacts in the table
 * @param answering contacts that answered when they were asked last
 * @param estimatedNodes how many nodes there are; empty until a lookup measured it
 * @param external the own address and port as peers of several networks agree on it
 * @param addressVoters networks that have said lately where they see this node
 * @param isReachable whether others reach this node unasked; true until a trial shows otherwise
 * @param bySharedBits how many contacts share exactly i leading bits with the own id, for each i up
 *     to the last that has any
 */
public record TableSummary(
    int contacts,
    int answering,
    OptionalDouble estimatedNodes,
    Optional<IpPort> external,
    int addressVoters,
    boolean isReachable,
    List<Integer> bySharedBits) {
  /** Nothing is known yet. */
  public static final TableSummary NONE =
      new TableSummary(0, 0, OptionalDouble.empty(), Optional.empty(), 0, true, List.of());

  /** Copies the list. */
  public TableSummary {
    bySharedBits = List.copyOf(bySharedBits);
  }

  static TableSummary of(RoutingTable table, ExternalAddress external, Now now) {
    List<Integer> bySharedBits = new ArrayList<>();
    int answering = 0;
    for (TableEntry entry : table.entries()) {
      int bits = table.own().distanceTo(entry.contact().id()).sharedBits();
      if (bits >= bySharedBits.size()) {
        bySharedBits.addAll(Collections.nCopies(bits + 1 - bySharedBits.size(), 0));
      }
      bySharedBits.set(bits, bySharedBits.get(bits) + 1);
      answering += entry.isSilent() ? 0 : 1;
    }
    return new TableSummary(
        table.size(),
        answering,
        table.nodes(now.monotonicMillis()),
        external.agreed(),
        external.voters(),
        table.reachability().isReachable(),
        bySharedBits);
  }
}
