package dev.wsn.mapping;

/**
 * A port of this machine that strangers shall reach through the router.
 *
 * @param transport of the port
 * @param inside where the program listens, 1..65535
 * @param outside where strangers send to, 1..65535
 */
public record WantedPort(Transport transport, int inside, int outside) {
  /** What runs over IP. */
  public enum Transport {
    /** Datagrams. */
    UDP,
    /** Connections. */
    TCP
  }

  /**
   * Checks the ports.
   *
   * @throws IllegalArgumentException if one is not in 1..65535
   */
  public WantedPort {
    if (inside < 1 || inside > 65_535 || outside < 1 || outside > 65_535) {
      throw new IllegalArgumentException("a port is 1 to 65535");
    }
  }

  /** {@code UDP port 4848}, with the port inside if that is another one. */
  @Override
  public String toString() {
    return transport + " port " + outside + (inside == outside ? "" : " (here " + inside + ")");
  }
}
