package dev.wsn.node;

import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Parameters;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.IpAddress;
import dev.wsn.record.RecordRules;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.wire.Limits;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** Real nodes on loopback, each with a data directory below one parent, stopped together. */
final class LoopbackNodes implements AutoCloseable {
  static final Secp256k1 CURVE = Secp256k1.preferred();
  static final RecordRules RULES = new RecordRules(CURVE, true);
  static final IpAddress LOOPBACK = IpAddress.of(new byte[] {127, 0, 0, 1});

  private final Path parent;
  private final List<DhtNode> started = new ArrayList<>();

  /** Added to the clock of all nodes. */
  final AtomicLong skippedMillis = new AtomicLong();

  final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();

  LoopbackNodes(Path parent) {
    this.parent = parent;
  }

  /** Starts node {@code number} on any port, or again where it was. */
  DhtNode start(int number, int port, List<Contact> seeds) {
    return start(number, port, seeds, Limits.defaults());
  }

  /** As above, with other limits. */
  DhtNode start(int number, int port, List<Contact> seeds, Limits limits) {
    Path directory = parent.resolve("node" + number);
    SecureRandom random = new SecureRandom();
    DhtNode node =
        DhtNode.start(
            new DhtNode.Options(
                "test",
                LOOPBACK,
                port,
                new DhtNode.Storage.InDirectory(directory),
                seeds,
                Parameters.defaults().asLocal(),
                limits,
                NodeKey.loadOrCreate(directory, random),
                CURVE,
                InstantSource.system(),
                this::monotonicMillis,
                random),
            failures::add);
    started.add(node);
    return node;
  }

  DhtNode client(List<Contact> seeds) {
    DhtNode.Options options =
        DhtNode.Options.client(
            "test",
            seeds,
            true,
            CURVE,
            InstantSource.system(),
            this::monotonicMillis,
            new SecureRandom());
    DhtNode node = DhtNode.start(options, failures::add);
    started.add(node);
    return node;
  }

  /** This many nodes that have all joined through the first. */
  List<DhtNode> network(int count) {
    List<DhtNode> nodes = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      List<Contact> seeds = nodes.isEmpty() ? List.of() : List.of(contact(nodes.get(0)));
      DhtNode node = start(i, 0, seeds);
      await(node.joined());
      nodes.add(node);
    }
    return nodes;
  }

  static Contact contact(DhtNode node) {
    return Contact.of(node.key(), node.listening());
  }

  static AddressRecord sign(int number, long createdAt, int port) {
    byte[] scalar = ByteBuffer.allocate(SecretKey.BYTES).putInt(28, 1_000 + number).array();
    Endpoint endpoint = new Endpoint(Endpoint.Network.CLEARNET, "127.0.0.1", port, Endpoint.WSN);
    return RULES.sign(
        SecretKey.of(scalar),
        List.of(endpoint),
        createdAt,
        Duration.ofHours(2),
        new byte[Secp256k1.AUXILIARY_RANDOM_BYTES]);
  }

  static long unixSeconds() {
    return InstantSource.system().instant().getEpochSecond();
  }

  static Publication publish(DhtNode node, AddressRecord addressRecord) {
    return await(node.resolver().publish(addressRecord));
  }

  static Resolution resolve(DhtNode node, AddressRecord wanted) {
    return await(node.resolver().resolve(wanted.pubkey(), ResolvePolicy.QUORUM));
  }

  static <T> T await(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }

  private long monotonicMillis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime()) + skippedMillis.get();
  }

  @Override
  public void close() {
    started.forEach(DhtNode::close);
  }
}
