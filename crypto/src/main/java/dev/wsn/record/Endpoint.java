package dev.wsn.record;

import dev.wsn.crypto.PublicKey;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * One way to reach the key of a record: tag {@code [network, "host:port", protocol]}. The form is
 * checked here; whether the address may be used is a question of {@link AddressScope} and of who
 * asks.
 *
 * @param network where the host is
 * @param host an IP literal in its canonical form, without brackets, for {@link Network#CLEARNET};
 *     a version 3 onion name in lower case for {@link Network#TOR}
 * @param port 1..65535
 * @param protocol one of {@link #PROTOCOLS}: what is spoken there
 */
public record Endpoint(Network network, String host, int port, String protocol) {
  /** Protocol of a wsn gateway. */
  public static final String WSN = "wsn";

  /**
   * What can be spoken at an endpoint; all but {@code wsn} are plain URLs without a wsn gateway.
   */
  public static final List<String> PROTOCOLS = List.of(WSN, "ws", "wss", "http", "https");

  /** The networks of kind 11111. */
  public enum Network {
    /** The Internet; the host is an IP literal. */
    CLEARNET,
    /** Tor; the host is a version 3 onion name. */
    TOR;

    /** The first element of an endpoint tag. */
    public String tag() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * Checks the form.
   *
   * @throws IllegalArgumentException if a part is not as described above
   */
  public Endpoint {
    boolean isHost =
        network == Network.CLEARNET
            ? IpAddress.parse(host).filter(ip -> ip.toString().equals(host)).isPresent()
            : OnionName.parse(host).isPresent() && host.equals(host.toLowerCase(Locale.ROOT));
    if (!isHost) {
      throw new IllegalArgumentException(
          "not a canonical " + network.tag() + " host: " + Quoted.of(host));
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("a port is 1 to 65535, not " + port);
    }
    if (!PROTOCOLS.contains(protocol)) {
      throw new IllegalArgumentException("not a known protocol: " + Quoted.of(protocol));
    }
  }

  /**
   * An endpoint on the Internet.
   *
   * @param address where
   * @param protocol one of {@link #PROTOCOLS}
   */
  public static Endpoint of(IpPort address, String protocol) {
    return new Endpoint(Network.CLEARNET, address.address().toString(), address.port(), protocol);
  }

  /**
   * Parses what a person types: {@code [protocol://]host:port}, where no protocol means {@code wsn}
   * and the network follows from the host.
   *
   * @throws MalformedUriException if it is anything else, with a message for that person
   */
  public static Endpoint parse(String text) {
    int scheme = text.indexOf("://");
    String protocol = scheme < 0 ? WSN : text.substring(0, scheme).toLowerCase(Locale.ROOT);
    return EndpointText.parse(scheme < 0 ? text : text.substring(scheme + 3), protocol);
  }

  /** The literal address to dial; empty for an onion name. */
  public Optional<IpPort> ipPort() {
    return IpAddress.parse(host).map(ip -> new IpPort(ip, port));
  }

  /** Where the host can be reached from; an onion name from everywhere. */
  public AddressScope scope() {
    return IpAddress.parse(host).map(IpAddress::scope).orElse(AddressScope.PUBLIC);
  }

  /** {@code host:port}, with brackets around an IPv6 literal. */
  public String address() {
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  /**
   * The URI to open: {@code wsn://<npub>@host:port} for a gateway, else {@code
   * protocol://host:port}.
   *
   * @param key whose endpoint this is
   */
  public String uri(PublicKey key) {
    return protocol.equals(WSN) ? WsnUri.of(key, this).toString() : protocol + "://" + address();
  }
}
