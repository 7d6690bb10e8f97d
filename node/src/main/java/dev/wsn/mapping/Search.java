package dev.wsn.mapping;

import dev.wsn.record.IpAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/** A way to find routers. */
interface Search {
  /**
   * Those that are there, the best first; blocks for a bounded time.
   *
   * @throws IOException with a sentence for people, if there is none
   */
  List<Router> routers() throws IOException;

  /** Name of the protocol, for people. */
  String name();

  /** What is done for a method, in this order. */
  static List<Search> of(MappingMethod method, LongSupplier monotonicMillis) {
    List<Search> all = new ArrayList<>();
    if (method != MappingMethod.UPNP) {
      all.add(new ByDefaultRoute(monotonicMillis));
    }
    if (method != MappingMethod.NAT_PMP) {
      all.add(new ByQuestion(IgdSearch.EVERYBODY, monotonicMillis));
    }
    return List.copyOf(all);
  }

  /** NAT-PMP at the routers of the default route. */
  record ByDefaultRoute(LongSupplier monotonicMillis) implements Search {
    @Override
    public List<Router> routers() throws IOException {
      List<Router> routers = new ArrayList<>();
      for (IpAddress each : DefaultRoute.routers()) {
        InetAddress address = InetAddress.getByAddress(each.bytes());
        routers.add(new NatPmp(new InetSocketAddress(address, NatPmp.PORT), monotonicMillis));
      }
      if (routers.isEmpty()) {
        throw new IOException("this system names no router");
      }
      return routers;
    }

    @Override
    public String name() {
      return "NAT-PMP";
    }
  }

  /**
   * UPnP at whoever answers.
   *
   * @param everybody whom the question is sent to
   */
  record ByQuestion(InetSocketAddress everybody, LongSupplier monotonicMillis) implements Search {
    @Override
    public List<Router> routers() throws IOException {
      Set<URI> locations = new IgdSearch(everybody, monotonicMillis).locations();
      if (locations.isEmpty()) {
        throw new IOException("no router answers");
      }
      List<Router> routers = new ArrayList<>();
      IOException last = new IOException("no router answers");
      for (URI location : locations) {
        try {
          routers.add(Igd.describe(new PlainHttp(monotonicMillis), location));
        } catch (IOException useless) {
          last = new IOException(location.getHost() + ": " + useless.getMessage(), useless);
        }
      }
      if (routers.isEmpty()) {
        throw last;
      }
      return routers;
    }

    @Override
    public String name() {
      return "UPnP";
    }
  }
}
