package dev.wsn.cli;

import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.crypto.PublicKey;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a remote signer listens: {@code bunker://<hex>?relay=wss://…&secret=…} (NIP-46).
 *
 * @param signer the key that it talks with, which need not be the one that it signs with
 * @param relays one to {@link #MAX_RELAYS}, {@code ws} or {@code wss}
 * @param secret lets a new client in, once; never shown
 */
record BunkerAddress(PublicKey signer, List<URI> relays, Optional<String> secret) {
  /** Further relays are refused. */
  static final int MAX_RELAYS = 8;

  static final String SCHEME = "bunker://";

  private static final int MAX_CHARACTERS = 4096;

  BunkerAddress {
    relays = List.copyOf(relays);
  }

  /**
   * Reads an address.
   *
   * @throws IllegalArgumentException with a sentence for people, without the secret
   */
  static BunkerAddress parse(String text) {
    String trimmed = text.strip();
    boolean isBunker = trimmed.toLowerCase(Locale.ROOT).startsWith(SCHEME);
    if (!isBunker || trimmed.length() > MAX_CHARACTERS) {
      throw new IllegalArgumentException("it does not start with bunker:// or is too long");
    }
    String rest = trimmed.substring(SCHEME.length());
    int query = rest.indexOf('?');
    String key = query < 0 ? rest : rest.substring(0, query);
    List<URI> relays = new ArrayList<>();
    Optional<String> secret = Optional.empty();
    for (String part : query < 0 ? new String[0] : rest.substring(query + 1).split("&", -1)) {
      if (part.startsWith("relay=")) {
        relays.add(relay(decode(part.substring("relay=".length()))));
      } else if (part.startsWith("secret=")) {
        secret = Optional.of(decode(part.substring("secret=".length())));
      }
    }
    if (relays.isEmpty() || relays.size() > MAX_RELAYS) {
      throw new IllegalArgumentException("it names " + relays.size() + " relays, not 1 to 8");
    }
    try {
      PublicKey signer = PublicKey.fromHex(key.replaceFirst("/$", "").toLowerCase(Locale.ROOT));
      return new BunkerAddress(signer, relays, secret.filter(each -> !each.isEmpty()));
    } catch (MalformedKeyException malformed) {
      throw new IllegalArgumentException(
          "after bunker:// come the 64 hexadecimal digits of the signer's key", malformed);
    }
  }

  private static String decode(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException malformed) {
      throw new IllegalArgumentException("it has a percent sign that means nothing", malformed);
    }
  }

  private static URI relay(String text) {
    try {
      URI uri = new URI(text);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      if ((scheme.equals("ws") || scheme.equals("wss")) && uri.getHost() != null) {
        return uri;
      }
    } catch (URISyntaxException malformed) {
      throw new IllegalArgumentException("one of its relays is no URL", malformed);
    }
    throw new IllegalArgumentException("one of its relays is no ws:// or wss:// URL");
  }

  /** Without the secret. */
  @Override
  public String toString() {
    return SCHEME + signer.hex();
  }
}
