package dev.wsn.gateway;

import dev.wsn.gateway.channel.RequestHead;
import dev.wsn.record.IpAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;

/**
 * Where a gateway listens and what stands behind it.
 *
 * @param listenAddress interface to listen on; the unspecified address for all
 * @param listenPort 0 for any free port
 * @param backends at least one, of different services: the only places that the gateway ever
 *     connects to
 * @param eventLoops threads that carry connections; at least 1
 * @param limits what is granted
 */
public record GatewayOptions(
    IpAddress listenAddress,
    int listenPort,
    List<Backend> backends,
    int eventLoops,
    GatewayLimits limits) {

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException with a sentence for people
   */
  public GatewayOptions {
    backends = List.copyOf(backends);
    if (listenPort < 0 || listenPort > 65_535) {
      throw new IllegalArgumentException("the port to listen on is 0 to 65535, not " + listenPort);
    }
    if (backends.isEmpty()) {
      throw new IllegalArgumentException("a gateway has at least one backend");
    }
    if (backends.stream().map(Backend::service).distinct().count() < backends.size()) {
      throw new IllegalArgumentException(
          "two backends have the same service; name them, for example media=http://127.0.0.1:3000");
    }
    if (eventLoops < 1) {
      throw new IllegalArgumentException("a gateway has at least one event loop");
    }
  }

  /** A gateway in front of one backend. */
  public static GatewayOptions of(
      IpAddress listenAddress, int listenPort, URI backend, int eventLoops, GatewayLimits limits) {
    return new GatewayOptions(
        listenAddress, listenPort, List.of(Backend.of(backend)), eventLoops, limits);
  }

  /** Who answers what a client asks for. */
  Optional<Backend> backend(RequestHead head) {
    if (!head.service().isEmpty()) {
      return backends.stream()
          .filter(backend -> backend.service().equals(head.service()))
          .filter(backend -> head.isHttp() || backend.takesWebSockets())
          .findFirst();
    }
    boolean isForRelay = !head.isHttp() || asksForNip11(head);
    Optional<Backend> files =
        backends.stream().filter(backend -> !backend.takesWebSockets()).findFirst();
    return isForRelay ? relay() : files.or(this::relay);
  }

  private static boolean asksForNip11(RequestHead head) {
    return head.fields().stream()
        .anyMatch(
            field ->
                field.name().equalsIgnoreCase("accept")
                    && field.value().contains(FrontPage.NIP_11));
  }

  /** The first backend that takes WebSockets. */
  Optional<Backend> relay() {
    return backends.stream().filter(Backend::takesWebSockets).findFirst();
  }
}
