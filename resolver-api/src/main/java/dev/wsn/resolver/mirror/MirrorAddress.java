package dev.wsn.resolver.mirror;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/**
 * Where a mirror is: {@code wss://relay.example}, with a port and a path if it needs them. Names
 * are fine, since only the operator gives them.
 *
 * @param isSecure whether TLS is spoken, and the name of the certificate checked
 * @param host name or literal, without brackets
 * @param port 1..65535
 * @param path with its query; begins with a slash
 */
public record MirrorAddress(boolean isSecure, String host, int port, String path) {
  /** Longest text. */
  public static final int MAX_CHARS = 200;

  private static final int HTTP = 80;
  private static final int HTTPS = 443;
  private static final int MAX_PORT = 65_535;

  /** Reads {@code wss://…} or {@code ws://…}; empty if it is none. */
  public static Optional<MirrorAddress> parse(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException malformed) {
      return Optional.empty();
    }
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    boolean isSecure = scheme.equals("wss");
    boolean isPlace =
        uri.getHost() != null && uri.getRawUserInfo() == null && uri.getRawFragment() == null;
    boolean isAscii = text.chars().allMatch(each -> each > ' ' && each < 0x7f);
    if (!(isSecure || scheme.equals("ws")) || !isPlace || !isAscii || text.length() > MAX_CHARS) {
      return Optional.empty();
    }
    int port = uri.getPort() == -1 ? standardPort(isSecure) : uri.getPort();
    if (port < 1 || port > MAX_PORT) {
      return Optional.empty();
    }
    String host = uri.getHost().toLowerCase(Locale.ROOT).replace("[", "").replace("]", "");
    String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    return Optional.of(new MirrorAddress(isSecure, host, port, path + query));
  }

  private static int standardPort(boolean isSecure) {
    return isSecure ? HTTPS : HTTP;
  }

  /** The URL, in one form for each place. */
  @Override
  public String toString() {
    return (isSecure ? "wss://" : "ws://")
        + (host.indexOf(':') >= 0 ? "[" + host + "]" : host)
        + (port == standardPort(isSecure) ? "" : ":" + port)
        + (path.equals("/") ? "" : path);
  }
}
