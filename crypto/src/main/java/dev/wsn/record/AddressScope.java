package dev.wsn.record;

/** Where an address can be reached from, by the special-purpose registries of RFC 6890. */
public enum AddressScope {
  /** Reachable from the whole Internet. */
  PUBLIC,
  /** Loopback: this machine only. */
  LOOPBACK,
  /** Private use, unique local, link-local, carrier-grade NAT: this network only. */
  PRIVATE,
  /** Unspecified, multicast, broadcast or reserved: never a place to send to. */
  UNUSABLE;

  static AddressScope of(byte[] address) {
    return address.length == 4 ? ofIpv4(address) : ofIpv6(address);
  }

  private static AddressScope ofIpv4(byte[] a) {
    int first = a[0] & 0xff;
    int second = a[1] & 0xff;
    if (first == 0 || first >= 224) {
      return UNUSABLE;
    }
    if (first == 127) {
      return LOOPBACK;
    }
    boolean isPrivate =
        first == 10
            || (first == 172 && (second & 0xf0) == 16)
            || (first == 192 && second == 168)
            || (first == 169 && second == 254)
            || (first == 100 && (second & 0xc0) == 64);
    return isPrivate ? PRIVATE : PUBLIC;
  }

  private static AddressScope ofIpv6(byte[] a) {
    int leadingZeros = 0;
    while (leadingZeros < 16 && a[leadingZeros] == 0) {
      leadingZeros++;
    }
    if (leadingZeros == 16) {
      return UNUSABLE;
    }
    if (leadingZeros == 15 && a[15] == 1) {
      return LOOPBACK;
    }
    int first = a[0] & 0xff;
    int second = a[1] & 0xff;
    if (first == 0xff) {
      return UNUSABLE;
    }
    boolean isUniqueLocal = (first & 0xfe) == 0xfc;
    boolean isLinkLocal = first == 0xfe && (second & 0xc0) == 0x80;
    return isUniqueLocal || isLinkLocal ? PRIVATE : PUBLIC;
  }
}
