package dev.wsn.crypto;

import java.util.Arrays;
import java.util.Locale;

/**
 * Bech32 text (BIP-173, not bech32m), with the longer limit of NIP-19. Detects any error in up to
 * four characters. Stateless and thread-safe.
 */
public final class Bech32 {
  /** Longest accepted text; NIP-19 recommends this limit. */
  public static final int MAX_CHARS = 5000;

  /** Longest human-readable prefix. */
  public static final int MAX_PREFIX_CHARS = 83;

  private static final String ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
  private static final char SEPARATOR = '1';
  private static final int CHECKSUM_CHARS = 6;
  private static final int[] GENERATOR = {
    0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3
  };
  private static final byte[] VALUES = new byte[128];

  static {
    Arrays.fill(VALUES, (byte) -1);
    for (byte i = 0; i < ALPHABET.length(); i++) {
      VALUES[ALPHABET.charAt(i)] = i;
    }
  }

  /** What a bech32 text holds. Not thread-safe while the data are wiped. */
  public static final class Decoded {
    private final String prefix;
    private final byte[] data;

    private Decoded(String prefix, byte[] data) {
      this.prefix = prefix;
      this.data = data;
    }

    /** The human-readable prefix, in lower case. */
    public String prefix() {
      return prefix;
    }

    /** The bytes: not a copy, so that the caller can wipe them. */
    public byte[] data() {
      return data;
    }

    /** Only the prefix: the data may be a secret. */
    @Override
    public String toString() {
      return prefix + "1(_)";
    }
  }

  private Bech32() {}

  /**
   * The text for these bytes, in lower case.
   *
   * @param prefix 1 to 83 lower-case printable ASCII characters
   * @param data bytes; the text may not exceed {@link #MAX_CHARS}
   * @throws IllegalArgumentException if the prefix or the length is not allowed
   */
  public static String encode(String prefix, byte[] data) {
    char[] text = encodeToChars(prefix, data);
    try {
      return new String(text);
    } finally {
      Arrays.fill(text, '\0');
    }
  }

