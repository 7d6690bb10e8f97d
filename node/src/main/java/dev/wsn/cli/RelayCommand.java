package dev.wsn.cli;

import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.gateway.Backend;
import dev.wsn.gateway.Gateway;
import dev.wsn.gateway.GatewayLimits;
import dev.wsn.gateway.GatewayOptions;
import dev.wsn.gateway.Publisher;
import dev.wsn.gateway.PublisherOptions;
import dev.wsn.gateway.Reachability;
import dev.wsn.mapping.WantedPort;
import dev.wsn.monitor.CountedResolver;
import dev.wsn.node.DhtNode;
import dev.wsn.record.Endpoint;
import dev.wsn.record.RecordRules;
import dev.wsn.record.Topic;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolver;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wsn relay}. */
@Command(
    name = "relay",
    customSynopsis = {
      "wsn relay --key FILE --backend [SERVICE=]URL... [--listen IP:4848]",
      "          [--advertise auto|IP:PORT]... [--seed NPUB@IP:PORT]... [OPTIONS]"
    },
    description = "Makes a relay reachable by its key: gateway in front, record in the DHT.",
    footer = {
      "",
      "The relay itself is not changed. Its key is what --key holds; put it into NIP-11 \"self\".",
      "--advertise auto is what happens without --advertise, too, unless --listen names an"
          + " address:",
      "the record names what nodes of three networks see, IPv4 and IPv6 each on its own, and",
      "follows when that changes. The port is that of --listen, or that of auto:PORT."
    })
final class RelayCommand implements Callable<Integer>, Server {
  private static final Logger LOG = LoggerFactory.getLogger(RelayCommand.class);

  private final Host host;

  @Mixin private final KeyOption key = new KeyOption();
  @Mixin private final ServerOption server = new ServerOption();
  @Mixin private final NetworkOption network = new NetworkOption();
  @Mixin private final LimitOption limits = new LimitOption();
  @Mixin private final ClientAccessOption clients = new ClientAccessOption();
  @Mixin private final MapPortOption mapping = new MapPortOption();

  @Option(
      names = "--backend",
      required = true,
      split = ",",
      paramLabel = "[SERVICE=]URL",
      description =
          "the relay, ws://HOST:PORT, or a Blossom server, http://HOST:PORT; repeatable; the"
              + " gateway connects to nothing else",
      converter = BackendConverter.class)
  private List<Backend> backends = new ArrayList<>();

  @Option(
      names = "--listen",
      paramLabel = "IP:PORT",
      defaultValue = "[::]:4848",
      description = "where clients connect (default: ${DEFAULT-VALUE}, all addresses)",
      converter = ListenAddress.Converter.class)
  private ListenAddress listen = ListenAddress.NONE;

