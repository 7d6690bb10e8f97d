package dev.wsn.resolver;

import dev.wsn.record.IpPort;
import dev.wsn.resolver.quota.AddressRange;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A node that a lookup asked, and what came of it.
 *
 * @param node the first 8 hexadecimal digits of its id
 * @param at its address and port in the process that asked; what comes from elsewhere has the
 *     {@link #subnet} only
 * @param hop length of the chain of referrals that led there; 1 for a node known from the start
 * @param sharedBits leading bits of its id that are those of the record's place, 0 to 256
 * @param namedBy {@code node} of who named it first; empty if it was known from the start
 * @param said what it answered
 * @param roundTripMillis from the request to its answer; empty if there is none
 */
public record AskedNode(
    String node,
    String at,
    int hop,
    int sharedBits,
    Optional<String> namedBy,
    Said said,
    OptionalLong roundTripMillis) {
  /** Most of them in an {@link Evidence}. */
  public static final int MAX = 128;

  private static final int IPV4_BITS = 24;
  private static final int IPV6_BITS = 48;

  /** What a node answered. */
  public enum Said {
    /** Others that are closer; it has no record of the key. */
    NODES,
    /** The newest record that was seen. */
    RECORD,
    /** Another record than the newest. */
    OLDER_RECORD,
    /** Something that is no valid record of the key. */
    BAD_RECORD,
    /** Nothing in time. */
    SILENCE,
    /** Nothing yet, when the answer was ready; its time was not over. */
    WAITING
  }

  /**
   * The /24 (IPv4) or /48 (IPv6) of its address: enough to judge how diverse the nodes are, and
   * less than a list of machines to attack.
   */
  public String subnet() {
    return IpPort.parse(at)
        .map(IpPort::address)
        .map(address -> new AddressRange(address, address.isIpv4() ? IPV4_BITS : IPV6_BITS))
        .map(AddressRange::toString)
        .orElse(at);
  }
}
