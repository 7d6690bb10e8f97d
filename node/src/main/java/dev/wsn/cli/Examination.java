package dev.wsn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wsn.crypto.KeyFile;
import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.gateway.Reachability;
import dev.wsn.kademlia.Contact;
import dev.wsn.node.DhtNode;
import dev.wsn.node.SecretFile;
import dev.wsn.node.SecretFileException;
import dev.wsn.record.AddressScope;
import dev.wsn.record.IpAddress;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What {@code wsn doctor} looks at; each finding is a row of its table. */
final class Examination {
  /** Under that much free space a node stops taking records soon. */
  private static final long LITTLE_SPACE_BYTES = 256L << 20;

  private static final int TIMEOUT_MILLIS = 5_000;

  /** How a finding is. */
  enum Grade {
    /** As it should be. */
    OK,
    /** Works, and the operator should know. */
    WARN,
    /** Does not work. */
    BAD
  }

  /** One finding. */
  record Finding(Grade grade, String what, String detail) {}

  private final Host host;
  private final List<Finding> findings;

  /**
   * An examination that adds to a list.
   *
   * @param findings grows
   */
  Examination(Host host, List<Finding> findings) {
    this.host = host;
    this.findings = findings;
  }

  /** Adds a finding. */
  void add(Grade grade, String what, String detail) {
    findings.add(new Finding(grade, what, detail));
  }

  /** The directory of a node. */
  void directory(Path directory) {
    String what = "data directory";
    Path existing = directory.toAbsolutePath();
    while (existing != null && !Files.exists(existing)) {
      existing = existing.getParent();
    }
    if (existing == null || !Files.isDirectory(existing) || !Files.isWritable(existing)) {
      add(Grade.BAD, what, directory + " cannot be written to; give it to the user who runs wsn");
      return;
    }
    boolean isThere = existing.equals(directory.toAbsolutePath());
    add(Grade.OK, what, directory + (isThere ? " can be written to" : " will be made"));
    long free = existing.toFile().getUsableSpace();
    String space = (free >> 20) + " MB are free";
    add(free < LITTLE_SPACE_BYTES ? Grade.WARN : Grade.OK, "disk", space);
  }

  /** A file with a secret key; one that is missing is made by a node, and a mistake elsewhere. */
  void key(Path file, boolean isMade) {
    String what = "key";
    if (!Files.exists(file)) {
      add(isMade ? Grade.OK : Grade.BAD, what, file + (isMade ? " will be made" : " is missing"));
      return;
    }
    try {
      byte[] content = SecretFile.read(file, "the key file");
      try {
        if (KeyFile.isEncrypted(content)) {
          add(Grade.OK, what, file + " is encrypted with a password");
          return;
        }
        SecretFile.requirePrivate(file, "the key file");
        KeyFile.read(content).close();
        add(Grade.OK, what, file + " is private");
      } finally {
        Arrays.fill(content, (byte) 0);
      }
    } catch (SecretFileException | MalformedKeyException wrong) {
      add(Grade.BAD, what, String.valueOf(wrong.getMessage()));
    }
  }

  /** Whether a UDP port is free. */
  void udp(ListenAddress at) {
    try (DatagramSocket socket = new DatagramSocket(null)) {
      socket.bind(new InetSocketAddress(inet(at.address()), at.port()));
      add(Grade.OK, "UDP port", at + " is free");
    } catch (IOException taken) {
      port("UDP port", at, taken);
    }
  }