  @Option(
      names = "--advertise",
      split = ",",
      paramLabel = "auto|IP:PORT",
      description =
          "address to publish, the best first: auto[:PORT] for what other nodes see, an address"
              + " such as that of a router, or an onion name; repeatable",
      converter = Advertised.Converter.class)
  private List<Advertised> advertised = new ArrayList<>();

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      defaultValue = "2h",
      description = "how long a record lives; renewed at a third of it (default: ${DEFAULT-VALUE})",
      converter = LifetimeConverter.class)
  private Duration lifetime = PublisherOptions.DEFAULT_LIFETIME;

  @Option(
      names = "--check-from",
      paramLabel = "URL",
      description =
          "have this resolver dial the published address, and say what clients would find",
      converter = UrlConverter.class)
  private @Nullable URI checkFrom;

  @Option(
      names = "--topic",
      split = ",",
      paramLabel = "WORD",
      description =
          "announce the relay to everybody under this topic, so that it is found by wsn directory;"
              + " at most 4 (default: none)",
      converter = TopicConverter.class)
  private List<Topic> topics = new ArrayList<>();

  @Option(
      names = "--withdraw",
      description = "say on a clean stop that the key is nowhere; clients give up at once then")
  private boolean isWithdrawn;

  private volatile Optional<Gateway> running = Optional.empty();

  RelayCommand(Host host) {
    this.host = host;
  }

  @Override
  public void check() {
    network.check();
    clients.check();
    mapping.check(listen);
    GatewayLimits unused = limits.limits();
    OwnEndpoints.check(advertised, network.isLocal());
  }

  @Override
  public void examine(Examination examination) {
    key.examine(examination);
    examination.tcp(listen);
    backends.forEach(each -> examination.backend(each.uri()));
    network.examine(examination);
    if (checkFrom != null) {
      examination.dialled(checkFrom, key);
    }
  }

  @Override
  public void reloaded() {
    server.reloaded(host);
    running.ifPresent(gateway -> gateway.change(limits.limits()));
  }

  @Override
  public Integer call() {
    check();
    host.stop().serve();
    server.begin(host);
    Vertx vertx = Servers.loops();
    try (SecretKey secret = key.read(host)) {
      Gateway gateway = gateway(vertx, secret);
      running = Optional.of(gateway);
      int port = Servers.start(gateway.start(), listen, "--listen");
      try {
        mapping.startAndWait(
            host, new WantedPort(WantedPort.Transport.TCP, port, outside(advertised, port)));
        serve(vertx, secret, gateway, port);
      } finally {
        mapping.stop();
        Answers.await(gateway.stop(), "stopping the gateway");
      }
      return ExitCode.DONE;
    } finally {
      Answers.await(vertx.close(), "closing");
    }
  }

  private Gateway gateway(Vertx vertx, SecretKey secret) {
    GatewayOptions options;
    try {
      options =
          new GatewayOptions(
              listen.address(),
              listen.port(),
              backends,
              Math.max(1, Runtime.getRuntime().availableProcessors() - 1),
              limits.limits());
    } catch (IllegalArgumentException wrong) {
      throw CommandFailure.usage(String.valueOf(wrong.getMessage()));
    }
    return new Gateway(
        vertx,
        secret,
        Secp256k1.preferred(),
        options,
        clients.open(vertx),
        host.monotonicMillis(),
        host.random());
  }

  private void serve(Vertx vertx, SecretKey secret, Gateway gateway, int port) {
    if (network.isAbsent()) {
      LOG.warn("no --seed: the address is published nowhere, clients must know it");
      server.serve(
          host,
          mapping.shown(new RunningRelay(vertx, gateway, null, null, host::unixSeconds)),
          () -> announce(secret, own(Optional.empty(), port).now()));
      return;
    }
    OwnEndpoints.check(wanted(port), network.isLocal());
    try (Access access = network.open(host)) {
      access.client().ifPresent(client -> Answers.await(client.joined(), "joining"));
      OwnEndpoints own = own(access.client(), port);
      own.checkWitnesses();
      List<Endpoint> endpoints = own.now();
      var resolver = new CountedResolver(access.resolver(), host.monotonicMillis());
      Publisher publisher = publisher(vertx, resolver, secret, endpoints);
      report(Answers.await(publisher.start().recover(RelayCommand::explain), "publishing"));
      Runnable check = check(vertx, publisher);
      check.run();
      Optional<AddressWatch> watch =
          own.areVoted()
              ? Optional.of(
                  AddressWatch.publishing(vertx, own, endpoints, publisher, host.out(), check))
              : Optional.empty();
      var published = new RunningRelay.Published(publisher, resolver);
      DhtNode client = access.client().orElse(null);
      server.serve(
          host,
          mapping.shown(new RunningRelay(vertx, gateway, client, published, host::unixSeconds)),
          () -> announce(secret, endpoints));
      LOG.info("stopping");
      watch.ifPresent(AddressWatch::close);
      Answers.await(publisher.stop(), "stopping to publish");
    }
  }

  private Publisher publisher(
      Vertx vertx, Resolver resolver, SecretKey secret, List<Endpoint> endpoints) {
    RecordRules rules = new RecordRules(Secp256k1.preferred(), network.isLocal());
    PublisherOptions options =
        new PublisherOptions(
            endpoints, topics, lifetime, PublisherOptions.stateFileOf(key.file()), isWithdrawn);
    return new Publisher(vertx, resolver, rules, secret, options, host.clock(), host.random());
  }

  /** The port of the router: that of the first address that is advertised with one. */
  static int outside(List<Advertised> advertised, int port) {
    for (Advertised each : advertised) {
      if (each instanceof Advertised.Auto auto && auto.port().isPresent()) {
        return auto.port().getAsInt();
      }
      if (each instanceof Advertised.Fixed fixed && fixed.endpoint().ipPort().isPresent()) {
        return fixed.endpoint().port();
      }
    }
    return port;
  }

  private List<Advertised> wanted(int port) {
    return advertised.isEmpty()
        ? OwnEndpoints.standard(listen, port, network.isLocal())
        : advertised;
  }

  private OwnEndpoints own(Optional<DhtNode> client, int port) {
    return new OwnEndpoints(
        wanted(port), client.map(OwnEndpoints.Witnesses::of), listen, port, network.isLocal());
  }

  /** Has the published addresses dialled from outside, if there is somebody to ask. */
  private Runnable check(Vertx vertx, Publisher publisher) {
    if (checkFrom == null) {
      return () -> {};
    }
    Reachability reachability = new Reachability(vertx, checkFrom, publisher.key());
    return () -> {
      Future<?> unused = reachability.check();
    };
  }

  private void announce(SecretKey secret, List<Endpoint> endpoints) {
    var self = Secp256k1.preferred().publicKey(secret);
    host.out().println("relay wsn://" + Nip19.npub(self));
    AddressWatch.print(host.out(), self, endpoints);
  }

  /** The file beside the key may be of another key, or unreadable. */
  private static Future<Publication> explain(Throwable failure) {
    return Future.failedFuture(
        failure instanceof IOException unusable
            ? CommandFailure.usage(String.valueOf(unusable.getMessage()))
            : failure);
  }

  private static void report(Publication first) {
    if (first instanceof Publication.Refused refused) {
      throw CommandFailure.refused(refused.detail());
    }
  }
}
