package dev.wsn.resolver.quota;

import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import java.util.List;
import java.util.Optional;

/**
 * Finds who really asks when reverse proxies stand between: the last address in {@code
 * X-Forwarded-For} that is no trusted proxy. Whoever is not trusted is taken for the client itself,
 * whatever the header says, because anybody can send one.
 *
 * @param trusted addresses of proxies that set the header; at most {@link #MAX_PROXIES}
 */
public record ForwardedFor(List<AddressRange> trusted) {
  /** The header that is read; proxies append to it. */
  public static final String HEADER = "X-Forwarded-For";

  /** Most ranges of proxies. */
  public static final int MAX_PROXIES = 64;

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException if it is longer than {@link #MAX_PROXIES}
   */
  public ForwardedFor {
    trusted = List.copyOf(trusted);
    if (trusted.size() > MAX_PROXIES) {
      throw new IllegalArgumentException("at most " + MAX_PROXIES + " ranges of proxies");
    }
  }

  /** Nobody is trusted: who connects is who asks. */
  public static ForwardedFor nobody() {
    return new ForwardedFor(List.of());
  }

  /**
   * The client of a request.
   *
   * @param peer who connected
   * @param fields the header's fields, in order; untrusted
   */
  public IpAddress client(IpAddress peer, List<String> fields) {
    if (!isTrusted(peer)) {
      return peer;
    }
    IpAddress client = peer;
    String[] hops = String.join(",", fields).split(",", -1);
    for (int i = hops.length - 1; i >= 0; i--) {
      Optional<IpAddress> hop = address(hops[i].strip());
      if (hop.isEmpty()) {
        return client;
      }
      client = hop.get();
      if (!isTrusted(client)) {
        return client;
      }
    }
    return client;
  }

  /** Some proxies add the port. */
  private static Optional<IpAddress> address(String text) {
    boolean isBracketed = text.startsWith("[") && text.endsWith("]");
    Optional<IpAddress> bare =
        IpAddress.parse(isBracketed ? text.substring(1, text.length() - 1) : text);
    return bare.isPresent() ? bare : IpPort.parse(text).map(IpPort::address);
  }

  private boolean isTrusted(IpAddress address) {
    return trusted.stream().anyMatch(range -> range.contains(address));
  }
}
