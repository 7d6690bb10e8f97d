package dev.wsn.record;

import dev.wsn.record.Endpoint.Network;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads endpoints from tags, URIs and command lines; each mistake has its own sentence. */
final class EndpointText {
  private static final Map<String, Integer> DEFAULT_PORTS =
      Map.of("ws", 80, "http", 80, "wss", 443, "https", 443);

  private EndpointText() {}

  /**
   * An endpoint tag: {@code [network, "host:port", protocol]}, further elements ignored; or the
   * older dialect of kind 11111 with a whole URL, {@code [network, "wss://host:port/"]}.
   *
   * @throws MalformedUriException if it is neither
   */
  static Endpoint parseTag(Network network, List<String> tag) {
    if (tag.size() < 2) {
      throw new MalformedUriException(
          "an endpoint tag has a network, host:port and a protocol, not only a network");
    }
    Endpoint endpoint = tag.size() == 2 ? parseUrl(tag.get(1)) : parse(tag.get(1), tag.get(2));
    if (endpoint.network() != network) {
      throw new MalformedUriException(
          endpoint.address() + " is no address of the network \"" + network.tag() + "\"");
    }
    return endpoint;
  }

  /**
   * {@code host:port} with a protocol; the network follows from the host.
   *
   * @throws MalformedUriException if the host is a name, the port is missing or out of range, or
   *     the protocol unknown
   */
  static Endpoint parse(String address, String protocol) {
    if (!Endpoint.PROTOCOLS.contains(protocol)) {
      throw new MalformedUriException(
          "unknown protocol " + Quoted.of(protocol) + "; use one of " + protocolList());
    }
    int colon = address.endsWith("]") ? -1 : address.lastIndexOf(':');
    boolean isBareIpv6 = !address.startsWith("[") && address.indexOf(':') != colon;
    if (isBareIpv6) {
      throw new MalformedUriException(
          "an IPv6 address is written in brackets, [2001:db8::1]:4848, not " + Quoted.of(address));
    }
    if (colon < 0) {
      throw new MalformedUriException(Quoted.of(address) + " has no port; write host:port");
    }
    int port = IpLiteral.parsePort(address.substring(colon + 1));
    if (port < 0) {
      throw new MalformedUriException(
          "the port in " + Quoted.of(address) + " is not a number from 1 to 65535");
    }
    return endpoint(address.substring(0, colon), port, protocol);
  }

  private static Endpoint endpoint(String host, int port, String protocol) {
    if (host.toLowerCase(Locale.ROOT).endsWith(OnionName.SUFFIX)) {
      if (OnionName.parse(host).isEmpty()) {
        throw new MalformedUriException(
            Quoted.of(host)
                + " is no version 3 onion name: 56 characters a-z and 2-7 with a valid checksum,"
                + " then .onion");
      }
      return new Endpoint(Network.TOR, host.toLowerCase(Locale.ROOT), port, protocol);
    }
    boolean hasBrackets = host.startsWith("[") && host.endsWith("]");
    Optional<IpAddress> ip =
        IpAddress.parse(hasBrackets ? host.substring(1, host.length() - 1) : host);
    boolean isIpv6Text = host.indexOf(':') >= 0;
    if (ip.isEmpty() || hasBrackets != isIpv6Text) {
      throw new MalformedUriException(
          Quoted.of(host)
              + " is no IP address; host names are not used here, write 203.0.113.7 or"
              + " [2001:db8::1]");
    }
    return Endpoint.of(new IpPort(ip.get(), port), protocol);
  }

  private static Endpoint parseUrl(String url) {
    int scheme = url.indexOf("://");
    Integer defaultPort = scheme < 0 ? null : DEFAULT_PORTS.get(url.substring(0, scheme));
    if (defaultPort == null) {
      throw new MalformedUriException(
          "an endpoint tag of two elements holds a ws, wss, http or https URL, not "
              + Quoted.of(url));
    }
    String protocol = url.substring(0, scheme);
    String rest = url.substring(scheme + 3);
    String address = rest.endsWith("/") ? rest.substring(0, rest.length() - 1) : rest;
    if (address.indexOf('/') >= 0) {
      throw new MalformedUriException(
          "an endpoint has no path, but " + Quoted.of(url) + " has one");
    }
    boolean hasPort = address.lastIndexOf(':') > address.lastIndexOf(']');
    return hasPort ? parse(address, protocol) : endpoint(address, defaultPort, protocol);
  }

  private static String protocolList() {
    return String.join(", ", Endpoint.PROTOCOLS);
  }
}
