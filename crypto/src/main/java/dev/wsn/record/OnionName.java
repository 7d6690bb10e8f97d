package dev.wsn.record;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/**
 * Version 3 onion names: base32 of an ed25519 key (32 bytes), a checksum (2) and the version (1),
 * then {@code .onion} (Tor rend-spec-v3, 6 "Encoding onion addresses"). The checksum catches a
 * typing mistake that would otherwise be a service nobody runs.
 */
final class OnionName {
  static final int KEY_BYTES = 32;
  static final String SUFFIX = ".onion";

  private static final int CHECKSUM_BYTES = 2;
  private static final int NAME_BYTES = KEY_BYTES + CHECKSUM_BYTES + 1;
  private static final int NAME_CHARS = 56;
  private static final byte VERSION = 3;
  private static final String BASE32 = "abcdefghijklmnopqrstuvwxyz234567";

  private OnionName() {}

  /** The service's key, or empty if this is no version 3 name; names are case-insensitive. */
  static Optional<byte[]> parse(String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    if (lower.length() != NAME_CHARS + SUFFIX.length() || !lower.endsWith(SUFFIX)) {
      return Optional.empty();
    }
    byte[] decoded = new byte[NAME_BYTES];
    long bits = 0;
    int bitCount = 0;
    int length = 0;
    for (int i = 0; i < NAME_CHARS; i++) {
      int value = BASE32.indexOf(lower.charAt(i));
      if (value < 0) {
        return Optional.empty();
      }
      bits = bits << 5 | value;
      bitCount += 5;
      if (bitCount >= 8) {
        bitCount -= 8;
        decoded[length++] = (byte) (bits >> bitCount);
      }
    }
    byte[] key = Arrays.copyOf(decoded, KEY_BYTES);
    return format(key).equals(lower) ? Optional.of(key) : Optional.empty();
  }

  /** The name of the service with this key, in lower case. */
  static String format(byte[] key) {
    byte[] named = Arrays.copyOf(key, NAME_BYTES);
    System.arraycopy(checksum(key), 0, named, KEY_BYTES, CHECKSUM_BYTES);
    named[NAME_BYTES - 1] = VERSION;
    StringBuilder name = new StringBuilder(NAME_CHARS + SUFFIX.length());
    long bits = 0;
    int bitCount = 0;
    for (byte b : named) {
      bits = bits << 8 | (b & 0xff);
      bitCount += 8;
      while (bitCount >= 5) {
        bitCount -= 5;
        name.append(BASE32.charAt((int) (bits >> bitCount) & 31));
      }
    }
    return name.append(SUFFIX).toString();
  }

  private static byte[] checksum(byte[] key) {
    try {
      MessageDigest sha3 = MessageDigest.getInstance("SHA3-256");
      sha3.update(".onion checksum".getBytes(StandardCharsets.US_ASCII));
      sha3.update(key);
      sha3.update(VERSION);
      return sha3.digest();
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }
}
