package dev.wsn.record;

import java.util.Arrays;
import java.util.Optional;

/**
 * Text form of IP addresses: strict in (one meaning per text, nothing that other parsers read
 * differently), RFC 5952 out. Never asks a name service.
 */
final class IpLiteral {
  private static final int IPV4_BYTES = 4;
  private static final int IPV6_BYTES = 16;
  private static final int GROUPS = 8;
  private static final int GROUP_DIGITS = 4;
  private static final int MAX_PORT = 65_535;

  /** Longest IPv6 text: six groups and an embedded IPv4 address. */
  private static final int MAX_CHARS = 45;

  private IpLiteral() {}

  /**
   * The 4 or 16 bytes of a literal, or empty.
   *
   * <p>IPv4 is four decimal numbers without leading zeros, because {@code 010} is eight to one
   * parser and ten to the next. IPv6 is RFC 4291 2.2 without a zone id, which means nothing
   * elsewhere.
   */
  static Optional<byte[]> parse(String literal) {
    if (literal.length() > MAX_CHARS) {
      return Optional.empty();
    }
    return literal.indexOf(':') >= 0 ? parseIpv6(literal) : parseIpv4(literal);
  }

  /** An IPv4 literal or a bracketed IPv6 literal, a colon, and a port from 1 to 65535. */
  static Optional<IpPort> parseWithPort(String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      return Optional.empty();
    }
    int port = parsePort(text.substring(colon + 1));
    String host = text.substring(0, colon);
    boolean hasBrackets = host.startsWith("[") && host.endsWith("]");
    String literal = hasBrackets ? host.substring(1, host.length() - 1) : host;
    boolean isIpv6 = literal.indexOf(':') >= 0;
    if (port < 0 || isIpv6 != hasBrackets) {
      return Optional.empty();
    }
    return IpAddress.parse(literal).map(address -> new IpPort(address, port));
  }

  /** A port from 1 to 65535 in decimal digits without leading zeros, or -1. */
  static int parsePort(String text) {
    long port = DecimalText.parse(text);
    return port >= 1 && port <= MAX_PORT ? (int) port : -1;
  }

  /** Dotted quad, or the recommended form of RFC 5952. */
  static String format(byte[] address) {
    return address.length == IPV4_BYTES ? formatIpv4(address, 0) : formatIpv6(address);
  }

  private static Optional<byte[]> parseIpv4(String literal) {
    byte[] bytes = new byte[IPV4_BYTES];
    int start = 0;
    for (int i = 0; i < IPV4_BYTES; i++) {
      int dot = literal.indexOf('.', start);
      int end = i == IPV4_BYTES - 1 ? literal.length() : dot;
      if (end < start || (i == IPV4_BYTES - 1 && dot >= 0)) {
        return Optional.empty();
      }
      long part = DecimalText.parse(literal.substring(start, end));
      if (part < 0 || part > 255) {
        return Optional.empty();
      }
      bytes[i] = (byte) part;
      start = end + 1;
    }
    return Optional.of(bytes);
  }

  private static Optional<byte[]> parseIpv6(String literal) {
    int gap = literal.indexOf("::");
    if (gap < 0) {
      return parseGroups(literal).filter(bytes -> bytes.length == IPV6_BYTES);
    }
    Optional<byte[]> head = parseGroups(literal.substring(0, gap));
    Optional<byte[]> tail = parseGroups(literal.substring(gap + 2));
    if (head.isEmpty() || tail.isEmpty()) {
      return Optional.empty();
    }
    byte[] before = head.get();
    byte[] after = tail.get();
    boolean hasIpv4BeforeGap = literal.lastIndexOf('.', gap) >= 0;
    if (hasIpv4BeforeGap || before.length + after.length > IPV6_BYTES - 2) {
      return Optional.empty();
    }
    byte[] bytes = Arrays.copyOf(before, IPV6_BYTES);
    System.arraycopy(after, 0, bytes, IPV6_BYTES - after.length, after.length);
    return Optional.of(bytes);
  }

  /** Groups between colons, the last of which may be an IPv4 address; nothing is zero bytes. */
  private static Optional<byte[]> parseGroups(String text) {
    byte[] bytes = new byte[IPV6_BYTES];
    int length = 0;
    int start = 0;
    while (!text.isEmpty() && start <= text.length()) {
      int colon = text.indexOf(':', start);
      int end = colon < 0 ? text.length() : colon;
      Optional<byte[]> part = parseGroup(text.substring(start, end), colon < 0);
      if (part.isEmpty() || length + part.get().length > IPV6_BYTES) {
        return Optional.empty();
      }
      System.arraycopy(part.get(), 0, bytes, length, part.get().length);
      length += part.get().length;
      start = end + 1;
    }
    return Optional.of(Arrays.copyOf(bytes, length));
  }

  private static Optional<byte[]> parseGroup(String text, boolean isLast) {
    if (isLast && text.indexOf('.') >= 0) {
      return parseIpv4(text);
    }
    if (text.isEmpty() || text.length() > GROUP_DIGITS) {
      return Optional.empty();
    }
    int value = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      // Character.digit alone also takes the digits of other scripts.
      int digit = c < 128 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        return Optional.empty();
      }
      value = value << 4 | digit;
    }
    return Optional.of(new byte[] {(byte) (value >> 8), (byte) value});
  }

  private static String formatIpv4(byte[] bytes, int from) {
    return (bytes[from] & 0xff)
        + "."
        + (bytes[from + 1] & 0xff)
        + "."
        + (bytes[from + 2] & 0xff)
        + "."
        + (bytes[from + 3] & 0xff);
  }

  private static String formatIpv6(byte[] bytes) {
    int[] groups = new int[GROUPS];
    for (int i = 0; i < GROUPS; i++) {
      groups[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
    }
    boolean isMapped = groups[5] == 0xffff && Arrays.stream(groups, 0, 5).allMatch(g -> g == 0);
    if (isMapped) {
      return "::ffff:" + formatIpv4(bytes, 12);
    }
    int gapStart = -1;
    int gapLength = 1;
    for (int i = 0; i < GROUPS; i++) {
      int end = i;
      while (end < GROUPS && groups[end] == 0) {
        end++;
      }
      // Strictly longer: of equal runs RFC 5952 4.2.3 shortens the first, and never a single group.
      if (end - i > gapLength) {
        gapStart = i;
        gapLength = end - i;
      }
    }
    StringBuilder text = new StringBuilder(MAX_CHARS);
    for (int i = 0; i < GROUPS; i++) {
      if (i == gapStart) {
        text.append("::");
        i += gapLength - 1;
      } else {
        if (!text.isEmpty() && text.charAt(text.length() - 1) != ':') {
          text.append(':');
        }
        text.append(Integer.toHexString(groups[i]));
      }
    }
    return text.toString();
  }
}
