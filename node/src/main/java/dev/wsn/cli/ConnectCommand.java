package dev.wsn.cli;

import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.gateway.LocalProxy;
import dev.wsn.gateway.LocalProxyOptions;
import dev.wsn.monitor.CountedResolver;
import dev.wsn.record.AddressScope;
import dev.wsn.resolver.Resolver;
import io.vertx.core.Vertx;
import java.nio.file.Path;
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

/** {@code wsn connect}. */
@Command(
    name = "connect",
    customSynopsis = {
      "wsn connect [--listen 127.0.0.1:4881] (--resolver URL | --seed NPUB@IP:PORT) ... [OPTIONS]"
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

  @Option(
      names = "--allow-origin",
      split = ",",
      paramLabel = "ORIGIN",
      description =
          "let pages of this web site use the proxy, for example https://app.example; * for all;"
              + " repeatable")
  private List<String> origins = new ArrayList<>();

  @Option(
      names = "--forward",
      split = ",",
      paramLabel = "PORT=KEY",
      description =
          "listen at this port, too, and give all its paths to this key, for apps that put their"
              + " paths at the root; repeatable",
      converter = ForwardConverter.class)
  private List<LocalProxyOptions.Forward> forwards = new ArrayList<>();

  @Option(
      names = "--socks",
      paramLabel = "PORT",
      defaultValue = "-1",
      description =
          "speak SOCKS5 at this port, too: programs that use it reach http://<npub>.wsn/ and"
              + " ws://<npub>.wsn/; -1 for none (default: ${DEFAULT-VALUE})")
  private int socks;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "prove this key to every relay; without it this side stays anonymous")
  private @Nullable Path keyFile;

  @Option(
      names = "--password-file",
      paramLabel = "FILE",
      description = "file whose first line is the password of an ncryptsec key file")
  private @Nullable Path passwordFile;

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
    Vertx vertx = Servers.loops();
    try (Access access = network.open(host).remembering(host)) {
      var resolver = new CountedResolver(access.resolver(), host.monotonicMillis());
      Optional<SecretKey> self = self();
      LocalProxy proxy = proxy(vertx, resolver, self);
      int port = Servers.start(proxy.start(), listen, "--listen");
      var running = new RunningProxy(vertx, access.client().orElse(null), resolver);
      server.serve(host, running, () -> announce(proxy, port));
      Answers.await(proxy.stop(), "stopping");
      self.ifPresent(SecretKey::close);
      return ExitCode.DONE;
    } finally {
      Answers.await(vertx.close(), "closing");
    }
  }

  private void announce(LocalProxy proxy, int port) {
    host.out().println("ready ws://" + listen.withPort(port) + "/<npub>");
    for (int i = 0; i < forwards.size(); i++) {
      String npub = Nip19.npub(forwards.get(i).key());
      String at = listen.withPort(proxy.forwardedPorts().get(i)).toString();
      host.out().println("forward http://" + at + "/ to " + npub);
    }
    if (proxy.socksPort() > 0) {
      host.out().println("socks5 " + listen.withPort(proxy.socksPort()));
    }
  }

  private Optional<SecretKey> self() {
    return keyFile == null
        ? Optional.empty()
        : Optional.of(KeyOption.read(host, keyFile, passwordFile));
  }

  private LocalProxy proxy(Vertx vertx, Resolver resolver, Optional<SecretKey> self) {
    return new LocalProxy(
        vertx,
        resolver,
        Secp256k1.preferred(),
        self,
        LocalProxyOptions.of(listen.address(), listen.port(), network.isLocal())
            .withAllowedOrigins(origins)
            .withForwards(forwards)
            .withSocks(socks),
        host.clock(),
        host.monotonicMillis(),
        host.random());
  }
}
