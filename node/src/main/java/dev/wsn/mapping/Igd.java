package dev.wsn.mapping;

import dev.wsn.record.IpAddress;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Asks a router by UPnP: the service WANIPConnection or WANPPPConnection of an Internet Gateway
 * Device. Only the host that answered the search is ever connected to.
 */
final class Igd implements Router {
  /** The services that forward ports, the best first; nothing a router writes is sent back. */
  private static final List<String> SERVICES =
      List.of(
          "urn:schemas-upnp-org:service:WANIPConnection:2",
          "urn:schemas-upnp-org:service:WANIPConnection:1",
          "urn:schemas-upnp-org:service:WANPPPConnection:1");

  private static final String ONLY_PERMANENT_LEASES = "725";

  /** UPnP's words are for programmers. */
  private static final Map<String, String> ERRORS =
      Map.of(
          "402",
          "it does not understand the question",
          "501",
          "it failed",
          "606",
          "it does not allow it",
          "714",
          "it forwards no such port",
          "718",
          "another machine has that port; choose another one with --listen",
          "724",
          "it wants the same port inside and outside",
          ONLY_PERMANENT_LEASES,
          "it forwards for ever only",
          "728",
          "it has no room for it",
          "729",
          "another machine has that port by other means; choose another one with --listen");

  private final PlainHttp http;
  private final URI control;
  private final String service;

  private Igd(PlainHttp http, URI control, String service) {
    this.http = http;
    this.control = control;
    this.service = service;
  }

  /**
   * Reads what a device is.
   *
   * @param location of its description, of the host that answered the search
   * @throws IOException if it is no router that forwards ports
   */
  static Igd describe(PlainHttp http, URI location) throws IOException {
    PlainHttp.Answer answer = http.get(location);
    if (answer.status() != 200) {
      throw new IOException("its description is answered with HTTP status " + answer.status());
    }
    RouterXml.Description description = RouterXml.description(answer.body());
    URI base = description.base().isEmpty() ? location : sameHost(location, description.base());
    for (String type : SERVICES) {
      for (RouterXml.Service each : description.services()) {
        if (each.type().equals(type)) {
          return new Igd(http, sameHost(base, each.control()), type);
        }
      }
    }
    throw new IOException("it forwards no ports");
  }

  /**
   * The place that a reference names, if that is of the same host.
   *
   * @throws IOException if it is elsewhere, or no place
   */
  static URI sameHost(URI base, String reference) throws IOException {
    try {
      URI place = base.resolve(new URI(reference));
      boolean isNear =
          "http".equals(place.getScheme())
              && base.getHost().equals(place.getHost())
              && place.getUserInfo() == null
              && place.getPort() != 0
              && place.getPort() <= 65_535;
      if (isNear) {
        return place;
      }
    } catch (URISyntaxException | IllegalArgumentException malformed) {
      throw new IOException("it names a place that is none", malformed);
    }
    throw new IOException("it names a place that is elsewhere");
  }

  @Override
  public PortMapping map(WantedPort wanted, int seconds) throws IOException {
    String refused = add(wanted, seconds);
    long granted = seconds;
    if (refused.equals(ONLY_PERMANENT_LEASES)) {
      refused = add(wanted, 0);
      granted = 0;
    }
    if (!refused.isEmpty()) {
      throw new IOException(ERRORS.getOrDefault(refused, "its error " + refused));
    }
    return new PortMapping(wanted, name(), granted, external());
  }

  /** The error, empty if there is none. */
  private String add(WantedPort wanted, int seconds) throws IOException {
    return call(
            "AddPortMapping",
            place(wanted)
                + argument("NewInternalPort", wanted.inside())
                + argument("NewInternalClient", here())
                + argument("NewEnabled", 1)
                + argument("NewPortMappingDescription", "wsn")
                + argument("NewLeaseDuration", seconds))
        .getOrDefault("errorCode", "");
  }

  @Override
  public void unmap(WantedPort wanted) throws IOException {
    String refused = call("DeletePortMapping", place(wanted)).getOrDefault("errorCode", "");
    if (!refused.isEmpty()) {
      throw new IOException(ERRORS.getOrDefault(refused, "its error " + refused));
    }
  }

  @Override
  public String name() {
    return "UPnP at " + control.getHost();
  }

  private static String place(WantedPort wanted) {
    return argument("NewRemoteHost", "")
        + argument("NewExternalPort", wanted.outside())
        + argument("NewProtocol", wanted.transport());
  }

  private static String argument(String name, Object value) {
    return "<" + name + ">" + value + "</" + name + ">";
  }

  /** A hint that may be missing. */
  private @Nullable IpAddress external() {
    try {
      String text = call("GetExternalIPAddress", "").getOrDefault("NewExternalIPAddress", "");
      return IpAddress.parse(text).orElse(null);
    } catch (IOException untold) {
      return null;
    }
  }

  /** The address of this machine that datagrams to the router leave from. */
  private String here() throws IOException {
    try (DatagramSocket socket = new DatagramSocket()) {
      IpAddress router = IpAddress.parse(control.getHost()).orElseThrow();
      socket.connect(new InetSocketAddress(InetAddress.getByAddress(router.bytes()), 9));
      return socket.getLocalAddress().getHostAddress();
    }
  }

  private Map<String, String> call(String action, String arguments) throws IOException {
    String envelope =
        "<?xml version=\"1.0\"?>\r\n"
            + "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\""
            + " s:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\"><s:Body><u:"
            + (action + " xmlns:u=\"" + service + "\">" + arguments + "</u:" + action)
            + "></s:Body></s:Envelope>\r\n";
    PlainHttp.Answer answer = http.post(control, service + "#" + action, envelope);
    Map<String, String> texts =
        answer.body().available() == 0
            ? Map.of()
            : RouterXml.texts(answer.body(), Set.of("errorCode", "NewExternalIPAddress"));
    if (answer.status() != 200 && !texts.containsKey("errorCode")) {
      throw new IOException("it answers " + action + " with HTTP status " + answer.status());
    }
    return texts;
  }
}
