package dev.wsn.cli;

import dev.wsn.crypto.Secp256k1;
import dev.wsn.kademlia.Contact;
import dev.wsn.node.DhtNode;
import dev.wsn.record.AddressScope;
import dev.wsn.record.IpAddress;
import dev.wsn.record.RecordRules;
import dev.wsn.resolver.client.ResolverClient;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --resolver}, {@code --seed}, {@code --network}, {@code --local}: whom to ask. */
final class NetworkOption {
  @Option(
      names = "--resolver",
      paramLabel = "URL",
      description = "ask this resolver over HTTP; every answer is verified here",
      converter = UrlConverter.class)
  private @Nullable URI resolver;

  @Option(
      names = "--seed",
      split = ",",
      paramLabel = "NPUB@IP:PORT",
      description = "ask the DHT itself, starting at this node; repeatable",
      converter = SeedConverter.class)
  private List<Contact> seeds = new ArrayList<>();

  @Option(
      names = "--network",
      paramLabel = "NAME",
      defaultValue = DhtNode.Options.MAIN_NETWORK,
      description = "which DHT the seeds are of (default: ${DEFAULT-VALUE})",
      converter = NetworkName.class)
  private String network = DhtNode.Options.MAIN_NETWORK;

  @Option(names = "--local", description = "allow loopback and private addresses")
  private boolean isLocal;

  /** Whether loopback and private addresses were asked for. */
  boolean isLocal() {
    return isLocal;
  }

  /** Seeds on this machine or in this house say by themselves that the network is local. */
  boolean isLocalNetwork() {
    boolean areNear =
        !seeds.isEmpty()
            && seeds.stream()
                .allMatch(seed -> seed.address().address().scope() != AddressScope.PUBLIC);
    return isLocal || areNear;
  }

  /** Whether neither a resolver nor a seed was given. */
  boolean isAbsent() {
    return resolver == null && seeds.isEmpty();
  }

  /**
   * Looks for a contradiction.
   *
   * @throws CommandFailure if there is more than one way to the network
   */
  void check() {
    if (resolver != null && !seeds.isEmpty()) {
      throw CommandFailure.usage("give --resolver or --seed, not both");
    }
  }

  /** Looks whether there is a way to the network. */
  void examine(Examination examination) {
    if (resolver == null) {
      examination.network(network, seeds, isLocal);
    } else {
      examination.resolver(resolver);
    }
  }

  /**
   * Opens the way to the network.
   *
   * @throws CommandFailure if there is none, or more than one
   */
  Access open(Host host) {
    return open(host, false);
  }

  /** The same; answers tell whom the lookup asked, also those of a resolver. */
  Access openTraced(Host host) {
    return open(host, true);
  }

  private Access open(Host host, boolean isTraced) {
    if (isAbsent()) {
      throw CommandFailure.usage(
          "whom to ask? Give --resolver URL, or --seed npub1…@IP:PORT of a node of the DHT");
    }
    check();
    return resolver == null ? throughSeeds(host) : through(resolver, host, isTraced);
  }

  private Access through(URI url, Host host, boolean isTraced) {
    RecordRules rules = new RecordRules(Secp256k1.preferred(), isLocal || isNear(url));
    ResolverClient client = new ResolverClient(url, rules, host.clock());
    return new Access(isTraced ? client.traced() : client, Optional.empty(), () -> {});
  }

  /** A resolver on this machine or in this house may know a local network. */
  private static boolean isNear(URI url) {
    String name = url.getHost();
    String bare = name.startsWith("[") ? name.substring(1, name.length() - 1) : name;
    return name.equalsIgnoreCase("localhost")
        || IpAddress.parse(bare).filter(ip -> ip.scope() != AddressScope.PUBLIC).isPresent();
  }

  private Access throughSeeds(Host host) {
    DhtNode.Options options =
        DhtNode.Options.client(
            network,
            seeds,
            isLocalNetwork(),
            Secp256k1.preferred(),
            host.clock(),
            host.monotonicMillis(),
            host.random());
    DhtNode client = DhtNode.start(options, bug -> host.stop().request());
    return new Access(
        client.resolver(),
        Optional.of(client),
        () -> {
          client.close();
          options.secret().close();
        });
  }
}
