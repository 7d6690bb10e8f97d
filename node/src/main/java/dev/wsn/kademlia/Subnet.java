package dev.wsn.kademlia;

import dev.wsn.record.IpAddress;

/**
 * The network that an address belongs to, as one party usually gets them: /24 of IPv4, /48 of IPv6.
 *
 * @param isIpv4 the family
 * @param prefix the leading 24 or 48 bits
 */
record Subnet(boolean isIpv4, long prefix) {
  private static final int IPV4_BYTES = 3;
  private static final int IPV6_BYTES = 6;

  static Subnet of(IpAddress address) {
    byte[] bytes = address.bytes();
    long prefix = 0;
    for (int i = 0; i < (address.isIpv4() ? IPV4_BYTES : IPV6_BYTES); i++) {
      prefix = prefix << 8 | (bytes[i] & 0xff);
    }
    return new Subnet(address.isIpv4(), prefix);
  }
}
