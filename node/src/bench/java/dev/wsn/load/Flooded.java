package dev.wsn.load;

import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Parameters;
import dev.wsn.node.DhtNode;
import dev.wsn.node.NodeThreads;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.wire.Limits;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.locks.LockSupport;

/**
 * Nodes with public addresses and default limits, in a network namespace of their own, around one
 * that somebody else floods: lookups of these nodes, and requests to the flooded one alone.
 */
public final class Flooded {
  private static final int NODES = 24;
  private static final int RECORDS = 50;
  private static final int WARM_LOOKUPS = 2_000;
  private static final long PAUSE_NANOS = 10_000_000;

  private Flooded() {}

  /**
   * The flooded node if the first argument is {@code node}, until standard input ends. Else the
   * nodes around it: each line of standard input has them look records up for so many seconds.
   *
   * @param arguments {@code node} or {@code others}, and a directory
   */
  public static void main(String[] arguments) throws IOException {
    Path parent = Path.of(arguments[1]);
    if (arguments[0].equals("node")) {
      try (NodeThreads threads = NodeThreads.of(1, 1);
          DhtNode node = DhtNode.start(options(0, parent, List.of()), threads, LoadNodes::fail)) {
        System.out.println("ready");
        while (System.in.read() >= 0) {
          // Whoever started this closes the pipe.
        }
        System.out.println(node.view().transport());
      }
    } else {
      others(parent);
    }
  }

  private static IpAddress address(int number) {
    return IpAddress.of(new byte[] {45, (byte) (number + 1), 0, 1});
  }

  private static final int PORT = 4848;

  private static DhtNode.Options options(int number, Path parent, List<Contact> seeds) {
    return new DhtNode.Options(
        LoadNodes.NETWORK,
        address(number),
        PORT,
        new DhtNode.Storage.InDirectory(parent.resolve("node" + number)),
        seeds,
        Parameters.defaults(),
        Limits.defaults(),
        LoadNodes.secret(LoadNodes.FIRST_NODE + number),
        LoadNodes.CURVE,
        InstantSource.system(),
        LoadNodes::millis,
        new SecureRandom());
  }

  private static void others(Path parent) throws IOException {
    Contact flooded =
        Contact.of(
            LoadNodes.CURVE.publicKey(LoadNodes.secret(LoadNodes.FIRST_NODE)),
            new IpPort(address(0), PORT));
    NodeThreads threads = NodeThreads.of(1, 1);
    List<DhtNode> nodes = new ArrayList<>();
    for (int i = 1; i <= NODES; i++) {
      DhtNode node = DhtNode.start(options(i, parent, List.of(flooded)), threads, LoadNodes::fail);
      LoadNodes.await(node.joined());
      nodes.add(node);
    }
    List<AddressRecord> records = new ArrayList<>();
    for (int i = 0; i < RECORDS; i++) {
      AddressRecord signed = LoadNodes.record(i, LoadNodes.unixSeconds());
      Publication published =
          LoadNodes.await(nodes.get(i % NODES).resolver().publish(signed.event()));
      if (!(published instanceof Publication.Accepted)) {
        throw new IllegalStateException("not published: " + published);
      }
      records.add(signed);
    }
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < WARM_LOOKUPS; i++) {
      look(nodes, records, random);
    }
    System.out.println("ready");
    StringBuilder line = new StringBuilder();
    for (int read = System.in.read(); read >= 0; read = System.in.read()) {
      if (read == '\n') {
        measure(nodes, records, random, Integer.parseInt(line.toString().trim()));
        line.setLength(0);
      } else {
        line.append((char) read);
      }
    }
    nodes.forEach(DhtNode::close);
    threads.close();
  }

  private static double look(
      List<DhtNode> nodes, List<AddressRecord> records, SplittableRandom random) {
    long start = System.nanoTime();
    Resolution resolution =
        LoadNodes.await(
            nodes
                .get(random.nextInt(NODES))
                .resolver()
                .resolve(records.get(random.nextInt(RECORDS)).pubkey(), ResolvePolicy.FAST));
    double millis = (System.nanoTime() - start) / 1e6;
    return resolution instanceof Resolution.Found ? millis : -1;
  }

  private static void measure(
      List<DhtNode> nodes, List<AddressRecord> records, SplittableRandom random, int seconds)
      throws IOException {
    List<Double> millis = new ArrayList<>();
    int missed = 0;
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    while (System.nanoTime() < end) {
      double took = look(nodes, records, random);
      if (took < 0) {
        missed++;
      } else {
        millis.add(took);
      }
      pause();
    }
    double[] sorted = millis.stream().mapToDouble(Double::doubleValue).toArray();
    Arrays.sort(sorted);
    System.out.printf(
        Locale.ROOT,
        "{\"lookups\":%d,\"missed\":%d,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"max_ms\":%.2f}%n",
        sorted.length,
        missed,
        sorted[sorted.length / 2],
        sorted[sorted.length * 99 / 100],
        sorted[sorted.length - 1]);
  }

  /** Lookups one after the other without a pause would be a flood of their own. */
  private static void pause() {
    LockSupport.parkNanos(PAUSE_NANOS);
  }
}
