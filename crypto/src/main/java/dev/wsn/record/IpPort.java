package dev.wsn.record;

import java.util.Optional;

/**
 * A literal IP address and a port.
 *
 * @param address never a name
 * @param port 1..65535
 */
public record IpPort(IpAddress address, int port) {
  /**
   * Checks the port.
   *
   * @throws IllegalArgumentException if the port is not in 1..65535
   */
  public IpPort {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("a port is 1 to 65535, not " + port);
    }
  }

  /** Parses {@code 203.0.113.7:4848} or {@code [2001:db8::1]:4848}; empty if it is neither. */
  public static Optional<IpPort> parse(String text) {
    return IpLiteral.parseWithPort(text);
  }

  /** Written out, because every datagram looks some up, and what the compiler makes is slower. */
  @Override
  public boolean equals(Object other) {
    return this == other
        || (other instanceof IpPort that && port == that.port && address.equals(that.address));
  }

  @Override
  public int hashCode() {
    return 31 * address.hashCode() + port;
  }

  /** {@code 203.0.113.7:4848} or {@code [2001:db8::1]:4848}. */
  @Override
  public String toString() {
    return (address.isIpv4() ? address.toString() : "[" + address + "]") + ":" + port;
  }
}
