package dev.wsn.cli;

import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Parameters;
import dev.wsn.kademlia.Protocol;
import dev.wsn.mapping.WantedPort;
import dev.wsn.node.DhtNode;
import dev.wsn.node.NodeKey;
import dev.wsn.record.AddressScope;
import dev.wsn.wire.Limits;
import dev.wsn.wire.Rates;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wsn node}. */
@Command(
    name = "node",
    description = "Runs a node of the DHT, and a resolver over HTTP.",
    footer = {
      "",
      "The first line of output is what others need to join: seed npub1…@ip:port.",
      "A first node needs no seed; later starts remember the nodes that they met.",
      "SIGHUP reads the configuration again; wsn config show node tells what is used."
    })
final class NodeCommand implements Callable<Integer>, Server {
  private final Host host;

  @Mixin private final ServerOption server = new ServerOption();

  @Option(
      names = "--listen",
      paramLabel = "IP:PORT",
      defaultValue = "[::]:4848",
      description = "where to receive datagrams (default: ${DEFAULT-VALUE}, all addresses)",
      converter = ListenAddress.Converter.class)
  private ListenAddress listen = ListenAddress.NONE;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "where the node keeps its key and its records (default: ~/.local/share/wsn)")
  private @Nullable Path data;

  @Reloadable
  @Option(
      names = "--seed",
      split = ",",
      paramLabel = "NPUB@IP:PORT",
      description = "a node to join through; repeatable",
      converter = SeedConverter.class)
  private List<Contact> seeds = new ArrayList<>();

  @Option(
      names = "--http",
      paramLabel = "IP:PORT",
      description = "where the resolver listens (default: 127.0.0.1:4880)",
      converter = ListenAddress.Converter.class)
  private @Nullable ListenAddress http;

  @Option(
      names = "--network",
      paramLabel = "NAME",
      defaultValue = DhtNode.Options.MAIN_NETWORK,
      description = "which DHT to be in (default: ${DEFAULT-VALUE})",
      converter = NetworkName.class)
  private String network = DhtNode.Options.MAIN_NETWORK;

  @Mixin private final ResolverOption resolving = new ResolverOption();
  @Mixin private final MapPortOption mapping = new MapPortOption();

  @Option(names = "--local", description = "allow loopback and private addresses")
  private boolean isLocal;

  @Reloadable
  @Option(
      names = "--max-requests",
      paramLabel = "RATE",
      defaultValue = "" + Protocol.UNPROVEN_IN_TOTAL,
      description =
          "requests a second that are opened, of all addresses together; with a cookie two and a"
              + " half times as many (default: ${DEFAULT-VALUE})")
  private int maxRequests = Protocol.UNPROVEN_IN_TOTAL;

  @Reloadable
  @Option(
      names = "--max-requests-per-address",
      paramLabel = "RATE",
      defaultValue = "" + Protocol.UNPROVEN_PER_ADDRESS,
      description =
          "the same of one address, with a cookie five times as many; of a /24 or /48 four times"
              + " that (default: ${DEFAULT-VALUE})")
  private int maxRequestsPerAddress = Protocol.UNPROVEN_PER_ADDRESS;

  private volatile Optional<RunningNode> running = Optional.empty();

  NodeCommand(Host host) {
    this.host = host;
  }

  @Override
  public Integer call() {
    check();
    host.stop().serve();
    server.begin(host);
    Path directory = data == null ? DataDirectory.standard(host.environment()) : data;
    try (SecretKey secret = NodeKey.loadOrCreate(directory, host.random());
        RunningNode node = RunningNode.start(host, options(directory, secret), http, resolving)) {
      running = Optional.of(node);
      int port = node.dht().listening().port();
      mapping.start(host, new WantedPort(WantedPort.Transport.UDP, port, port));
      try {
        server.serve(host, mapping.shown(node), () -> announce(node));
      } finally {
        mapping.stop();
      }
      return node.hasFailed() ? ExitCode.INTERNAL : ExitCode.DONE;
    }
  }

  private void announce(RunningNode node) {
    host.out().println("seed " + node.dht().seed());
    host.out().println("http " + node.httpUrl());
    node.dns().ifPresent(at -> host.out().println("dns " + at));
  }

  @Override
  public void check() {
    if (listen.address().scope() == AddressScope.LOOPBACK && !isLocal) {
      throw CommandFailure.usage(
          "--listen "
              + listen
              + " is this machine only; listen on another address, or add --local for a network"
              + " of this machine");
    }
    mapping.check(listen);
    Rates unused = rates();
    resolving.check();
    for (Contact seed : seeds) {
      LocalAddresses.check("the seed " + seed.address(), seed.address().address().scope(), isLocal);
    }
  }

  @Override
  public void examine(Examination examination) {
    Path directory = data == null ? DataDirectory.standard(host.environment()) : data;
    examination.directory(directory);
    examination.key(directory.resolve(NodeKey.FILE), true);
    examination.udp(listen);
    if (http != null) {
      examination.tcp(http);
    }
    examination.network(network, seeds, isLocal);
    examination.reachedUnasked(server.metrics(), listen);
  }

  @Override
  public void reloaded() {
    server.reloaded(host);
    resolving.reloaded();
    running.ifPresent(
        node -> {
          node.dht().reload(seeds, rates());
          node.renew(resolving.tls(), host.clock().instant());
        });
  }

  private DhtNode.Options options(Path directory, SecretKey secret) {
    Parameters parameters = Parameters.defaults();
    return new DhtNode.Options(
        network,
        listen.address(),
        listen.port(),
        new DhtNode.Storage.InDirectory(directory),
        seeds,
        isLocal ? parameters.asLocal() : parameters,
        Limits.defaults().withRates(rates()),
        secret,
        Secp256k1.preferred(),
        host.clock(),
        host.monotonicMillis(),
        host.random());
  }

  private Rates rates() {
    return Rates.defaults()
        .withTotal(rate("--max-requests", maxRequests))
        .withPerAddress(rate("--max-requests-per-address", maxRequestsPerAddress));
  }

  private static int rate(String option, int perSecond) {
    if (perSecond < 1 || perSecond > Protocol.MAX_RATE) {
      throw CommandFailure.usage(option + " is 1 to " + Protocol.MAX_RATE + " requests a second");
    }
    return perSecond;
  }

  /** Where things go that nobody said a place for. */
  static final class DataDirectory {
    private DataDirectory() {}

    /** {@code $XDG_DATA_HOME/wsn}, or {@code ~/.local/share/wsn}. */
    static Path standard(Map<String, String> environment) {
      String base = environment.getOrDefault("XDG_DATA_HOME", "");
      return base.isEmpty()
          ? Path.of(System.getProperty("user.home", "."), ".local", "share", "wsn")
          : Path.of(base, "wsn");
    }
  }
}
