package dev.wsn.gateway;

import java.net.URI;

/**
 * A server behind a gateway.
 *
 * @param service what clients call it; {@link #NOSTR} and {@link #BLOSSOM} have a meaning
 * @param uri {@code ws://HOST:PORT[/base]} or {@code http://HOST:PORT[/base]}
 */
public record Backend(String service, URI uri) {
  /** A Nostr relay: WebSockets, and NIP-11. */
  public static final String NOSTR = "nostr";

  /** A Blossom server: all other HTTP. */
  public static final String BLOSSOM = "blossom";

  private static final int DEFAULT_HTTP_PORT = 80;

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException with a sentence for people
   */
  public Backend {
    String scheme = String.valueOf(uri.getScheme());
    boolean isKnown = scheme.equalsIgnoreCase("ws") || scheme.equalsIgnoreCase("http");
    if (!isKnown || uri.getHost() == null || uri.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "the backend is ws://HOST:PORT or http://HOST:PORT, for example ws://127.0.0.1:7777, not "
              + uri);
    }
    if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw new IllegalArgumentException("the backend has no query and no fragment: " + uri);
    }
    if (!service.matches("[a-z0-9-]{1,32}")) {
      throw new IllegalArgumentException(
          "a service has 1 to 32 of the characters a-z, 0-9 and -, not " + service);
    }
  }

  /** A backend whose service follows from its scheme: a relay for ws, a file server for http. */
  public static Backend of(URI uri) {
    return new Backend("http".equalsIgnoreCase(uri.getScheme()) ? BLOSSOM : NOSTR, uri);
  }

  /**
   * Reads {@code [SERVICE=]URI}.
   *
   * @throws IllegalArgumentException with a sentence for people
   */
  public static Backend parse(String text) {
    int equals = text.indexOf('=');
    int colon = text.indexOf(':');
    boolean hasService = equals >= 0 && equals < colon;
    URI uri = URI.create(hasService ? text.substring(equals + 1) : text);
    return hasService ? new Backend(text.substring(0, equals), uri) : of(uri);
  }

  /** Whether WebSockets are opened there. */
  boolean takesWebSockets() {
    return "ws".equalsIgnoreCase(uri.getScheme());
  }

  /** IPv6 literals without brackets. */
  String host() {
    String host = uri.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  int port() {
    return uri.getPort() < 0 ? DEFAULT_HTTP_PORT : uri.getPort();
  }

  /** The target there for a path that a client asks for. */
  String target(String path) {
    String base = uri.getRawPath() == null ? "" : uri.getRawPath();
    return (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path;
  }
}
