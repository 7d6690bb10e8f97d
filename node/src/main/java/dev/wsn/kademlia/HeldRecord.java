package dev.wsn.kademlia;

import dev.wsn.record.AddressRecord;

/**
 * A record that this node keeps, and who it is counted against.
 *
 * @param source number of the network that stored it ({@link Subnet#source}), or {@link #OWN}
 */
public record HeldRecord(AddressRecord addressRecord, long source) {
  /** The source of what this node keeps by itself, or for a network of one machine or building. */
  public static final long OWN = 0;
}
