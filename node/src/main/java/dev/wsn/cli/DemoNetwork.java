package dev.wsn.cli;

import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Parameters;
import dev.wsn.node.DhtNode;
import dev.wsn.node.NodeKey;
import dev.wsn.record.IpAddress;
import dev.wsn.wire.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;

/**
 * Some nodes of a DHT on the loopback interface, each with its own socket, key and database, as if
 * each were a process of its own. Owned by one thread.
 */
final class DemoNetwork implements AutoCloseable {
  private static final IpAddress LOOPBACK = IpAddress.of(new byte[] {127, 0, 0, 1});

  private final Host host;
  private final Secp256k1 curve;
  private final Path directory;
  private final List<DhtNode> nodes = new ArrayList<>();
  private final List<SecretKey> secrets = new ArrayList<>();

  private DemoNetwork(Host host, Secp256k1 curve, Path directory) {
    this.host = host;
    this.curve = curve;
    this.directory = directory;
  }

  /**
   * Starts the nodes; each joins through the first, which knows nobody.
   *
   * @param size at least 2
   */
  static DemoNetwork start(Host host, Secp256k1 curve, int size) {
    DemoNetwork network = new DemoNetwork(host, curve, temporaryDirectory(host));
    try {
      for (int i = 0; i < size; i++) {
        network.add();
      }
      for (DhtNode node : network.nodes) {
        int known = Answers.await(node.joined(), "joining");
        if (known == 0 && node != network.nodes.get(0)) {
          throw CommandFailure.unreachable("a node found no other node");
        }
      }
      return network;
    } catch (RuntimeException failure) {
      network.close();
      throw failure;
    }
  }

  /** In {@code TMPDIR}, which Java does not look at by itself. */
  private static Path temporaryDirectory(Host host) {
    String standard = System.getProperty("java.io.tmpdir", ".");
    Path parent = Path.of(host.environment().getOrDefault("TMPDIR", standard));
    try {
      return Files.createTempDirectory(parent, "wsn-demo");
    } catch (IOException failure) {
      throw CommandFailure.usage(
          "cannot make a directory in " + parent + "; set TMPDIR to a directory of your own");
    }
  }

  private void add() {
    Path home = directory.resolve("node-" + (nodes.size() + 1));
    SecretKey secret = NodeKey.loadOrCreate(home, host.random());
    secrets.add(secret);
    List<Contact> seeds =
        nodes.isEmpty()
            ? List.of()
            : List.of(Contact.of(nodes.get(0).key(), nodes.get(0).listening()));
    DhtNode.Options options =
        new DhtNode.Options(
            DhtNode.Options.MAIN_NETWORK,
            LOOPBACK,
            0,
            new DhtNode.Storage.InDirectory(home),
            seeds,
            Parameters.defaults().asLocal(),
            Limits.defaults(),
            secret,
            curve,
            host.clock(),
            host.monotonicMillis(),
            host.random());
    nodes.add(DhtNode.start(options, bug -> host.stop().request()));
  }

  /** How many nodes run. */
  int size() {
    return nodes.size();
  }

  /**
   * A node.
   *
   * @param number from 1; wraps around
   */
  DhtNode node(int number) {
    return nodes.get((number - 1) % nodes.size());
  }

  /** A directory that is deleted in the end. */
  Path directory() {
    return directory;
  }

  /** Stops all nodes and deletes what they kept. */
  @Override
  public void close() {
    nodes.forEach(DhtNode::close);
    secrets.forEach(SecretKey::close);
    delete(directory);
  }

  private static void delete(Path directory) {
    try {
      Files.walkFileTree(
          directory,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes a) throws IOException {
              Files.deleteIfExists(file);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path done, IOException failure)
                throws IOException {
              Files.deleteIfExists(done);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException failure) {
      throw new UncheckedIOException("cannot delete " + directory, failure);
    }
  }
}
