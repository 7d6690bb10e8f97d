package dev.wsn.record;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;

/**
 * A literal IPv4 or IPv6 address, 4 or 16 bytes in network order; an IPv4-mapped IPv6 address is
 * normalised to IPv4. Never a name, never resolved. Immutable.
 */
public final class IpAddress {
  private final byte[] bytes;

  private IpAddress(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * The address with these bytes.
   *
   * @param bytes 4 or 16 bytes, copied
   * @throws IllegalArgumentException if the length is neither
   */
  public static IpAddress of(byte[] bytes) {
    if (bytes.length == 16 && isMapped(bytes)) {
      return new IpAddress(Arrays.copyOfRange(bytes, 12, 16));
    }
    if (bytes.length != 4 && bytes.length != 16) {
      throw new IllegalArgumentException("an IP address is 4 or 16 bytes, not " + bytes.length);
    }
    return new IpAddress(bytes.clone());
  }

  /** The address in this literal ({@code 203.0.113.7}, {@code 2001:db8::1}), or empty. */
  public static Optional<IpAddress> parse(String literal) {
    return IpLiteral.parse(literal).map(IpAddress::of);
  }

  private static boolean isMapped(byte[] bytes) {
    for (int i = 0; i < 10; i++) {
      if (bytes[i] != 0) {
        return false;
      }
    }
    return bytes[10] == -1 && bytes[11] == -1;
  }

  /** 4 or 16 bytes in network order, a fresh copy. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /** Puts the 4 or 16 bytes at the buffer's position. */
  public void putTo(ByteBuffer target) {
    target.put(bytes);
  }

  /** Whether this is an IPv4 address. */
  public boolean isIpv4() {
    return bytes.length == 4;
  }

  /** Where this address can be reached from. */
  public AddressScope scope() {
    return AddressScope.of(bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof IpAddress address && Arrays.equals(bytes, address.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  /** Dotted quad, or the IPv6 text of RFC 5952 without brackets. */
  @Override
  public String toString() {
    return IpLiteral.format(bytes);
  }
}
