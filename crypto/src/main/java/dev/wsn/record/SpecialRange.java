package dev.wsn.record;

import java.util.ArrayList;
import java.util.List;

/**
 * A range of the IANA special-purpose address registries (RFC 6890, as updated to 2026) that is not
 * an ordinary public address. The documentation ranges 192.0.2.0/24, 198.51.100.0/24,
 * 203.0.113.0/24, 2001:db8::/32 and 3fff::/20 are missing on purpose and so count as public:
 * examples and tests use them, nothing answers there, and nobody's private network is behind them.
 *
 * @param prefix the network, 4 or 16 bytes
 * @param prefixBits how many bits of it count
 * @param scope of every address in it, unless it embeds one
 * @param embeddedIpv4At index of the IPv4 address inside that decides instead, or -1
 */
@SuppressWarnings("ArrayRecordComponent") // only iterated, never compared
record SpecialRange(byte[] prefix, int prefixBits, AddressScope scope, int embeddedIpv4At) {
  private static final String TEREDO = "2001::";

  private static final List<SpecialRange> IPV4 =
      List.of(
          range("0.0.0.0", 8, AddressScope.UNUSABLE), // "this network", RFC 791
          range("10.0.0.0", 8, AddressScope.PRIVATE), // RFC 1918
          range("100.64.0.0", 10, AddressScope.PRIVATE), // carrier-grade NAT, RFC 6598
          range("127.0.0.0", 8, AddressScope.LOOPBACK), // RFC 1122
          range("169.254.0.0", 16, AddressScope.PRIVATE), // link-local, RFC 3927
          range("172.16.0.0", 12, AddressScope.PRIVATE), // RFC 1918
          range("192.0.0.0", 24, AddressScope.UNUSABLE), // IETF protocol assignments, RFC 6890
          range("192.88.99.0", 24, AddressScope.UNUSABLE), // retired 6to4 relays, RFC 7526
          range("192.168.0.0", 16, AddressScope.PRIVATE), // RFC 1918
          range("198.18.0.0", 15, AddressScope.PRIVATE), // benchmarking, RFC 2544
          range("224.0.0.0", 4, AddressScope.UNUSABLE), // multicast, RFC 5771
          range("240.0.0.0", 4, AddressScope.UNUSABLE)); // reserved and broadcast, RFC 1112

  /** First match wins: narrower ranges stand before the wider ones around them. */
  private static final List<SpecialRange> IPV6 =
      List.of(
          range("::1", 128, AddressScope.LOOPBACK), // RFC 4291
          embedding("::ffff:0:0", 96, 12), // IPv4-mapped, RFC 4291
          range("::", 96, AddressScope.UNUSABLE), // unspecified; retired IPv4-compatible, RFC 4291
          embedding("64:ff9b::", 96, 12), // NAT64, RFC 6052
          range("64:ff9b:1::", 48, AddressScope.PRIVATE), // local NAT64, RFC 8215
          range("200::", 7, AddressScope.PRIVATE), // reserved; overlay networks (Yggdrasil) use it
          embedding(TEREDO, 32, 12), // the client's address inverted, RFC 4380
          range("2001:2::", 48, AddressScope.PRIVATE), // benchmarking, RFC 5180
          range("2001::", 23, AddressScope.UNUSABLE), // protocol assignments, ORCHID, RFC 2928
          embedding("2002::", 16, 2), // 6to4, RFC 3056
          range("fc00::", 7, AddressScope.PRIVATE), // unique local, RFC 4193
          range("fe80::", 10, AddressScope.PRIVATE), // link-local, RFC 4291
          range("fec0::", 10, AddressScope.PRIVATE)); // retired site-local, RFC 3879

  private static final List<List<SpecialRange>> IPV4_BY_FIRST_BYTE = byFirstByte(IPV4);
  private static final List<List<SpecialRange>> IPV6_BY_FIRST_BYTE = byFirstByte(IPV6);

  /** The ranges that an address may be in, by its first byte: for most addresses none. */
  static List<SpecialRange> around(byte[] address) {
    return (address.length == 4 ? IPV4_BY_FIRST_BYTE : IPV6_BY_FIRST_BYTE).get(address[0] & 0xff);
  }

  private static List<List<SpecialRange>> byFirstByte(List<SpecialRange> ranges) {
    List<List<SpecialRange>> byFirst = new ArrayList<>();
    for (int first = 0; first < 256; first++) {
      int value = first;
      byFirst.add(
          ranges.stream()
              .filter(
                  range ->
                      ((value ^ range.prefix[0]) & 0xff) >> Math.max(0, 8 - range.prefixBits) == 0)
              .toList());
    }
    return byFirst;
  }

  boolean contains(byte[] address) {
    int whole = prefixBits / 8;
    for (int i = 0; i < whole; i++) {
      if (address[i] != prefix[i]) {
        return false;
      }
    }
    int rest = prefixBits % 8;
    return rest == 0 || ((address[whole] ^ prefix[whole]) & 0xff) >> (8 - rest) == 0;
  }

  /** Whether the embedded address has all its bits inverted. */
  boolean isTeredo() {
    return prefixBits == 32 && embeddedIpv4At >= 0;
  }

  private static SpecialRange range(String prefix, int prefixBits, AddressScope scope) {
    return new SpecialRange(IpLiteral.parse(prefix).orElseThrow(), prefixBits, scope, -1);
  }

  private static SpecialRange embedding(String prefix, int prefixBits, int embeddedIpv4At) {
    byte[] network = IpLiteral.parse(prefix).orElseThrow();
    return new SpecialRange(network, prefixBits, AddressScope.PUBLIC, embeddedIpv4At);
  }
}
