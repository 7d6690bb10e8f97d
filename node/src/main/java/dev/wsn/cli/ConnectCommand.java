package dev.wsn.cli;

import dev.wsn.crypto.Secp256k1;
import dev.wsn.gateway.LocalProxy;
import dev.wsn.gateway.LocalProxyOptions;
import dev.wsn.monitor.CountedResolver;
import dev.wsn.record.AddressScope;
import dev.wsn.resolver.Resolver;
import io.vertx.core.Vertx;
import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code wsn connect}. */
@Command(
    name = "connect",
    customSynopsis = {
      "wsn connect [--listen 127.0.0.1:4881] (--resolver URL | --seed NPUB@IP:PORT ...) [OPTIONS]"
    },
    description = "Lets any Nostr app on this machine reach relays by their keys.",
    footer = {
      "",
      "Give the app the relay ws://127.0.0.1:4881/npub1… instead of wss://…; this command",
      "finds the key, opens the encrypted channel and carries the WebSocket through it."
    })
final class ConnectCommand implements Callable<Integer>, Server {
  private static final Logger LOG = LoggerFactory.getLogger(ConnectCommand.class);

  private final Host host;

  @Mixin private final ServerOption server = new ServerOption();
  @Mixin private final NetworkOption network = new NetworkOption();

  @Option(
      names = "--listen",
      paramLabel = "IP:PORT",
      defaultValue = "127.0.0.1:4881",
      description = "where apps connect (default: ${DEFAULT-VALUE})",
      converter = ListenAddress.Converter.class)
  private ListenAddress listen = ListenAddress.NONE;

  ConnectCommand(Host host) {
    this.host = host;
  }

  @Override
  public void check() {
    network.check();
  }

  @Override
  public void examine(Examination examination) {
    examination.tcp(listen);
    network.examine(examination);
  }

  @Override
  public void reloaded() {
    server.reloaded(host);
  }

  @Override
  public Integer call() {
    check();
    host.stop().serve();
    server.begin(host);
    if (listen.address().scope() != AddressScope.LOOPBACK) {
      LOG.warn(
          "--listen {} lets other machines use this proxy, without encryption on the way to it",
          listen);
    }
    Vertx vertx = Vertx.vertx();
    try (Access access = network.open(host)) {
      var resolver = new CountedResolver(access.resolver(), host.monotonicMillis());
      LocalProxy proxy = proxy(vertx, resolver);
      int port = Servers.start(proxy.start(), listen);
      var running = new RunningProxy(vertx, access.client().orElse(null), resolver);
      server.serve(
          host,
          running,
          () -> host.out().println("ready ws://" + listen.withPort(port) + "/<npub>"));
      Answers.await(proxy.stop(), "stopping");
      return ExitCode.DONE;
    } finally {
      Answers.await(vertx.close(), "closing");
    }
  }

  private LocalProxy proxy(Vertx vertx, Resolver resolver) {
    return new LocalProxy(
        vertx,
        resolver,
        Secp256k1.preferred(),
        LocalProxyOptions.of(listen.address(), listen.port(), network.isLocal()),
        host.clock(),
        host.monotonicMillis(),
        host.random());
  }
}
