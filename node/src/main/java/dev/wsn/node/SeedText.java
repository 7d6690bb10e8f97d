package dev.wsn.node;

import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Contact;
import dev.wsn.record.AddressScope;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code npub1…@ip:port}, by which others join through this node. A node that listens on all
 * addresses names the one that other nodes see it at, and before any told it, one of this machine's
 * own: public before private before loopback, IPv4 before IPv6.
 */
final class SeedText {
  private static final Logger LOG = LoggerFactory.getLogger(SeedText.class);

  private final PublicKey key;
  private final IpPort listening;
  private final IpAddress own;

  SeedText(PublicKey key, IpPort listening) {
    this.key = key;
    this.listening = listening;
    this.own = isWildcard(listening.address()) ? ownAddress(listening) : listening.address();
  }

  /** {@code npub1…@ip:port} of each. */
  static List<String> of(List<Contact> seeds) {
    return seeds.stream().map(seed -> Nip19.npub(seed.key()) + "@" + seed.address()).toList();
  }

  /**
   * The text.
   *
   * @param external where other nodes see this one
   */
  String text(Optional<IpPort> external) {
    return Nip19.npub(key) + "@" + address(external);
  }

  /** The address in the text. */
  IpPort address(Optional<IpPort> external) {
    return isWildcard(listening.address())
        ? external.orElse(new IpPort(own, listening.port()))
        : listening;
  }

  private static boolean isWildcard(IpAddress address) {
    for (byte each : address.bytes()) {
      if (each != 0) {
        return false;
      }
    }
    return true;
  }

  private static IpAddress ownAddress(IpPort listening) {
    List<IpAddress> candidates = new ArrayList<>();
    try {
      for (NetworkInterface each : NetworkInterface.networkInterfaces().toList()) {
        each.inetAddresses()
            .filter(address -> !address.isLinkLocalAddress())
            .map(InetAddress::getAddress)
            .map(IpAddress::of)
            .filter(address -> address.isIpv4() || !listening.address().isIpv4())
            .forEach(candidates::add);
      }
    } catch (SocketException unknown) {
      LOG.debug("the addresses of this machine cannot be listed", unknown);
    }
    return candidates.stream()
        .filter(address -> address.scope() != AddressScope.UNUSABLE)
        .min(Comparator.comparingInt(SeedText::rank))
        .orElse(IpAddress.of(new byte[] {127, 0, 0, 1}));
  }

  private static int rank(IpAddress address) {
    int byScope =
        switch (address.scope()) {
          case PUBLIC -> 0;
          case PRIVATE -> 2;
          case LOOPBACK -> 4;
          case UNUSABLE -> 6;
        };
    return address.isIpv4() ? byScope : byScope + 1;
  }
}
