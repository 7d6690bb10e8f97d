package dev.wsn.load;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.kademlia.Contact;
import dev.wsn.node.DhtNode;
import dev.wsn.node.NodeThreads;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.resolver.Evidence;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Many nodes of 127.0.0.1 in one process: 200 records published by random nodes one after the
 * other, each read by another random node one after the other, then 1,000 reads, 32 at a time.
 * Prints one line of figures. The same as the programs of other DHTs in the comparison do.
 */
public final class Network {
  private static final int RECORDS = 200;
  private static final int READS = 1_000;
  private static final int AT_ONCE = 32;
  private static final int CORES = Runtime.getRuntime().availableProcessors();

  private final NodeThreads threads = NodeThreads.of(CORES, CORES);
  private final List<DhtNode> nodes = new ArrayList<>();
  private final List<AddressRecord> records = new ArrayList<>();
  private final List<Integer> owners = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(12_345);

  private Network() {}

  /**
   * Measures.
   *
   * @param arguments a directory, how many nodes, and how many rounds before the one that counts
   */
  public static void main(String[] arguments) {
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> LoadNodes.fail(failure));
    int count = Integer.parseInt(arguments[1]);
    Network network = new Network();
    long began = System.nanoTime();
    network.start(Path.of(arguments[0]), count);
    double boot = (System.nanoTime() - began) / 1e9;
    StringBuilder line = new StringBuilder();
    line.append(
        String.format(Locale.ROOT, "{\"peer\":\"wsn\",\"nodes\":%d,\"boot_s\":%.1f", count, boot));
    // The Java machine compiles while it runs; the rounds before the last are for that.
    for (int round = Integer.parseInt(arguments[2]); round >= 0; round--) {
      StringBuilder figures = new StringBuilder();
      network.round(round, figures);
      if (round == 0) {
        line.append(figures);
      }
    }
    System.out.println(line.append('}'));
    System.exit(0);
  }

  private void start(Path directory, int count) {
    for (int i = 0; i < count; i++) {
      List<Contact> seeds = new ArrayList<>();
      for (int seed : i == 0 ? new int[0] : new int[] {0, random.nextInt(i), random.nextInt(i)}) {
        seeds.add(LoadNodes.contact(seed, nodes.get(seed).listening().port()));
      }
      DhtNode node =
          DhtNode.start(LoadNodes.options(i, 0, directory, seeds, 10_000), threads, LoadNodes::fail);
      LoadNodes.await(node.joined());
      nodes.add(node);
    }
  }

  private void round(int number, StringBuilder line) {
    records.clear();
    owners.clear();
    put(number * RECORDS, line);
    for (ResolvePolicy policy : List.of(ResolvePolicy.FAST, ResolvePolicy.QUORUM)) {
      get(policy, line);
    }
  }

  private void put(int first, StringBuilder line) {
    long createdAt = LoadNodes.unixSeconds();
    double[] millis = new double[RECORDS];
    int acknowledged = 0;
    for (int i = 0; i < RECORDS; i++) {
      int owner = random.nextInt(nodes.size());
      long start = System.nanoTime();
      AddressRecord signed = record(first + i, createdAt);
      Publication published = LoadNodes.await(nodes.get(owner).resolver().publish(signed.event()));
      millis[i] = (System.nanoTime() - start) / 1e6;
      if (!(published instanceof Publication.Accepted accepted)) {
        throw new IllegalStateException("not published: " + published);
      }
      acknowledged += accepted.acknowledged();
      records.add(signed);
      owners.add(owner);
    }
    line.append(
        String.format(
            Locale.ROOT,
            ",\"puts\":%d,\"put_p50_ms\":%.3f,\"put_p99_ms\":%.3f,\"copies\":%.1f,\"bytes\":%d",
            RECORDS,
            percentile(millis, 0.5),
            percentile(millis, 0.99),
            (double) acknowledged / RECORDS,
            records.get(0).compact().length));
  }

  /** A server with an address of each family. */
  private static AddressRecord record(int number, long createdAt) {
    List<Endpoint> endpoints =
        List.of(
            new Endpoint(Endpoint.Network.CLEARNET, "2001:470:1:2::7", 4848, Endpoint.WSN),
            new Endpoint(Endpoint.Network.CLEARNET, "198.51.100.7", 4848, Endpoint.WSN));
    return LoadNodes.RULES.sign(
        LoadNodes.secret(number),
        endpoints,
        createdAt,
        Duration.ofHours(12),
        new byte[Secp256k1.AUXILIARY_RANDOM_BYTES]);
  }

  private int other(int owner) {
    int reader;
    do {
      reader = random.nextInt(nodes.size());
    } while (reader == owner);
    return reader;
  }

  private void get(ResolvePolicy policy, StringBuilder line) {
    double[] millis = new double[RECORDS];
    int found = 0;
    int asked = 0;
    for (int i = 0; i < RECORDS; i++) {
      long start = System.nanoTime();
      Resolution resolution = LoadNodes.await(resolve(i, other(owners.get(i)), policy));
      millis[i] = (System.nanoTime() - start) / 1e6;
      found += isFound(resolution, i) ? 1 : 0;
      asked += asked(resolution);
    }
    AtomicInteger next = new AtomicInteger();
    AtomicInteger hits = new AtomicInteger();
    int[] readers = new int[READS];
    Arrays.setAll(readers, i -> other(owners.get(i % RECORDS)));
    long cpu = cpuNanos();
    long start = System.nanoTime();
    CompletableFuture<?>[] workers = new CompletableFuture<?>[AT_ONCE];
    for (int i = 0; i < AT_ONCE; i++) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      workers[i] = done;
      work(policy, readers, next, hits, done);
    }
    LoadNodes.await(CompletableFuture.allOf(workers));
    double seconds = (System.nanoTime() - start) / 1e9;
    double cpuMillis = (cpuNanos() - cpu) / 1e6;
    line.append(
        String.format(
            Locale.ROOT,
            ",\"%s\":{\"gets\":%d,\"get_success\":%d,\"get_p50_ms\":%.3f,\"get_p99_ms\":%.3f,"
                + "\"conc_gets_s\":%.1f,\"conc_success\":%d,\"conc_gets\":%d,"
                + "\"cpu_ms_per_get\":%.2f,\"req_per_get\":%.1f}",
            policy == ResolvePolicy.FAST ? "fast" : "quorum",
            RECORDS,
            found,
            percentile(millis, 0.5),
            percentile(millis, 0.99),
            READS / seconds,
            hits.get(),
            READS,
            cpuMillis / READS,
            (double) asked / RECORDS));
  }

  private void work(
      ResolvePolicy policy,
      int[] readers,
      AtomicInteger next,
      AtomicInteger hits,
      CompletableFuture<Void> done) {
    int number = next.getAndIncrement();
    if (number >= READS) {
      done.complete(null);
      return;
    }
    var unused =
        resolve(number % RECORDS, readers[number], policy)
            .thenAccept(
                resolution -> {
                  if (isFound(resolution, number % RECORDS)) {
                    hits.incrementAndGet();
                  }
                  work(policy, readers, next, hits, done);
                });
  }

  private CompletableFuture<Resolution> resolve(int number, int reader, ResolvePolicy policy) {
    PublicKey key = records.get(number).pubkey();
    return nodes.get(reader).resolver().resolve(key, policy).toCompletableFuture();
  }

  private boolean isFound(Resolution resolution, int number) {
    return resolution instanceof Resolution.Found hit
        && hit.addressRecord().version().equals(records.get(number).version());
  }

  private static int asked(Resolution resolution) {
    Evidence evidence =
        resolution instanceof Resolution.Found hit
            ? hit.evidence()
            : Evidence.none(ResolvePolicy.FAST, "");
    return evidence.asked();
  }

  private static double percentile(double[] values, double share) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[Math.min(sorted.length - 1, (int) (sorted.length * share))];
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
