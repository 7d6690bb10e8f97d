package dev.wsn.load;

import dev.wsn.kademlia.Protocol;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Parameters;
import dev.wsn.node.DhtNode;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import dev.wsn.record.RecordRules;
import dev.wsn.wire.Limits;
import dev.wsn.wire.Rates;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;

/** What the load programs have in common: nodes and records with known keys on 127.0.0.1. */
final class LoadNodes {
  static final String NETWORK = "load";
  static final Secp256k1 CURVE = Secp256k1.preferred();
  static final RecordRules RULES = new RecordRules(CURVE, true);
  static final IpAddress LOOPBACK = IpAddress.of(new byte[] {127, 0, 0, 1});

  /** Key numbers of nodes begin here; records have those below. */
  static final int FIRST_NODE = 10_000_000;

  private LoadNodes() {}

  static SecretKey secret(int number) {
    return SecretKey.of(ByteBuffer.allocate(SecretKey.BYTES).putInt(28, number + 1).array());
  }

  static Contact contact(int node, int port) {
    return Contact.of(CURVE.publicKey(secret(FIRST_NODE + node)), new IpPort(LOOPBACK, port));
  }

  /** A node that serves as many requests as it can. */
  static DhtNode start(int number, int port, Path parent, List<Contact> seeds, int maxRecords) {
    return DhtNode.start(options(number, port, parent, seeds, maxRecords), LoadNodes::fail);
  }

  static DhtNode.Options options(
      int number, int port, Path parent, List<Contact> seeds, int maxRecords) {
    return new DhtNode.Options(
        NETWORK,
        LOOPBACK,
        port,
        new DhtNode.Storage.InDirectory(parent.resolve("node" + number)),
        seeds,
        Parameters.defaults().asLocal().withMaxRecords(maxRecords),
        Limits.defaults().withRates(Rates.defaults().withTotal(Protocol.MAX_RATE)),
        secret(FIRST_NODE + number),
        CURVE,
        InstantSource.system(),
        LoadNodes::millis,
        new SecureRandom());
  }

  static void fail(Throwable failure) {
    System.err.println(failure);
    System.exit(1);
  }

  static AddressRecord record(int number, long createdAt) {
    Endpoint endpoint = new Endpoint(Endpoint.Network.CLEARNET, "203.0.113.7", 4848, Endpoint.WSN);
    return RULES.sign(
        secret(number),
        List.of(endpoint),
        createdAt,
        Duration.ofHours(12),
        new byte[Secp256k1.AUXILIARY_RANDOM_BYTES]);
  }

  static long unixSeconds() {
    return InstantSource.system().instant().getEpochSecond();
  }

  static long millis() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  /** What is in use after everything that nobody needs was collected. */
  static long heapBytes() {
    System.gc();
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  static <T> T await(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(60, TimeUnit.SECONDS).join();
  }
}
