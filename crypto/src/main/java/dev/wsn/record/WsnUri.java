package dev.wsn.record;

import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.PublicKey;
import java.util.Optional;

/**
 * {@code wsn://<npub or 64 hex>[@host:port][/path]}: a server named by its key, and perhaps where
 * it was last seen. The grammar is in PROTOCOL.md, "The wsn URI".
 *
 * @param key whose server
 * @param hint where to dial at once while the key is being resolved, protocol {@code wsn}; never
 *     trusted, since only the key's holder can answer the handshake, and of any {@link
 *     AddressScope}: who dials decides about private addresses
 * @param path with its query, starts with {@code /}; empty for the root
 */
public record WsnUri(PublicKey key, Optional<Endpoint> hint, String path) {
  /** What every wsn URI starts with. */
  public static final String SCHEME = "wsn://";

  /** The longest URI that is read. */
  public static final int MAX_CHARS = 2048;

  private static final String PATH_PUNCTUATION = "/?:@!$&'()*+,;=-._~";

  /**
   * Checks the parts.
   *
   * @throws MalformedUriException if the hint is not of protocol wsn, or the path does not start
   *     with a slash or holds a character that a URI may not
   */
  public WsnUri {
    if (hint.isPresent() && !hint.get().protocol().equals(Endpoint.WSN)) {
      throw new MalformedUriException("the address in a wsn URI is one of protocol wsn");
    }
    checkPath(path);
    path = path.equals("/") ? "" : path;
  }

  /** The URI that names a key and nothing else; what clients sign as the relay URL (NIP-42). */
  public static WsnUri of(PublicKey key) {
    return new WsnUri(key, Optional.empty(), "");
  }

  /** The URI of a key with an address to try first. */
  public static WsnUri of(PublicKey key, Endpoint hint) {
    return new WsnUri(key, Optional.of(hint), "");
  }

  /**
   * Parses a URI; scheme, key and onion name in either case.
   *
   * @throws MalformedUriException if scheme, address or path is wrong
   * @throws MalformedKeyException if the key is wrong
   */
  public static WsnUri parse(String text) {
    if (text.length() > MAX_CHARS) {
      throw new MalformedUriException("a wsn URI has at most " + MAX_CHARS + " characters");
    }
    if (!isWsn(text)) {
      throw new MalformedUriException(
          "a wsn URI starts with wsn://, for example wsn://npub1…@203.0.113.7:4848");
    }
    String rest = text.substring(SCHEME.length());
    if (rest.indexOf('#') >= 0) {
      throw new MalformedUriException("a wsn URI has no fragment (#)");
    }
    int pathStart = indexOfEither(rest, '/', '?');
    String authority = rest.substring(0, pathStart);
    String path = rest.substring(pathStart);
    int at = authority.indexOf('@');
    String key = at < 0 ? authority : authority.substring(0, at);
    return new WsnUri(
        parseKey(key),
        at < 0
            ? Optional.empty()
            : Optional.of(EndpointText.parse(authority.substring(at + 1), Endpoint.WSN)),
        path.startsWith("?") ? "/" + path : path);
  }

  static boolean isWsn(String text) {
    return text.regionMatches(true, 0, SCHEME, 0, SCHEME.length());
  }

  /** The canonical text: key as npub, host in its canonical form, no lone trailing slash. */
  @Override
  public String toString() {
    return SCHEME + Nip19.npub(key) + hint.map(at -> "@" + at.address()).orElse("") + path;
  }

  private static PublicKey parseKey(String text) {
    if (text.isEmpty()) {
      throw new MalformedKeyException(
          "the URI has no key; write wsn://npub1… or wsn://<64 hexadecimal digits>");
    }
    if (text.indexOf('.') >= 0 || text.indexOf(':') >= 0) {
      throw new MalformedKeyException(
          "the URI has an address where its key is due; write wsn://<npub>@<IP>:<port>");
    }
    if (text.regionMatches(true, 0, Nip19.NPROFILE, 0, Nip19.NPROFILE.length())) {
      throw new MalformedKeyException("the key in a wsn URI is an npub or hex, not an nprofile");
    }
    return Nip19.parsePublicKey(text);
  }

  private static int indexOfEither(String text, char one, char other) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) == one || text.charAt(i) == other) {
        return i;
      }
    }
    return text.length();
  }

  private static void checkPath(String path) {
    if (!path.isEmpty() && path.charAt(0) != '/') {
      throw new MalformedUriException("the path of a wsn URI starts with /");
    }
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      boolean isPlain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || PATH_PUNCTUATION.indexOf(c) >= 0;
      if (!isPlain && !(c == '%' && isPercentEncoding(path, i))) {
        throw new MalformedUriException(
            "the path of a wsn URI has a character that must be percent-encoded, at position " + i);
      }
    }
  }

  private static boolean isPercentEncoding(String path, int at) {
    return at + 2 < path.length()
        && isHexDigit(path.charAt(at + 1))
        && isHexDigit(path.charAt(at + 2));
  }

  private static boolean isHexDigit(char c) {
    return c < 128 && Character.digit(c, 16) >= 0;
  }
}
