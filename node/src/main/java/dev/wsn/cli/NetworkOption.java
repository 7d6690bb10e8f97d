package dev.wsn.cli;

import dev.wsn.crypto.Secp256k1;
import dev.wsn.kademlia.Contact;
import dev.wsn.node.DhtNode;
import dev.wsn.record.AddressScope;
import dev.wsn.record.IpAddress;
import dev.wsn.record.RecordRules;
import dev.wsn.resolver.Resolver;
import dev.wsn.resolver.client.ResolverClient;
import dev.wsn.resolver.client.ResolverGroup;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import picocli.CommandLine.Option;

/** {@code --resolver}, {@code --seed}, {@code --network}, {@code --local}: whom to ask. */
final class NetworkOption {
  @Option(
      names = "--resolver",
      split = ",",
      paramLabel = "URL",
      description =
          "ask this resolver over HTTP; every answer is verified here; repeatable, the next is"
              + " asked when one does not answer",
      converter = UrlConverter.class)
  private List<URI> resolvers = new ArrayList<>();

  @Option(
      names = "--seed",
      split = ",",
      paramLabel = "NPUB@IP:PORT",
      description =
          "ask the DHT itself, starting at this node; repeatable; besides --resolver, when no"
              + " resolver knows a valid record",
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
    return resolvers.isEmpty() && seeds.isEmpty();
  }

  /**
   * Looks for too many resolvers.
   *
   * @throws CommandFailure if there are
   */
  void check() {
    if (resolvers.size() > ResolverGroup.MAX_RESOLVERS) {
      throw CommandFailure.usage(
          "at most " + ResolverGroup.MAX_RESOLVERS + " times --resolver, please");
    }
  }

  /** Looks whether there is a way to the network. */
  void examine(Examination examination) {
    resolvers.forEach(examination::resolver);
    if (resolvers.isEmpty() || !seeds.isEmpty()) {
      examination.network(network, seeds, isLocal);
    }
  }

  /**
   * Opens the way to the network: the resolvers, and the DHT itself when they fail, as far as each
   * was given.
   *
   * @throws CommandFailure if neither was
   */
  Access open(Host host) {
    return open(host, false);
  }

  /** The same; answers tell whom the lookup asked, also those of a resolver. */
  Access openTraced(Host host) {
    return open(host, true);
  }

  private Access open(Host host, boolean isTraced) {
    checkAny();
    if (resolvers.isEmpty()) {
      return throughSeeds(host);
    }
    Access first = throughResolvers(host, isTraced);
    return seeds.isEmpty() ? first : first.before(throughSeeds(host));
  }

  /**
   * The ways to the network one by one, none of them open: each resolver, then the DHT itself.
   *
   * @throws CommandFailure if none was given
   */
  List<Supplier<Access>> ways(Host host) {
    checkAny();
    List<Supplier<Access>> ways = new ArrayList<>();
    for (URI resolver : resolvers) {
      ways.add(() -> through(new ResolverClient(resolver, rules(), host.clock())));
    }
    if (!seeds.isEmpty()) {
      ways.add(() -> throughSeeds(host));
    }
    return ways;
  }

  private void checkAny() {
    if (isAbsent()) {
      throw CommandFailure.usage(
          "whom to ask? Give --resolver URL, or --seed npub1…@IP:PORT of a node of the DHT");
    }
    check();
  }

  private RecordRules rules() {
    boolean areNear = resolvers.stream().allMatch(NetworkOption::isNear);
    return new RecordRules(Secp256k1.preferred(), isLocal || areNear);
  }

  private static Access through(Resolver resolver) {
    return new Access(resolver, Optional.empty(), () -> {});
  }

  private Access throughResolvers(Host host, boolean isTraced) {
    if (resolvers.size() > 1) {
      if (isTraced) {
        throw CommandFailure.usage("--trace asks one resolver; give --resolver once");
      }
      return through(new ResolverGroup(resolvers, rules(), host.clock()));
    }
    ResolverClient client = new ResolverClient(resolvers.get(0), rules(), host.clock());
    return through(isTraced ? client.traced() : client);
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
