package dev.wsn.record;

import java.nio.BufferOverflowException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The strings of a compact record. One lead byte says what follows: 00-7f that many bytes of UTF-8,
 * 80-bf a word of the table, c0 an IPv4 address and port, c1 an IPv6 address and port, c2 an onion
 * name and port, c3 a number as the difference to created_at, c4 a longer text. A binary form is
 * used only when it gives back exactly the text.
 */
final class CompactText {
  /** The text of {@code alt} (NIP-31) in the records that this software signs. */
  static final String ALT_TEXT = "network addresses of this key";

  /** Part of the format: a change of any entry is a new version byte. */
  private static final List<String> WORDS =
      List.of(
          "clearnet",
          "tor",
          "wsn",
          "ws",
          "wss",
          "http",
          "https",
          "expiration",
          "alt",
          ALT_TEXT,
          "nonce",
          "n",
          "i2p",
          "client");

  private static final int MAX_SHORT_BYTES = 0x7f;
  private static final int FIRST_WORD = 0x80;
  private static final int IPV4_PORT = 0xc0;
  private static final int IPV6_PORT = 0xc1;
  private static final int ONION_PORT = 0xc2;
  private static final int AFTER_CREATED_AT = 0xc3;
  private static final int LONG_TEXT = 0xc4;

  private static final Map<String, Integer> WORD_INDEX = new HashMap<>();

  static {
    for (int i = 0; i < WORDS.size(); i++) {
      WORD_INDEX.put(WORDS.get(i), i);
    }
  }

  private CompactText() {}

  /**
   * Writes one string.
   *
   * @param createdAt the event's time, not negative
   * @throws BufferOverflowException if it does not fit
   */
  static void put(ByteBuffer out, String text, long createdAt) {
    Integer word = WORD_INDEX.get(text);
    if (word != null) {
      out.put((byte) (FIRST_WORD + word));
      return;
    }
    long number = DecimalText.parse(text);
    if (number >= createdAt) {
      out.put((byte) AFTER_CREATED_AT);
      putNumber(out, number - createdAt);
      return;
    }
    if (!putAddress(out, text)) {
      putLiteral(out, text);
    }
  }

  /**
   * Reads one string.
   *
   * @throws BufferUnderflowException if it is cut short
   * @throws MalformedRecordException if the lead byte means nothing
   */
  static String text(ByteBuffer in, long createdAt) {
    int lead = in.get() & 0xff;
    if (lead <= MAX_SHORT_BYTES) {
      return literal(in, lead);
    }
    if (lead - FIRST_WORD < WORDS.size()) {
      return WORDS.get(lead - FIRST_WORD);
    }
    return switch (lead) {
      case IPV4_PORT -> ipPort(in, 4);
      case IPV6_PORT -> ipPort(in, 16);
      case ONION_PORT -> OnionName.format(take(in, OnionName.KEY_BYTES)) + ":" + port(in);
      case AFTER_CREATED_AT -> Long.toString(createdAt + number(in));
      case LONG_TEXT -> literal(in, number(in));
      default -> throw new MalformedRecordException("unknown lead byte " + lead);
    };
  }

  /**
   * Writes a number from 0 as little-endian groups of 7 bits, the top bit set on all but the last.
   */
  static void putNumber(ByteBuffer out, long number) {
    long rest = number;
    while (rest > 0x7f) {
      out.put((byte) (rest | 0x80));
      rest >>>= 7;
    }
    out.put((byte) rest);
  }

  /** Reads what {@link #putNumber} wrote. */
  static long number(ByteBuffer in) {
    long number = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      byte group = in.get();
      number |= (long) (group & 0x7f) << shift;
      if (group >= 0) {
        return number;
      }
    }
    throw new MalformedRecordException("a number is longer than 63 bits");
  }

  static boolean hasLoneSurrogate(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (Character.isHighSurrogate(c)
          && i + 1 < text.length()
          && Character.isLowSurrogate(text.charAt(i + 1))) {
        i++;
      } else if (Character.isSurrogate(c)) {
        return true;
      }
    }
    return false;
  }

  private static boolean putAddress(ByteBuffer out, String text) {
    int colon = text.lastIndexOf(':');
    if (colon < 0) {
      return false;
    }
    Optional<IpPort> ipPort = IpLiteral.parseWithPort(text);
    if (ipPort.isPresent() && ipPort.get().toString().equals(text)) {
      byte[] address = ipPort.get().address().bytes();
      out.put((byte) (address.length == 4 ? IPV4_PORT : IPV6_PORT)).put(address);
      out.putShort((short) ipPort.get().port());
      return true;
    }
    String host = text.substring(0, colon);
    int port = IpLiteral.parsePort(text.substring(colon + 1));
    Optional<byte[]> onion = port < 0 ? Optional.empty() : OnionName.parse(host);
    if (onion.isPresent() && OnionName.format(onion.get()).equals(host)) {
      out.put((byte) ONION_PORT).put(onion.get()).putShort((short) port);
      return true;
    }
    return false;
  }

  private static void putLiteral(ByteBuffer out, String text) {
    // Before the conversion, so that a huge text costs nothing.
    if (text.length() > out.remaining()) {
      throw new BufferOverflowException();
    }
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    if (utf8.length > MAX_SHORT_BYTES) {
      out.put((byte) LONG_TEXT);
    }
    putNumber(out, utf8.length);
    out.put(utf8);
  }

  private static String literal(ByteBuffer in, long length) {
    if (length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    return new String(take(in, (int) length), StandardCharsets.UTF_8);
  }

  private static String ipPort(ByteBuffer in, int addressBytes) {
    IpAddress address = IpAddress.of(take(in, addressBytes));
    return (address.isIpv4() ? address.toString() : "[" + address + "]") + ":" + port(in);
  }

  private static int port(ByteBuffer in) {
    return in.getShort() & 0xffff;
  }

  private static byte[] take(ByteBuffer in, int length) {
    byte[] bytes = new byte[length];
    in.get(bytes);
    return bytes;
  }
}
