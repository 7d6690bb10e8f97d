package dev.wsn.mapping;

import dev.wsn.record.AddressScope;
import dev.wsn.record.IpAddress;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Finds routers by SSDP, UPnP Device Architecture 1.1, section 1.3: a question to everybody in the
 * own networks, and for a moment whoever answers. An answer counts if its description is at the
 * address that it came from, and that is not on the Internet.
 */
final class IgdSearch {
  /** Where devices listen. */
  static final InetSocketAddress EVERYBODY = new InetSocketAddress("239.255.255.250", 1900);

  /** At most so many devices are looked at. */
  static final int MAX_DEVICES = 8;

  /** At most so many answers are read, whoever sends them. */
  static final int MAX_ANSWERS = 64;

  private static final int MAX_INTERFACES = 8;
  private static final int MAX_ANSWER_BYTES = 2_048;
  private static final int ROUNDS = 2;
  private static final int ROUND_MILLIS = 1_500;
  private static final int MAX_HOPS = 2;

  private final InetSocketAddress everybody;
  private final LongSupplier monotonicMillis;

  IgdSearch(InetSocketAddress everybody, LongSupplier monotonicMillis) {
    this.everybody = everybody;
    this.monotonicMillis = monotonicMillis;
  }

  /** Where the routers that answered describe themselves, the first first; takes 3 s at most. */
  Set<URI> locations() throws IOException {
    Set<URI> found = new LinkedHashSet<>();
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.setOption(StandardSocketOptions.IP_MULTICAST_TTL, MAX_HOPS);
      int answers = 0;
      for (int round = 0; round < ROUNDS && found.isEmpty(); round++) {
        ask(socket);
        long until = monotonicMillis.getAsLong() + ROUND_MILLIS;
        long left = ROUND_MILLIS;
        while (left > 0 && answers < MAX_ANSWERS && found.size() < MAX_DEVICES) {
          socket.setSoTimeout((int) left);
          DatagramPacket packet = new DatagramPacket(new byte[MAX_ANSWER_BYTES], MAX_ANSWER_BYTES);
          try {
            socket.receive(packet);
          } catch (SocketTimeoutException silent) {
            break;
          }
          answers++;
          location(packet).ifPresent(found::add);
          left = until - monotonicMillis.getAsLong();
        }
      }
    }
    return found;
  }

  private void ask(DatagramSocket socket) throws IOException {
    if (!everybody.getAddress().isMulticastAddress()) {
      send(socket);
      return;
    }
    IOException refused = new IOException("this machine is in no network that has a router");
    boolean isSent = false;
    for (NetworkInterface each : interfaces()) {
      try {
        socket.setOption(StandardSocketOptions.IP_MULTICAST_IF, each);
        send(socket);
        isSent = true;
      } catch (IOException thisOneIsDown) {
        refused = thisOneIsDown;
      }
    }
    if (!isSent) {
      throw refused;
    }
  }

  private void send(DatagramSocket socket) throws IOException {
    for (int version = 1; version <= 2; version++) {
      byte[] question =
          ("M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\n"
                  + "MX: 1\r\nST: urn:schemas-upnp-org:device:InternetGatewayDevice:"
                  + version
                  + "\r\n\r\n")
              .getBytes(StandardCharsets.US_ASCII);
      socket.send(new DatagramPacket(question, question.length, everybody));
    }
  }

  private static List<NetworkInterface> interfaces() throws SocketException {
    List<NetworkInterface> usable = new ArrayList<>();
    for (NetworkInterface each : NetworkInterface.networkInterfaces().toList()) {
      boolean hasIpv4 = each.inetAddresses().anyMatch(Inet4Address.class::isInstance);
      boolean isUsable = each.isUp() && !each.isLoopback() && each.supportsMulticast() && hasIpv4;
      if (isUsable && usable.size() < MAX_INTERFACES) {
        usable.add(each);
      }
    }
    return usable;
  }

  /** The place that an answer names, if that is at the sender's own address. */
  static Optional<URI> location(DatagramPacket packet) {
    IpAddress sender = IpAddress.of(packet.getAddress().getAddress());
    boolean isNear =
        sender.isIpv4()
            && (sender.scope() == AddressScope.PRIVATE || sender.scope() == AddressScope.LOOPBACK);
    String text = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.ISO_8859_1);
    if (!isNear || !text.startsWith("HTTP/1.1 200")) {
      return Optional.empty();
    }
    return text.lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("location:"))
        .findFirst()
        .flatMap(line -> at(sender, line.substring("location:".length()).strip()));
  }

  private static Optional<URI> at(IpAddress sender, String location) {
    try {
      return Optional.of(Igd.sameHost(new URI("http://" + sender + "/"), location));
    } catch (IOException | URISyntaxException elsewhere) {
      return Optional.empty();
    }
  }
}
