package dev.wsn.resolver.quota;

import dev.wsn.record.IpAddress;
import java.util.Arrays;
import java.util.Optional;

/**
 * All addresses that begin with the same bits, as in {@code 10.0.0.0/8}.
 *
 * @param first the lowest address: the bits after the prefix are zero
 * @param prefixBits 0 to 32, or to 128
 */
public record AddressRange(IpAddress first, int prefixBits) {
  private static final int IPV4_BITS = 32;
  private static final int IPV6_BITS = 128;
  private static final int SOURCE_BITS_IPV6 = 64;

  /**
   * Clears the bits after the prefix.
   *
   * @throws IllegalArgumentException if there are fewer bits than that in such an address
   */
  public AddressRange {
    int bits = first.isIpv4() ? IPV4_BITS : IPV6_BITS;
    if (prefixBits < 0 || prefixBits > bits) {
      throw new IllegalArgumentException(
          "an address of this family has no " + prefixBits + " bits");
    }
    if (prefixBits < bits) {
      byte[] bytes = first.bytes();
      clear(bytes, prefixBits);
      first = IpAddress.of(bytes);
    }
  }

  private static void clear(byte[] bytes, int keptBits) {
    int whole = keptBits / 8;
    if (whole < bytes.length) {
      bytes[whole] &= (byte) (0xff00 >> (keptBits % 8));
      Arrays.fill(bytes, whole + 1, bytes.length, (byte) 0);
    }
  }

  /** The range in a text such as {@code 10.0.0.0/8}, or of one address; empty if it is neither. */
  public static Optional<AddressRange> parse(String text) {
    int slash = text.indexOf('/');
    Optional<IpAddress> address = IpAddress.parse(slash < 0 ? text : text.substring(0, slash));
    if (address.isEmpty()) {
      return Optional.empty();
    }
    int most = address.get().isIpv4() ? IPV4_BITS : IPV6_BITS;
    String length = slash < 0 ? Integer.toString(most) : text.substring(slash + 1);
    if (!length.matches("\\d{1,3}") || Integer.parseInt(length) > most) {
      return Optional.empty();
    }
    return Optional.of(new AddressRange(address.get(), Integer.parseInt(length)));
  }

  /** What one client is taken to have: an IPv4 address, or an IPv6 /64. */
  public static AddressRange ofClient(IpAddress address) {
    return new AddressRange(address, address.isIpv4() ? IPV4_BITS : SOURCE_BITS_IPV6);
  }

  /** Whether the address is in the range. */
  public boolean contains(IpAddress address) {
    return address.isIpv4() == first.isIpv4()
        && new AddressRange(address, prefixBits).first.equals(first);
  }

  @Override
  public String toString() {
    return first + "/" + prefixBits;
  }
}