  /** Whether a TCP port is free. */
  void tcp(ListenAddress at) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.bind(new InetSocketAddress(inet(at.address()), at.port()));
      add(Grade.OK, "TCP port", at + " is free");
    } catch (IOException taken) {
      port("TCP port", at, taken);
    }
  }

  private void port(String what, ListenAddress at, IOException taken) {
    boolean isInUse = String.valueOf(taken.getMessage()).contains("in use");
    add(
        isInUse ? Grade.WARN : Grade.BAD,
        what,
        at
            + (isInUse
                ? " is in use; fine if that is this very server, running"
                : ": " + taken.getMessage()));
  }

  private static InetAddress inet(IpAddress address) throws UnknownHostException {
    return InetAddress.getByAddress(address.bytes());
  }

  /** Whether a resolver is ready. */
  void resolver(URI resolver) {
    try {
      URI ready = URI.create(resolver.toString().replaceFirst("/+$", "") + "/health/ready");
      HttpURLConnection connection = (HttpURLConnection) ready.toURL().openConnection();
      connection.setConnectTimeout(TIMEOUT_MILLIS);
      connection.setReadTimeout(TIMEOUT_MILLIS);
      int status = connection.getResponseCode();
      boolean isReady = status == HttpURLConnection.HTTP_OK;
      add(
          isReady ? Grade.OK : Grade.BAD,
          "resolver",
          resolver + (isReady ? " is ready" : " is not ready, it answers " + status));
    } catch (IOException failure) {
      add(Grade.BAD, "resolver", resolver + " cannot be reached: " + failure.getMessage());
    }
  }

  /** Whether something listens at the address of a backend. */
  void backend(URI backend) {
    int port = backend.getPort() > 0 ? backend.getPort() : 80;
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(backend.getHost(), port), TIMEOUT_MILLIS);
      add(Grade.OK, "backend", backend + " accepts connections");
    } catch (IOException failure) {
      add(Grade.BAD, "backend", backend + " cannot be reached: " + failure.getMessage());
    }
  }

  /** Whether nodes answer, and at which address they see this machine. */
  void network(String network, List<Contact> seeds, boolean isLocal) {
    if (seeds.isEmpty()) {
      add(Grade.WARN, "seeds", "none: a first node, or one that remembers others, needs none");
      return;
    }
    DhtNode.Options options =
        DhtNode.Options.client(
            network,
            seeds,
            isLocal,
            Secp256k1.preferred(),
            host.clock(),
            host.monotonicMillis(),
            host.random());
    try (DhtNode client = DhtNode.start(options, bug -> {})) {
      int known = Answers.await(client.joined(), "joining");
      if (known == 0) {
        add(
            Grade.BAD,
            "seeds",
            "none of "
                + seeds.size()
                + " answers; are they up, of this network, and is UDP let out?");
        return;
      }
      add(Grade.OK, "seeds", known + " nodes answer");
      nat(client.reachableAt().address());
    } finally {
      options.secret().close();
    }
  }

  /** Peers tell their view of our address; before they agree it is only the socket's own. */
  private void nat(IpAddress seen) {
    if (seen.scope() != AddressScope.PUBLIC) {
      add(Grade.OK, "address", "no public address is agreed on; a local network needs none");
    } else if (own().contains(seen)) {
      add(Grade.OK, "address", seen + " is this machine's own, there is no NAT");
    } else {
      add(
          Grade.WARN,
          "address",
          "others see " + seen + ", which is not this machine's: forward the port to it");
    }
  }

  /** Whether strangers reach a running node, which finds that out by what comes in unasked. */
  void reachedUnasked(Optional<ListenAddress> metrics, ListenAddress udp) {
    String what = "reachability";
    if (metrics.isEmpty()) {
      add(Grade.OK, what, "a running node finds out; with --metrics it is asked here");
      return;
    }
    JsonNode families;
    try {
      families =
          new ObjectMapper()
              .readTree(StatusCommand.page(metrics.get()))
              .path(StatusJson.REACHABLE_UNASKED);
    } catch (IOException notRunning) {
      add(Grade.OK, what, "a node finds out within ten minutes; look again while it runs");
      return;
    }
    if (families.isEmpty()) {
      add(Grade.WARN, what, "the running node knows nobody who could reach it");
    }
    for (Map.Entry<String, JsonNode> family : families.properties()) {
      boolean isReached = family.getValue().asBoolean();
      add(
          isReached ? Grade.OK : Grade.WARN,
          what,
          isReached
              ? "others reach the running node over %s, or it started less than ten minutes ago"
                  .formatted(family.getKey())
              : "nobody reaches the running node unasked over %s: open UDP port %d, forward it, or start it with --map-port"
                  .formatted(family.getKey(), udp.port()));
    }
  }

  /** Has a resolver dial the record of a key, as clients do. */
  void dialled(URI resolver, KeyOption key) {
    String what = "reachability";
    Vertx vertx = Servers.loops();
    try (SecretKey secret = key.read(host)) {
      PublicKey self = Secp256k1.preferred().publicKey(secret);
      Reachability reachability = new Reachability(vertx, resolver, self);
      List<Reachability.Seen> all =
          Answers.await(
              reachability
                  .ask()
                  .recover(cause -> Future.failedFuture(cannotTell(resolver, cause)))
                  .eventually(reachability::close),
              "the resolver");
      for (Reachability.Seen seen : all) {
        String detail = seen.isReachable() ? " is reached from " + resolver : ": " + seen.detail();
        add(seen.isReachable() ? Grade.OK : Grade.BAD, what, seen.uri() + detail);
      }
    } catch (CommandFailure | SecretFileException unusable) {
      add(Grade.WARN, what, String.valueOf(unusable.getMessage()));
    } finally {
      Answers.await(vertx.close(), "closing");
    }
  }

  private static CommandFailure cannotTell(URI resolver, Throwable cause) {
    return CommandFailure.unreachable(
        resolver + " cannot tell: " + cause.getMessage() + "; does the relay run, and publish?");
  }

  private static Set<IpAddress> own() {
    Set<IpAddress> own = new HashSet<>();
    try {
      NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .forEach(each -> own.add(IpAddress.of(each.getAddress())));
    } catch (SocketException unknown) {
      return own;
    }
    return own;
  }
}
