package dev.wsn.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.SecretKey;
import dev.wsn.kademlia.Protocol;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.RecordSeal;
import dev.wsn.record.RecordVersion;
import dev.wsn.record.RollbackMemory;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import dev.wsn.store.RecordStore;
import dev.wsn.store.Restored;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A node is killed at a random moment while records are published to it, again and again with the
 * same data directory. What it acknowledged is on its disk, whole, and it starts again and still
 * answers with it. A kill leaves what the operating system has taken, so that every commit is also
 * synced is for {@code DatabaseTest} to check. {@code -Dcrash.runs=200} for more runs, {@code
 * -Dcrash.seed} for other moments.
 */
class CrashTest {
  /** Not the node's, so that every signature is verified. */
  private static final SecretKey OTHER = SecretKey.generate(new SecureRandom());

  private static final int RUNS = Integer.getInteger("crash.runs", 5);
  private static final long SEED = Long.getLong("crash.seed", 1);
  private static final int KEYS = 40;
  private static final int IN_FLIGHT = 8;

  /** A node is often killed while it starts, too. */
  private static final int MAX_START_MILLIS = 1_500;

  private static final int MAX_PUBLISHING_MILLIS = 300;

  private final Path parent;
  private final Path directory;
  private final Random random = new Random(SEED);
  private final long now = LoopbackNodes.unixSeconds();

  /** What the node said is on its disk: newest acknowledged version of each key. */
  private final Map<PublicKey, AddressRecord> acknowledged = new ConcurrentHashMap<>();

  private int published;

  CrashTest(@TempDir Path parent) {
    this.parent = parent;
    this.directory = parent.resolve("victim");
  }

  @Test
  void acknowledgedRecordsSurviveEveryKill() throws Exception {
    for (int run = 0; run < RUNS; run++) {
      if (run % 5 == 4) {
        killWhileStarting();
      } else {
        killWhilePublishing();
      }
      assertEverythingIsOnDisk(run);
    }
    assertThat(acknowledged).as("records acknowledged in all runs").isNotEmpty();
    assertEverythingIsAnswered();
  }

  private void killWhileStarting() throws Exception {
    NodeProcess victim = NodeProcess.launch(directory, 0, List.of());
    pause(random.nextInt(MAX_START_MILLIS));
    victim.kill();
  }

  private void killWhilePublishing() throws Exception {
    NodeProcess victim = NodeProcess.launch(directory, 0, List.of());
    String seed = victim.seed();
    try (LoopbackNodes nodes = new LoopbackNodes(parent)) {
      DhtNode client = nodes.client(List.of(NodeProcess.contact(seed)));
      LoopbackNodes.await(client.joined());
      Semaphore window = new Semaphore(IN_FLIGHT);
      CountDownLatch isTimeUp = new CountDownLatch(1);
      Thread publisher = new Thread(() -> publishUntil(isTimeUp, window, client));
      publisher.start();
      pause(random.nextInt(MAX_PUBLISHING_MILLIS));
      victim.kill();
      isTimeUp.countDown();
      publisher.join();
    }
  }

  /** Keeps a number of publications in flight. */
  private void publishUntil(CountDownLatch isTimeUp, Semaphore window, DhtNode client) {
    while (isTimeUp.getCount() > 0) {
      if (!tryAcquire(window)) {
        continue;
      }
      // Ever newer versions of the same keys, all in the past and all alive.
      AddressRecord next =
          LoopbackNodes.sign(published % KEYS, now - 6_000 + published / KEYS, 4_848);
      published++;
      var unused =
          client
              .resolver()
              .publish(next)
              .whenComplete(
                  (publication, failure) -> {
                    if (publication instanceof Publication.Accepted) {
                      acknowledged.merge(next.pubkey(), next, CrashTest::newer);
                    }
                    window.release();
                  });
    }
  }

  private static boolean tryAcquire(Semaphore window) {
    try {
      return window.tryAcquire(20, TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  private static AddressRecord newer(AddressRecord one, AddressRecord other) {
    return one.version().supersedes(other.version()) ? one : other;
  }

  /** Waits that long; there is nothing to wait for, the moment is meant to be random. */
  private static void pause(int millis) throws InterruptedException {
    boolean unused = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
  }

  private void assertEverythingIsOnDisk(int run) {
    Throwable[] failure = new Throwable[1];
    try (RecordStore store =
        RecordStore.open(
            directory, "test", RecordSeal.of(OTHER), () -> 0, bug -> failure[0] = bug)) {
      Restored restored = store.restore(LoopbackNodes.RULES, now);
      String what = "run " + run + " of -Dcrash.seed=" + SEED;
      assertThat(restored.dropped()).as(what).isZero();
      Map<PublicKey, RecordVersion> found = new HashMap<>();
      RollbackMemory memory = new RollbackMemory(Protocol.MAX_WAITING_WRITES);
      restored.recall(memory);
      restored.records().forEach(each -> found.put(each.pubkey(), each.version()));
      acknowledged.forEach(
          (key, promised) -> {
            assertThat(found).as(what).containsKey(key);
            assertThat(found.get(key)).as(what).isGreaterThanOrEqualTo(promised.version());
            assertThat(memory.newest(key).orElseThrow())
                .as(what)
                .isGreaterThanOrEqualTo(promised.version());
          });
    }
    assertThat(failure[0]).isNull();
  }

  private void assertEverythingIsAnswered() throws IOException {
    NodeProcess victim = NodeProcess.launch(directory, 0, List.of());
    try (LoopbackNodes nodes = new LoopbackNodes(parent)) {
      DhtNode client = nodes.client(List.of(NodeProcess.contact(victim.seed())));
      acknowledged.forEach(
          (key, promised) ->
              assertThat(LoopbackNodes.resolve(client, promised))
                  .isInstanceOfSatisfying(
                      Resolution.Found.class,
                      found ->
                          assertThat(found.addressRecord().version())
                              .isGreaterThanOrEqualTo(promised.version())));
    } finally {
      victim.kill();
    }
  }
}
