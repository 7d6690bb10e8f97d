package dev.wsn.record;

import java.util.Arrays;

/** Where an address can be reached from, by the special-purpose registries of RFC 6890. */
public enum AddressScope {
  /** Reachable from the whole Internet, or a documentation address (see {@link SpecialRange}). */
  PUBLIC,
  /** Loopback: this machine only. */
  LOOPBACK,
  /** Private use, unique local, link-local, carrier-grade NAT, benchmarking: this network only. */
  PRIVATE,
  /** Unspecified, multicast, broadcast or reserved: never a place to send to. */
  UNUSABLE;

  /**
   * The scope of an address.
   *
   * @param address 4 or 16 bytes; an IPv6 address that carries an IPv4 address and is delivered to
   *     it has the scope of that one, so that no spelling of {@code 127.0.0.1} passes
   */
  static AddressScope of(byte[] address) {
    for (SpecialRange range : SpecialRange.around(address)) {
      if (range.contains(address)) {
        return range.embeddedIpv4At() < 0 ? range.scope() : embedded(address, range);
      }
    }
    // All IPv6 unicast that IANA has allocated is in 2000::/3; the rest is reserved (RFC 4291 2.4).
    boolean isAllocated = address.length == 4 || (address[0] & 0xe0) == 0x20;
    return isAllocated ? PUBLIC : UNUSABLE;
  }

  private static AddressScope embedded(byte[] address, SpecialRange range) {
    int from = range.embeddedIpv4At();
    byte[] ipv4 = Arrays.copyOfRange(address, from, from + 4);
    if (range.isTeredo()) {
      for (int i = 0; i < ipv4.length; i++) {
        ipv4[i] ^= (byte) 0xff;
      }
    }
    return of(ipv4);
  }
}
