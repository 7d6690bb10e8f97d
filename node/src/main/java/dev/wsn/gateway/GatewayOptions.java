package dev.wsn.gateway;

import dev.wsn.record.IpAddress;
import java.net.URI;

/**
 * Where a gateway listens and what stands behind it.
 *
 * @param listenAddress interface to listen on; the unspecified address for all
 * @param listenPort 0 for any free port
 * @param backend {@code ws://HOST:PORT[/base]}: the only place that the gateway ever connects to
 * @param eventLoops threads that carry connections; at least 1
 * @param limits what is granted
 */
public record GatewayOptions(
    IpAddress listenAddress, int listenPort, URI backend, int eventLoops, GatewayLimits limits) {
  private static final int DEFAULT_HTTP_PORT = 80;

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException with a sentence for people
   */
  public GatewayOptions {
    if (listenPort < 0 || listenPort > 65_535) {
      throw new IllegalArgumentException("the port to listen on is 0 to 65535, not " + listenPort);
    }
    boolean isWebSocket = "ws".equalsIgnoreCase(backend.getScheme());
    String host = backend.getHost();
    if (!isWebSocket || host == null || backend.getRawUserInfo() != null) {
      throw new IllegalArgumentException(
          "the backend is ws://HOST:PORT, for example ws://127.0.0.1:7777, not " + backend);
    }
    if (backend.getRawQuery() != null || backend.getRawFragment() != null) {
      throw new IllegalArgumentException("the backend has no query and no fragment: " + backend);
    }
    if (eventLoops < 1) {
      throw new IllegalArgumentException("a gateway has at least one event loop");
    }
  }

  /** Host of the backend, IPv6 literals without brackets. */
  String backendHost() {
    String host = backend.getHost();
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  int backendPort() {
    return backend.getPort() < 0 ? DEFAULT_HTTP_PORT : backend.getPort();
  }

  /** The target at the backend for a path that a client asks for. */
  String backendTarget(String path) {
    String base = backend.getRawPath() == null ? "" : backend.getRawPath();
    return (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path;
  }
}
