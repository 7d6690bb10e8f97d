package dev.wsn.crypto;

import java.util.Arrays;
import java.util.HexFormat;

/** The plain texts of a secret key, nsec and hex, over characters that can be wiped. */
final class SecretText {
  private SecretText() {}

  static SecretKey parse(CharSequence text) {
    CharSequence key = strip(text);
    byte[] bytes = decode(key);
    try {
      return SecretKey.of(bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private static byte[] decode(CharSequence key) {
    String prefix = Nip19.prefixOf(key);
    if (prefix.equals(Nip19.NSEC)) {
      return Nip19.decodeKey(Nip19.NSEC, key);
    }
    if (prefix.equals(Nip19.NPUB) || prefix.equals(Nip19.NPROFILE)) {
      throw new MalformedKeyException(
          "this is a public key (" + prefix + ") where a secret key is due");
    }
    if (!Nip19.isHex(key)) {
      throw new MalformedKeyException("not a secret key; expected nsec1… or 64 hexadecimal digits");
    }
    if (key.length() != 2 * SecretKey.BYTES) {
      throw new MalformedKeyException("a secret key in hex is 64 characters, not " + key.length());
    }
    return HexFormat.of().parseHex(key);
  }

  /** The text without white space around it; of a {@code CharBuffer} a view, not a copy. */
  static CharSequence strip(CharSequence text) {
    int start = 0;
    int end = text.length();
    while (start < end && Character.isWhitespace(text.charAt(start))) {
      start++;
    }
    while (end > start && Character.isWhitespace(text.charAt(end - 1))) {
      end--;
    }
    return text.subSequence(start, end);
  }
}
