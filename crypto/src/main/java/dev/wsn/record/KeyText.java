package dev.wsn.record;

import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.PublicKey;
import java.util.List;
import java.util.Optional;

/**
 * What a person typed where a key is due: an {@code npub}, 64 hexadecimal digits, an {@code
 * nprofile}, a {@code nostr:} URI of either (NIP-21), or a {@code wsn://} URI. The one place that
 * reads them.
 *
 * @param key whom it names
 * @param hints where that key may be, protocol {@code wsn}, in order, at most {@link #MAX_HINTS};
 *     unverified
 */
public record KeyText(PublicKey key, List<Endpoint> hints) {
  /** The most hints that are taken from one text. */
  public static final int MAX_HINTS = RecordForm.MAX_ENDPOINTS;

  /** The longest text that is read: NIP-19 bounds an {@code nprofile} at 5000 characters. */
  public static final int MAX_CHARS = 5000;

  /** Copies the hints. */
  public KeyText {
    hints = List.copyOf(hints);
  }

  /**
   * Reads a key; white space around it is ignored.
   *
   * @throws MalformedKeyException if it names no key; the message says what is wrong and never
   *     repeats the text, which may be a secret key
   * @throws MalformedUriException if it is a wsn URI with a wrong address or path
   */
  public static KeyText parse(String text) {
    if (text.length() > MAX_CHARS) {
      throw new MalformedKeyException("a key has at most " + MAX_CHARS + " characters");
    }
    String stripped = text.strip();
    if (WsnUri.isWsn(stripped)) {
      WsnUri uri = WsnUri.parse(stripped);
      return new KeyText(uri.key(), uri.hint().map(List::of).orElse(List.of()));
    }
    int scheme = stripped.indexOf("://");
    if (scheme >= 0) {
      throw new MalformedKeyException(
          "a URL names no key; give an npub or a wsn:// URI, for example"
              + " wsn://npub1…@203.0.113.7:4848");
    }
    PublicKey key = Nip19.parsePublicKey(stripped);
    return new KeyText(key, isProfile(stripped) ? hints(Nip19.parseProfile(stripped)) : List.of());
  }

  private static boolean isProfile(String text) {
    String bare = text.substring(text.indexOf(':') + 1);
    return bare.regionMatches(true, 0, Nip19.NPROFILE, 0, Nip19.NPROFILE.length());
  }

  private static List<Endpoint> hints(Nip19.Profile profile) {
    return profile.relays().stream()
        .filter(WsnUri::isWsn)
        .flatMap(relay -> hint(relay, profile.key()).stream())
        .limit(MAX_HINTS)
        .toList();
  }

  /** Where a relay entry says the key is; nothing if it is about another key or not well formed. */
  private static Optional<Endpoint> hint(String relay, PublicKey key) {
    try {
      WsnUri uri = WsnUri.parse(relay);
      return uri.hint().filter(at -> uri.key().equals(key));
    } catch (MalformedUriException | MalformedKeyException badHint) {
      // A hint is an extra: without it the key is still resolved.
      return Optional.empty();
    }
  }
}
