package dev.wsn.gateway;

import dev.wsn.record.IpAddress;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;

/** Which web pages may talk to a server on this machine. */
final class Browsers {
  private static final String LOCALHOST = "localhost";
  private static final List<String> OWN_HOSTS = List.of(LOCALHOST, "127.0.0.1", "[::1]");
  private static final List<String> SCHEMES = List.of("http", "https");

  private Browsers() {}

  /**
   * Whether the request names this machine by a literal address or {@code localhost}. A page that
   * points its own name at this machine (DNS rebinding) names itself.
   */
  static boolean isOwnHost(HttpServerRequest request) {
    HostAndPort authority = request.authority();
    if (authority == null) {
      return false;
    }
    String host = authority.host().toLowerCase(Locale.ROOT);
    String bare =
        host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    // The names below localhost are this machine's, too (RFC 6761 6.3).
    boolean isLocalName = host.equals(LOCALHOST) || host.endsWith("." + LOCALHOST);
    return isLocalName || ProxyTarget.keyOf(host).isPresent() || IpAddress.parse(bare).isPresent();
  }

  /**
   * Whether the request is from no browser, from a page of this machine, or from an allowed origin.
   */
  static boolean isAllowed(HttpServerRequest request, List<String> allowedOrigins) {
    String origin = request.getHeader("Origin");
    if (origin == null || allowedOrigins.contains("*") || allowedOrigins.contains(origin)) {
      return true;
    }
    try {
      URI uri = new URI(origin);
      String host = String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
      String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
      return SCHEMES.contains(scheme) && OWN_HOSTS.contains(host);
    } catch (URISyntaxException notAnOrigin) {
      return false;
    }
  }
}
