package dev.wsn.crypto;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The texts in which people exchange Nostr keys (NIP-19). Stateless and thread-safe. */
public final class Nip19 {
  /** Prefix of a public key. */
  public static final String NPUB = "npub";

  /** Prefix of a secret key. */
  public static final String NSEC = "nsec";

  /** Prefix of a public key with relay hints. */
  public static final String NPROFILE = "nprofile";

  /** Prefix of an encrypted secret key (NIP-49). */
  public static final String NCRYPTSEC = "ncryptsec";

  /** Length of every {@code npub} and every {@code nsec}. */
  public static final int KEY_CHARS = 63;

  private static final int MAX_TLV_BYTES = 255;
  private static final int SPECIAL = 0;
  private static final int RELAY = 1;
  private static final String URI_SCHEME = "nostr:";
  private static final String EXPECTED = "expected npub1…, nprofile1… or 64 hexadecimal digits";

  // The other prefixes of NIP-19, to say what was given instead of a key.
  private static final Map<String, String> OTHER_PREFIXES =
      Map.of(
          "note", "an event id (note)",
          "nevent", "an event pointer (nevent)",
          "naddr", "an event address (naddr)",
          "nrelay", "a relay URL (nrelay)",
          "lnurl", "a Lightning URL (lnurl)");

  /**
   * What an {@code nprofile} holds.
   *
   * @param key the public key
   * @param relays hints where its events are, in the given order; printable ASCII, not checked
   *     further
   */
  public record Profile(PublicKey key, List<String> relays) {
    /** Copies the list. */
    public Profile {
      relays = List.copyOf(relays);
    }
  }

  private Nip19() {}

  /** The {@code npub} of a public key, 63 characters. */
  public static String npub(PublicKey key) {
    return Bech32.encode(NPUB, key.bytes());
  }

  /**
   * The {@code nsec} of a secret key, 63 characters. A Java string cannot be wiped: {@link KeyFile}
   * writes secrets to arrays that can.
   */
  public static String nsec(SecretKey secret) {
    byte[] bytes = secret.reveal();
    try {
      return Bech32.encode(NSEC, bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  /**
   * The {@code nprofile} of a key with relay hints.
   *
   * @throws IllegalArgumentException if a hint is empty, longer than 255 bytes or not printable
   *     ASCII, or the whole is longer than bech32 text may be
   */
  public static String nprofile(PublicKey key, List<String> relays) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    appendTlv(out, SPECIAL, key.bytes());
    for (String relay : relays) {
      byte[] bytes = relay.getBytes(StandardCharsets.US_ASCII);
      if (bytes.length == 0 || bytes.length > MAX_TLV_BYTES || !isPrintable(relay)) {
        throw new IllegalArgumentException("a relay hint is 1 to 255 printable ASCII characters");
      }
      appendTlv(out, RELAY, bytes);
    }
    return Bech32.encode(NPROFILE, out.toByteArray());
  }

  /**
   * The public key that a person typed: {@code npub}, {@code nprofile} (its hints are dropped) or
   * hex, optionally after {@code nostr:} (NIP-21); white space around it is ignored.
   *
   * @throws MalformedKeyException with a sentence that says what is wrong and never repeats the
   *     text, which may be a secret key
   */
  public static PublicKey parsePublicKey(String text) {
    String key = stripScheme(text);
    String prefix = prefixOf(key);
    if (prefix.equals(NPUB)) {
      return PublicKey.of(decodeKey(NPUB, key));
    }
    if (prefix.equals(NPROFILE)) {
      return parseProfile(key).key();
    }
    if (prefix.equals(NSEC) || prefix.equals(NCRYPTSEC)) {
      throw new MalformedKeyException(
          "this is a secret key ("
              + prefix
              + ") where a public key is due; give the npub, and if"
              + " others could see this text, replace the key");
    }
    String other = OTHER_PREFIXES.get(prefix);
    if (other != null) {
      throw new MalformedKeyException("this is " + other + ", not a key; " + EXPECTED);
    }
    if (!isHex(key)) {
      throw new MalformedKeyException("not a public key; " + EXPECTED);
    }
    return PublicKey.fromHex(key);
  }

  /**
   * The secret key in a text: {@code nsec} or 64 hexadecimal digits; white space around it is
   * ignored.
   *
   * @throws MalformedKeyException with a sentence that says what is wrong and never repeats the
   *     text
   */
  public static SecretKey parseSecretKey(CharSequence text) {
    return SecretText.parse(text);
  }

  /**
   * The key and the hints of an {@code nprofile}, optionally after {@code nostr:}. Hints that are
   * not printable ASCII are dropped, entries of other types (author, kind, unknown) are ignored.
   *
   * @throws MalformedKeyException if it is not an {@code nprofile} with a key
   */
  public static Profile parseProfile(String text) {
    Bech32.Decoded decoded = Bech32.decode(stripScheme(text));
    if (!decoded.prefix().equals(NPROFILE)) {
      throw new MalformedKeyException("not an nprofile");
    }
    byte[] data = decoded.data();
    List<PublicKey> keys = new ArrayList<>();
    List<String> relays = new ArrayList<>();
    for (int at = 0; at < data.length; ) {
      int end = at + 2 > data.length ? Integer.MAX_VALUE : at + 2 + (data[at + 1] & 0xff);
      if (end > data.length) {
        throw new MalformedKeyException("the nprofile ends inside an entry");
      }
      byte[] value = Arrays.copyOfRange(data, at + 2, end);
      if (data[at] == SPECIAL) {
        keys.add(PublicKey.of(value));
      } else if (data[at] == RELAY) {
        String relay = new String(value, StandardCharsets.ISO_8859_1);
        if (!relay.isEmpty() && isPrintable(relay)) {
          relays.add(relay);
        }
      }
      at = end;
    }
    if (keys.isEmpty()) {
      throw new MalformedKeyException("the nprofile has no public key");
    }
    return new Profile(keys.get(0), relays);
  }

  /** The 32 bytes of an npub or nsec, whose prefix is known to fit. */
  static byte[] decodeKey(String prefix, CharSequence text) {
    if (text.length() != KEY_CHARS) {
      throw new MalformedKeyException(
          "an " + prefix + " has " + KEY_CHARS + " characters, not " + text.length());
    }
    return Bech32.decode(text).data();
  }

  /** What stands before the first 1, in lower case; empty if that is not a prefix of NIP-19. */
  static String prefixOf(CharSequence text) {
    int separator = 0;
    while (separator < text.length() && text.charAt(separator) != '1') {
      separator++;
    }
    if (separator == text.length() || separator > NCRYPTSEC.length()) {
      return "";
    }
    return text.subSequence(0, separator).toString().toLowerCase(Locale.ROOT);
  }

  /** Whether there is at least one character and all are hexadecimal digits. */
  static boolean isHex(CharSequence text) {
    boolean isHex = text.length() > 0;
    for (int i = 0; isHex && i < text.length(); i++) {
      char c = text.charAt(i);
      isHex = c < 128 && Character.digit(c, 16) >= 0;
    }
    return isHex;
  }

  private static String stripScheme(String text) {
    String stripped = text.strip();
    boolean hasScheme = stripped.regionMatches(true, 0, URI_SCHEME, 0, URI_SCHEME.length());
    return hasScheme ? stripped.substring(URI_SCHEME.length()) : stripped;
  }

  private static boolean isPrintable(String text) {
    return text.chars().allMatch(c -> c > 32 && c < 127);
  }

  private static void appendTlv(ByteArrayOutputStream out, int type, byte[] value) {
    out.write(type);
    out.write(value.length);
    out.writeBytes(value);
  }
}
