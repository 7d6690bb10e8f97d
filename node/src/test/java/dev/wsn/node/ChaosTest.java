package dev.wsn.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Thirty node processes, each in a network namespace with a public address, with the delays and
 * losses of the internet between them. They are killed and started again at random, once they are
 * cut in halves, and all the while records are published. Nothing that was acknowledged is lost:
 * after the healing every node finds every record, none older than acknowledged. Run by {@code
 * src/test/chaos/run}, which makes the namespace that all of it lives in.
 */
@EnabledIfSystemProperty(named = "chaos.minutes", matches = "\\d+")
class ChaosTest {
  private static final long SEED = Long.getLong("chaos.seed", 1);
  private static final int NODES = 30;
  private static final int SEEDS = 3;
  private static final int KEYS = 60;
  private static final int MAX_DOWN = 8;
  private static final int IN_FLIGHT = 8;
  private static final double LOSS = 0.02;
  private static final int PAUSE_MILLIS = 300;
  private static final Duration LIMIT_AFTER_HEALING = Duration.ofMinutes(5);
  private static final int PORT = 4848;
  private static final int HTTP_PORT = 4880;

  private final Path parent;
  private final Random random = new Random(SEED);
  private final long now = LoopbackNodes.unixSeconds();
  private final List<Member> running = new ArrayList<>();
  private final List<Integer> down = new ArrayList<>();
  private final List<String> seeds = new ArrayList<>();

  /** What the nodes said they keep: newest acknowledged version of each key. */
  private final Map<PublicKey, AddressRecord> acknowledged = new ConcurrentHashMap<>();

  private final AtomicInteger accepted = new AtomicInteger();
  private final AtomicInteger found = new AtomicInteger();
  private final ExecutorService threads = Executors.newFixedThreadPool(NODES);
  private final Semaphore window = new Semaphore(IN_FLIGHT);

  private int published;
  private int kills;
  private int asked;
  private Wire wire;

  private record Member(int number, NodeProcess node) {}

  ChaosTest(@TempDir Path parent) {
    this.parent = parent;
  }

  @BeforeEach
  void connect() throws IOException {
    wire = Wire.start(SEED);
    wire.host("control", "192.88.98.1");
    for (int number = 0; number < NODES; number++) {
      wire.host(name(number), address(number));
    }
  }

  @AfterEach
  void end() throws IOException {
    threads.shutdownNow();
    running.forEach(member -> member.node().kill());
    wire.close();
  }

  @Test
  void nothingAcknowledgedIsLost() throws Exception {
    start();
    Duration length = Duration.ofMinutes(Long.getLong("chaos.minutes", 5));
    long began = System.nanoTime();
    boolean isCut = false;
    long passed = 0;
    while (passed < length.toNanos()) {
      boolean isTimeOfPartition =
          passed > length.toNanos() * 2 / 5 && passed < length.toNanos() * 3 / 5;
      if (isTimeOfPartition && !isCut) {
        wire.partition(half());
      } else if (isCut && !isTimeOfPartition) {
        wire.heal();
      }
      isCut = isTimeOfPartition;
      act();
      passed = System.nanoTime() - began;
    }
    wire.heal();
    while (!down.isEmpty()) {
      restart();
    }
    window.acquireUninterruptibly(IN_FLIGHT);
    String after = assertEverythingIsFoundByEveryNode();
    System.err.printf(
        "chaos: %d nodes, seed %d: %d kills, %d of %d publications acknowledged, %d of %d reads"
            + " answered meanwhile; %d records found by all nodes %s after the healing%n",
        NODES,
        SEED,
        kills,
        accepted.get(),
        published,
        found.get(),
        asked,
        acknowledged.size(),
        after);
  }

  private void start() throws IOException {
    for (int number = 0; number < NODES; number++) {
      NodeProcess node = launch(number);
      running.add(new Member(number, node));
      if (number < SEEDS) {
        seeds.add(node.seed());
      }
    }
    for (Member member : running) {
      String unused = member.node().seed();
      untilReady(member.node());
    }
    wire.lose(LOSS);
  }

  private NodeProcess launch(int number) throws IOException {
    String address = address(number);
    return NodeProcess.launch(
        List.of("ip", "netns", "exec", name(number)),
        parent.resolve(name(number)),
        List.of("--listen", address + ":" + PORT, "--http", address + ":" + HTTP_PORT),
        // Who was here before comes back by what it remembers.
        down.contains(number) ? List.of() : seeds);
  }

  private static String name(int number) {
    return "chaos" + number;
  }

  /** Addresses of many networks, two nodes in each of them. */
  private static String address(int number) {
    int network = number / 2;
    return (20 + network * 11)
        + "."
        + (7 + network * 13)
        + "."
        + (network * 17 + 1)
        + "."
        + (10 + number);
  }

