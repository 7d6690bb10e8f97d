package dev.wsn.cli;

import dev.wsn.node.DhtNode;
import dev.wsn.node.NodeView;
import dev.wsn.record.AddressScope;
import dev.wsn.record.Endpoint;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import dev.wsn.record.RecordRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;

/**
 * Where a relay or another server can be reached, as far as is known now: the addresses that its
 * operator gave, and for {@code auto} those that nodes of three networks see, IPv4 and IPv6 each by
 * its own votes. As long as too few have voted, a public address of this machine's own stands in.
 * Thread-safe.
 */
final class OwnEndpoints {
  private static final int IPV4 = 0;
  private static final int IPV6 = 1;
  private static final int ENOUGH_NETWORKS = 3;

  /**
   * Who can say where this machine is.
   *
   * @param seen by other nodes, IPv4 first
   * @param own an address of this machine's own, the one that reaches farthest
   * @param ask has other nodes look again
   */
  record Witnesses(
      Supplier<List<NodeView.SeenAddress>> seen, Supplier<IpAddress> own, Runnable ask) {
    /** The nodes that this one talks to. */
    static Witnesses of(DhtNode node) {
      return new Witnesses(
          node.view()::seenAddresses,
          () -> node.reachableAt().address(),
          node.view()::askForAddress);
    }
  }

  private final List<Advertised> wanted;
  private final Optional<Witnesses> witnesses;
  private final ListenAddress listen;
  private final int port;
  private final boolean isLocal;

  /**
   * Looks nowhere yet.
   *
   * @param wanted in order of preference
   * @param witnesses if this process asks the DHT itself
   * @param listen of the gateway
   * @param port that the gateway listens at
   * @param isLocal whether loopback and private addresses are wanted
   */
  OwnEndpoints(
      List<Advertised> wanted,
      Optional<Witnesses> witnesses,
      ListenAddress listen,
      int port,
      boolean isLocal) {
    this.wanted = List.copyOf(wanted);
    this.witnesses = witnesses;
    this.listen = listen;
    this.port = port;
    this.isLocal = isLocal;
  }

  /**
   * What a relay publishes whose operator said nothing: the address that it listens at, or {@code
   * auto} if that is all of them or one behind a router.
   */
  static List<Advertised> standard(ListenAddress listen, int port, boolean isLocal) {
    boolean isBehindRouter = !isLocal && listen.address().scope() == AddressScope.PRIVATE;
    return listen.isAllAddresses() || isBehindRouter
        ? List.of(new Advertised.Auto(Endpoint.WSN, OptionalInt.empty()))
        : List.of(
            new Advertised.Fixed(Endpoint.of(new IpPort(listen.address(), port), Endpoint.WSN)));
  }

  /**
   * Looks for what can never be published.
   *
   * @throws CommandFailure that names it
   */
  static void check(List<Advertised> wanted, boolean isLocal) {
    int most = 0;
    for (Advertised each : wanted) {
      if (each instanceof Advertised.Fixed fixed) {
        LocalAddresses.check(List.of(fixed.endpoint()), isLocal);
      }
      most += each instanceof Advertised.Auto ? 2 : 1;
    }
    if (most > RecordRules.MAX_ENDPOINTS) {
      throw CommandFailure.usage(
          "a record has at most "
              + RecordRules.MAX_ENDPOINTS
              + " addresses, and auto may be two; give fewer --advertise");
    }
  }

  /** Whether other nodes have to say it. */
  boolean areVoted() {
    return wanted.stream().anyMatch(Advertised.Auto.class::isInstance);
  }

  /**
   * Looks whether somebody can say it.
   *
   * @throws CommandFailure if this process only asks resolvers
   */
  void checkWitnesses() {
    if (areVoted() && witnesses.isEmpty()) {
      throw CommandFailure.usage(
          "a resolver cannot tell this machine's address; give the address itself in place of auto,"
              + " or --seed");
    }
  }

  /** The endpoints; empty while none is known. */
  List<Endpoint> now() {
    List<Endpoint> endpoints = new ArrayList<>();
    for (Advertised each : wanted) {
      if (each instanceof Advertised.Fixed fixed) {
        add(endpoints, fixed.endpoint());
      } else if (each instanceof Advertised.Auto auto) {
        int outside = auto.port().orElse(port);
        for (IpAddress address : seen()) {
          add(endpoints, Endpoint.of(new IpPort(address, outside), auto.protocol()));
        }
      }
    }
    return List.copyOf(endpoints);
  }

  private static void add(List<Endpoint> endpoints, Endpoint endpoint) {
    if (!endpoints.contains(endpoint)) {
      endpoints.add(endpoint);
    }
  }

  /** Has other nodes say again where they see this machine. */
  void ask() {
    witnesses.ifPresent(all -> all.ask().run());
  }

  private List<IpAddress> seen() {
    List<IpAddress> seen = new ArrayList<>();
    for (NodeView.SeenAddress family : families()) {
      family
          .address()
          .map(IpPort::address)
          .filter(address -> isPublishable(address.scope()))
          .ifPresent(seen::add);
    }
    boolean haveOthersSpoken =
        families().stream().anyMatch(family -> family.networks() >= ENOUGH_NETWORKS);
    if (seen.isEmpty() && !haveOthersSpoken) {
      witnesses
          .map(all -> all.own().get())
          .filter(address -> isPublishable(address.scope()))
          .ifPresent(seen::add);
    }
    return seen;
  }

  /** Of those that the gateway listens to. */
  private List<NodeView.SeenAddress> families() {
    return witnesses
        .map(all -> all.seen().get())
        .map(
            both ->
                listen.address().isIpv4()
                    ? List.of(both.get(IPV4))
                    : listen.isAllAddresses() ? both : List.of(both.get(IPV6)))
        .orElse(List.of());
  }

  private boolean isPublishable(AddressScope scope) {
    return scope == AddressScope.PUBLIC || (isLocal && scope != AddressScope.UNUSABLE);
  }

  /** Why {@link #now} is empty, a sentence for people with what to do. */
  String reason() {
    int networks = 0;
    for (NodeView.SeenAddress family : families()) {
      networks = Math.max(networks, family.networks());
      if (family.address().isPresent()) {
        return "other nodes see this machine at "
            + family.address().get().address()
            + ", which the Internet cannot reach; add --local for a network of your own, or give"
            + " the public address with --advertise IP:PORT";
      }
    }
    String who =
        networks == 0
            ? "no other node has said yet where it sees this machine"
            : networks < ENOUGH_NETWORKS
                ? "only nodes of "
                    + networks
                    + (networks == 1 ? " network" : " networks")
                    + " have said where they see this machine, and 3 must agree"
                : "nodes of " + networks + " networks do not agree where they see this machine";
    return who + "; if you know its public address, give it with --advertise IP:PORT";
  }
}