  /** As {@link #encode}, in an array that the caller can wipe. */
  static char[] encodeToChars(String prefix, byte[] data) {
    if (!isPrefix(prefix) || !prefix.equals(prefix.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException("a bech32 prefix is 1 to 83 lower-case characters");
    }
    if ((long) data.length * 8 > 5L * MAX_CHARS) {
      throw new IllegalArgumentException("bech32 text has at most " + MAX_CHARS + " characters");
    }
    byte[] values = toFiveBits(data);
    int length = prefix.length() + 1 + values.length + CHECKSUM_CHARS;
    if (length > MAX_CHARS) {
      throw new IllegalArgumentException("bech32 text has at most " + MAX_CHARS + " characters");
    }
    char[] text = new char[length];
    prefix.getChars(0, prefix.length(), text, 0);
    text[prefix.length()] = SEPARATOR;
    int at = prefix.length() + 1;
    int check = expandPrefix(prefix);
    for (byte value : values) {
      check = step(check) ^ value;
      text[at++] = ALPHABET.charAt(value);
    }
    for (int i = 0; i < CHECKSUM_CHARS; i++) {
      check = step(check);
    }
    check ^= 1;
    for (int i = CHECKSUM_CHARS - 1; i >= 0; i--) {
      text[at++] = ALPHABET.charAt((check >>> (5 * i)) & 31);
    }
    Arrays.fill(values, (byte) 0);
    return text;
  }

  /**
   * What this text holds.
   *
   * @param text all lower or all upper case
   * @throws MalformedKeyException if it is not bech32; the message never repeats the text
   */
  public static Decoded decode(CharSequence text) {
    if (text.length() > MAX_CHARS) {
      throw new MalformedKeyException("bech32 text has at most " + MAX_CHARS + " characters");
    }
    int separator = checkCharacters(text);
    if (separator < 1 || text.length() - separator - 1 < CHECKSUM_CHARS) {
      throw new MalformedKeyException("not bech32: it lacks a prefix, its \"1\" or characters");
    }
    if (separator > MAX_PREFIX_CHARS) {
      throw new MalformedKeyException("a bech32 prefix has at most 83 characters");
    }
    String prefix = text.subSequence(0, separator).toString().toLowerCase(Locale.ROOT);
    byte[] values = new byte[text.length() - separator - 1];
    int check = expandPrefix(prefix);
    for (int i = 0; i < values.length; i++) {
      values[i] = VALUES[toLower(text.charAt(separator + 1 + i))];
      if (values[i] < 0) {
        throw new MalformedKeyException(
            "character " + (separator + 2 + i) + " cannot occur in bech32");
      }
      check = step(check) ^ values[i];
    }
    if (check != 1) {
      throw new MalformedKeyException("wrong checksum: at least one character is mistyped");
    }
    byte[] data = toEightBits(values, values.length - CHECKSUM_CHARS);
    Arrays.fill(values, (byte) 0);
    return new Decoded(prefix, data);
  }

  /** Checks the range and case of every character; returns where the last separator is, or -1. */
  private static int checkCharacters(CharSequence text) {
    boolean lower = false;
    boolean upper = false;
    int separator = -1;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c < 33 || c > 126) {
        throw new MalformedKeyException("character " + (i + 1) + " cannot occur in bech32");
      }
      lower |= c >= 'a' && c <= 'z';
      upper |= c >= 'A' && c <= 'Z';
      if (c == SEPARATOR) {
        separator = i;
      }
    }
    if (lower && upper) {
      throw new MalformedKeyException("bech32 text is all lower case or all upper case");
    }
    return separator;
  }

  private static boolean isPrefix(String prefix) {
    return !prefix.isEmpty()
        && prefix.length() <= MAX_PREFIX_CHARS
        && prefix.chars().allMatch(c -> c >= 33 && c <= 126);
  }

  private static char toLower(char c) {
    return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
  }

  private static int expandPrefix(String prefix) {
    int check = 1;
    for (int i = 0; i < prefix.length(); i++) {
      check = step(check) ^ (prefix.charAt(i) >>> 5);
    }
    check = step(check);
    for (int i = 0; i < prefix.length(); i++) {
      check = step(check) ^ (prefix.charAt(i) & 31);
    }
    return check;
  }

  /** One step of the checksum of BIP-173 ({@code bech32_polymod}), before the value is added. */
  private static int step(int check) {
    int top = check >>> 25;
    int next = (check & 0x1ffffff) << 5;
    for (int i = 0; i < GENERATOR.length; i++) {
      // A mask instead of a branch: the values may be those of a secret key.
      next ^= GENERATOR[i] & -((top >>> i) & 1);
    }
    return next;
  }

  private static byte[] toFiveBits(byte[] data) {
    byte[] values = new byte[(data.length * 8 + 4) / 5];
    int buffer = 0;
    int bits = 0;
    int at = 0;
    for (byte b : data) {
      buffer = (buffer << 8 | (b & 0xff)) & 0xfff;
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        values[at++] = (byte) (buffer >>> bits & 31);
      }
    }
    if (bits > 0) {
      values[at] = (byte) (buffer << (5 - bits) & 31);
    }
    return values;
  }

  private static byte[] toEightBits(byte[] values, int count) {
    byte[] data = new byte[count * 5 / 8];
    int buffer = 0;
    int bits = 0;
    int at = 0;
    for (int i = 0; i < count; i++) {
      buffer = (buffer << 5 | values[i]) & 0xfff;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        data[at++] = (byte) (buffer >>> bits);
      }
    }
    // BIP-173: what is left over is padding, shorter than a character and zero.
    if (bits >= 5 || (buffer & ((1 << bits) - 1)) != 0) {
      throw new MalformedKeyException("bech32 text has wrong padding");
    }
    return data;
  }
}