  private List<String> half() {
    List<String> names = new ArrayList<>();
    for (int number = 0; number < NODES; number += 2) {
      names.add(name(number));
    }
    return names;
  }

  private void act() throws IOException, InterruptedException {
    int dice = random.nextInt(100);
    if (dice < 12 && down.size() < MAX_DOWN) {
      kill();
    } else if (dice < 24 && !down.isEmpty()) {
      restart();
    } else if (dice < 70) {
      publish();
    } else {
      read();
    }
    boolean unused =
        new CountDownLatch(1).await(random.nextInt(PAUSE_MILLIS), TimeUnit.MILLISECONDS);
  }

  private Member anyRunning() {
    return running.get(random.nextInt(running.size()));
  }

  private void kill() {
    Member member = anyRunning();
    member.node().kill();
    running.remove(member);
    down.add(member.number());
    kills++;
  }

  private void restart() throws IOException {
    int number = down.get(random.nextInt(down.size()));
    NodeProcess node = launch(number);
    down.remove(Integer.valueOf(number));
    running.add(new Member(number, node));
    String unused = node.seed();
  }

  private void publish() {
    AddressRecord next = sign(published % KEYS, now - 6_000 + published / KEYS);
    NodeProcess node = anyRunning().node();
    published++;
    inBackground(
        () -> {
          if (node.publish(next) instanceof Publication.Accepted) {
            accepted.incrementAndGet();
            acknowledged.merge(next.pubkey(), next, ChaosTest::newer);
          }
        });
  }

  private static AddressRecord newer(AddressRecord one, AddressRecord other) {
    return one.version().supersedes(other.version()) ? one : other;
  }

  private void inBackground(Runnable task) {
    window.acquireUninterruptibly();
    threads.execute(
        () -> {
          try {
            task.run();
          } finally {
            window.release();
          }
        });
  }

  private static AddressRecord sign(int number, long createdAt) {
    byte[] scalar = ByteBuffer.allocate(SecretKey.BYTES).putInt(28, 5_000 + number).array();
    return LoopbackNodes.RULES.sign(
        SecretKey.of(scalar),
        List.of(new Endpoint(Endpoint.Network.CLEARNET, "8.8.4.4", PORT, Endpoint.WSN)),
        createdAt,
        Duration.ofHours(4),
        new byte[Secp256k1.AUXILIARY_RANDOM_BYTES]);
  }

  private void read() {
    List<AddressRecord> all = new ArrayList<>(acknowledged.values());
    if (all.isEmpty()) {
      return;
    }
    AddressRecord promised = all.get(random.nextInt(all.size()));
    NodeProcess node = anyRunning().node();
    asked++;
    inBackground(
        () -> {
          if (keeps(node.resolve(promised), promised)) {
            found.incrementAndGet();
          }
        });
  }

  /** Whether an answer brings what was promised, or something newer. */
  private static boolean keeps(Resolution answer, AddressRecord promised) {
    return answer instanceof Resolution.Found found
        && !promised.version().supersedes(found.addressRecord().version());
  }

  private String assertEverythingIsFoundByEveryNode() throws InterruptedException {
    assertThat(acknowledged).as("acknowledged records").hasSizeGreaterThan(KEYS / 2);
    long healed = System.nanoTime();
    try {
      List<Future<?>> nodes = new ArrayList<>();
      for (Member member : running) {
        nodes.add(threads.submit(() -> findAll(member, healed)));
      }
      for (Future<?> node : nodes) {
        node.get();
      }
    } catch (ExecutionException failure) {
      throw new AssertionError("with -Dchaos.seed=" + SEED, failure.getCause());
    }
    return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - healed) + " s";
  }

  private void findAll(Member member, long healed) {
    untilReady(member.node());
    int done = 0;
    for (AddressRecord promised : acknowledged.values()) {
      Resolution answer = member.node().resolve(promised);
      for (int asked = 1; !keeps(answer, promised); asked++) {
        assertThat(System.nanoTime() - healed)
            .as(
                "%s has found %d of %d records; asked %d times for %s of %d it says %s",
                name(member.number()),
                done,
                acknowledged.size(),
                asked,
                promised.pubkey().hex(),
                promised.createdAt(),
                answer)
            .isLessThan(LIMIT_AFTER_HEALING.toNanos());
        answer = member.node().resolve(promised);
      }
      done++;
    }
  }

  private static void untilReady(NodeProcess node) {
    long began = System.nanoTime();
    while (!node.isReady()) {
      assertThat(System.nanoTime() - began).isLessThan(LIMIT_AFTER_HEALING.toNanos());
      LockSupport.parkNanos(50_000_000);
    }
  }
}
