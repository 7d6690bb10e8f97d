package dev.wsn.record;

/**
 * One way to reach the key of a record: tag {@code [network, "host:port", protocol]}.
 *
 * @param network where the host is
 * @param host an IP literal without brackets for {@link Network#CLEARNET}, an onion name for {@link
 *     Network#TOR}
 * @param port 1..65535
 * @param protocol what is spoken there: {@code wsn}, {@code ws}, {@code wss}, {@code http}, {@code
 *     https}
 */
public record Endpoint(Network network, String host, int port, String protocol) {
  /** Protocol of a wsn gateway. */
  public static final String WSN = "wsn";

  /** The networks of kind 11111. */
  public enum Network {
    /** The Internet; the host is an IP literal. */
    CLEARNET,
    /** Tor; the host is a version 3 onion name. */
    TOR
  }

  /** {@code host:port}, with brackets around an IPv6 literal. */
  public String address() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }
}
