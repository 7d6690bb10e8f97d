package dev.wsn.kademlia;

import dev.wsn.record.AddressScope;
import dev.wsn.record.IpAddress;

/**
 * The network that an address belongs to, as one party usually gets them: /24 of IPv4, /48 of IPv6.
 *
 * @param isIpv4 the family
 * @param prefix the leading bits
 */
record Subnet(boolean isIpv4, long prefix) {
  private static final int IPV4_BYTES = 3;
  private static final int IPV6_BYTES = 6;
  private static final int IPV4_PROVIDER_BYTES = 2;
  private static final int IPV6_PROVIDER_BYTES = 4;
  private static final long IPV4_SOURCE = 1L << 48;
  private static final long IPV6_SOURCE = 2L << 48;

  /**
   * Who a record that comes from an address is counted against: a number per subnet, and {@link
   * HeldRecord#OWN} for addresses that are not public, which say nothing about who is behind them.
   */
  static long source(IpAddress address) {
    if (address.scope() != AddressScope.PUBLIC) {
      return HeldRecord.OWN;
    }
    Subnet subnet = of(address);
    return subnet.prefix | (subnet.isIpv4 ? IPV4_SOURCE : IPV6_SOURCE);
  }

  static Subnet of(IpAddress address) {
    return of(address, address.isIpv4() ? IPV4_BYTES : IPV6_BYTES);
  }

  /** The wider network, /16 of IPv4 or /32 of IPv6, as providers have them. */
  static Subnet ofProvider(IpAddress address) {
    return of(address, address.isIpv4() ? IPV4_PROVIDER_BYTES : IPV6_PROVIDER_BYTES);
  }

  private static Subnet of(IpAddress address, int length) {
    byte[] bytes = address.bytes();
    long prefix = 0;
    for (int i = 0; i < length; i++) {
      prefix = prefix << 8 | (bytes[i] & 0xff);
    }
    return new Subnet(address.isIpv4(), prefix);
  }
}
