package dev.wsn.resolver.dns;

import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.IpAddress;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.HINFORecord;
import org.xbill.DNS.HTTPSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.SVCBBase;
import org.xbill.DNS.SVCBRecord;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;

/** What an address record is in DNS. Stateless. */
final class KeyRecords {
  private static final String HTTPS = "https";

  private KeyRecords() {}

  /**
   * The records of a type, none if there are none: A and AAAA the addresses; SVCB the wsn endpoints
   * and HTTPS the https ones, with port and address (RFC 9460), in the owner's order; TXT the id
   * and times of the signed event; ANY the little that RFC 8482 asks for.
   *
   * @param ttl seconds
   */
  static List<org.xbill.DNS.Record> of(AddressRecord current, Name name, int type, long ttl) {
    return switch (type) {
      case Type.A, Type.AAAA -> addresses(current, name, type == Type.A, ttl);
      case Type.SVCB -> services(current, name, Endpoint.WSN, ttl);
      case Type.HTTPS -> services(current, name, HTTPS, ttl);
      case Type.TXT -> List.of(text(current, name, ttl));
      case Type.ANY -> List.of(new HINFORecord(name, DClass.IN, ttl, "RFC8482", ""));
      default -> List.of();
    };
  }

  private static List<org.xbill.DNS.Record> addresses(
      AddressRecord current, Name name, boolean isIpv4, long ttl) {
    Set<IpAddress> distinct = new LinkedHashSet<>();
    for (Endpoint endpoint : current.endpoints()) {
      IpAddress.parse(endpoint.host())
          .filter(each -> each.isIpv4() == isIpv4)
          .ifPresent(distinct::add);
    }
    List<org.xbill.DNS.Record> records = new ArrayList<>();
    for (IpAddress each : distinct) {
      InetAddress address = inet(each);
      records.add(
          isIpv4
              ? new ARecord(name, DClass.IN, ttl, address)
              : new AAAARecord(name, DClass.IN, ttl, address));
    }
    return records;
  }

  private static List<org.xbill.DNS.Record> services(
      AddressRecord current, Name name, String protocol, long ttl) {
    List<org.xbill.DNS.Record> records = new ArrayList<>();
    for (Endpoint endpoint : current.endpoints()) {
      if (!endpoint.protocol().equals(protocol)
          || endpoint.network() != Endpoint.Network.CLEARNET) {
        continue;
      }
      List<SVCBBase.ParameterBase> parameters = new ArrayList<>();
      parameters.add(new SVCBBase.ParameterPort(endpoint.port()));
      IpAddress.parse(endpoint.host()).ifPresent(each -> parameters.add(hint(inet(each))));
      int priority = records.size() + 1;
      records.add(
          protocol.equals(HTTPS)
              ? new HTTPSRecord(name, DClass.IN, ttl, priority, Name.root, parameters)
              : new SVCBRecord(name, DClass.IN, ttl, priority, Name.root, parameters));
    }
    return records;
  }

  private static SVCBBase.ParameterBase hint(InetAddress address) {
    return address instanceof Inet4Address four
        ? new SVCBBase.ParameterIpv4Hint(List.of(four))
        : new SVCBBase.ParameterIpv6Hint(List.of((Inet6Address) address));
  }

  private static org.xbill.DNS.Record text(AddressRecord current, Name name, long ttl) {
    return new TXTRecord(
        name,
        DClass.IN,
        ttl,
        List.of(
            "v=wsn1",
            "id=" + current.event().id().hex(),
            "created_at=" + current.createdAt(),
            "expires_at=" + current.expiresAt()));
  }

  private static InetAddress inet(IpAddress literal) {
    try {
      return InetAddress.getByAddress(literal.bytes());
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
