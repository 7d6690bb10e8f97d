package dev.wsn.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Protocol;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.RecordRules;
import dev.wsn.record.RecordSeal;
import dev.wsn.record.RecordVersion;
import dev.wsn.record.RollbackMemory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is acknowledged stays; what cannot be kept is said so; one transaction carries many. */
class RecordStoreTest {
  private static final long NOW = Records.NOW;

  private final Path directory;
  private final ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();

  RecordStoreTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @AfterEach
  void writerNeverFailed() {
    assertThat(failures).isEmpty();
  }

  private RecordStore open() {
    return open(directory);
  }

  private RecordStore open(Path where) {
    return RecordStore.open(where, "main", Records.SEALS, () -> 0, failures::add);
  }

  private static StoreResult put(RecordStore store, AddressRecord addressRecord) {
    CompletableFuture<StoreResult> result = new CompletableFuture<>();
    store.put(Records.own(addressRecord), result::complete);
    return result.join();
  }

  private static Restored restore(RecordStore store) {
    return store.restore(Records.RULES, NOW);
  }

  private static Map<PublicKey, RecordVersion> recalled(Restored restored) {
    RollbackMemory memory = new RollbackMemory(10_000);
    restored.recall(memory);
    Map<PublicKey, RecordVersion> newest = new HashMap<>();
    memory.forEach(newest::put);
    return newest;
  }

  @Test
  void storedRecordIsThereAfterRestart() {
    AddressRecord one = Records.of(1, NOW);
    AddressRecord two = Records.of(2, NOW - 60);
    try (RecordStore store = open()) {
      assertThat(put(store, one)).isEqualTo(StoreResult.ON_DISK);
      assertThat(put(store, two)).isEqualTo(StoreResult.ON_DISK);
    }
    try (RecordStore store = open()) {
      Restored restored = restore(store);
      assertThat(restored.records()).containsExactlyInAnyOrder(one, two);
      assertThat(recalled(restored))
          .containsEntry(one.pubkey(), one.version())
          .containsEntry(two.pubkey(), two.version());
      assertThat(restored.dropped()).isZero();
    }
  }

  /** The files are copied the moment a store is acknowledged, as a kill at that moment would. */
  @Test
  void acknowledgedRecordIsInTheFilesAtThatMoment() throws IOException {
    List<AddressRecord> acknowledged = new ArrayList<>();
    try (RecordStore store = open()) {
      for (int i = 0; i < 20; i++) {
        AddressRecord next = Records.of(i, NOW + i % 3);
        CompletableFuture<Path> copied = new CompletableFuture<>();
        int number = i;
        store.put(Records.own(next), result -> copied.complete(copy("copy" + number)));
        acknowledged.add(next);
        try (RecordStore killed = open(copied.join())) {
          assertThat(restore(killed).records()).containsExactlyInAnyOrderElementsOf(acknowledged);
        }
      }
    }
  }

  private Path copy(String name) {
    Path target = directory.resolve(name);
    try (Stream<Path> files = Files.list(directory)) {
      Files.createDirectory(target);
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String fileName = file.getFileName().toString();
        // The shared-memory index is rebuilt from the log; a copy of it may be torn.
        if (!fileName.endsWith("-shm") && !fileName.equals("lock")) {
          Files.copy(file, target.resolve(fileName));
        }
      }
      return target;
    } catch (IOException failure) {
      throw new java.io.UncheckedIOException(failure);
    }
  }

  @Test
  void newestWinsWhateverTheOrderOfArrival() throws InterruptedException {
    List<AddressRecord> versions = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      versions.add(Records.of(1, NOW + i / 2, 4848 + i, Duration.ofHours(1)));
    }
    AddressRecord newest = Collections.max(versions, Comparator.comparing(AddressRecord::version));
    Collections.shuffle(versions, new Random(7));
    ConcurrentLinkedQueue<StoreResult> results = new ConcurrentLinkedQueue<>();
    CompletableFuture<StoreResult> newestResult = new CompletableFuture<>();
    ExecutorService callers = Executors.newFixedThreadPool(4);
    try (RecordStore store = open()) {
      for (AddressRecord version : versions) {
        callers.execute(
            () ->
                store.put(
                    Records.own(version),
                    result -> {
                      results.add(result);
                      if (version.equals(newest)) {
                        newestResult.complete(result);
                      }
                    }));
      }
      callers.shutdown();
      assertThat(callers.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
      assertThat(newestResult.join()).isEqualTo(StoreResult.ON_DISK);
    }
    assertThat(results)
        .hasSize(versions.size())
        .containsOnly(StoreResult.ON_DISK, StoreResult.SUPERSEDED);
    try (RecordStore store = open()) {
      assertThat(restore(store).records()).containsExactly(newest);
      assertThat(recalled(restore(store))).containsEntry(newest.pubkey(), newest.version());
      assertThat(put(store, newest)).isEqualTo(StoreResult.ON_DISK);
      assertThat(put(store, Records.of(1, NOW - 1))).isEqualTo(StoreResult.SUPERSEDED);
    }
  }

  @Test
  void waitingWritesShareOneTransaction() {
    try (RecordStore store = open()) {
      CountDownLatch release = block(store);
      List<CompletableFuture<StoreResult>> results = new ArrayList<>();
      for (int i = 1; i <= 500; i++) {
        CompletableFuture<StoreResult> result = new CompletableFuture<>();
        store.put(Records.own(Records.of(i, NOW)), result::complete);
        results.add(result);
      }
      release.countDown();
      results.forEach(result -> assertThat(result.join()).isEqualTo(StoreResult.ON_DISK));
      assertThat(store.statistics().commits()).isEqualTo(2);
      assertThat(store.statistics().written()).isEqualTo(501);
    }
  }

  /** Holds the writer in the report of a first write. */
  private static CountDownLatch block(RecordStore store) {
    CountDownLatch isBlocked = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    store.put(
        Records.own(Records.of(0, NOW)),
        result -> {
          isBlocked.countDown();
          await(release);
        });
    await(isBlocked);
    return release;
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  @Test
  void fullQueueRefusesAtOnce() {
    AddressRecord one = Records.of(1, NOW);
    try (RecordStore store = open()) {
      CountDownLatch release = block(store);
      CompletableFuture<StoreResult> last = new CompletableFuture<>();
      for (int i = 0; i < Protocol.MAX_WAITING_WRITES; i++) {
        store.put(Records.own(one), result -> {});
      }
      store.put(Records.own(one), last::complete);
      assertThat(last).isCompletedWithValue(StoreResult.BUSY);
      assertThat(store.statistics().busy()).isEqualTo(1);
      release.countDown();
    }
  }

  @Test
  void closingFinishesWhatWaitsAndRefusesTheRest() {
    CompletableFuture<StoreResult> waiting = new CompletableFuture<>();
    RecordStore store = open();
    CountDownLatch release = block(store);
    store.put(Records.own(Records.of(1, NOW)), waiting::complete);
    release.countDown();
    store.close();
    assertThat(waiting).isCompletedWithValue(StoreResult.ON_DISK);
    assertThat(put(store, Records.of(2, NOW))).isEqualTo(StoreResult.FAILED);
    assertThat(directory.resolve("wsn.db-wal")).doesNotExist();
    store.close();
  }

  @Test
  void failedTransactionIsReportedAndTheNextOneWorks() throws Exception {
    try (RecordStore store = open()) {
      try (Sql sql = new Sql(directory)) {
        sql.run("ALTER TABLE record RENAME TO hidden");
      }
      assertThat(put(store, Records.of(1, NOW))).isEqualTo(StoreResult.FAILED);
      try (Sql sql = new Sql(directory)) {
        assertThat(sql.number("SELECT count(*) FROM hidden")).isZero();
        sql.run("ALTER TABLE hidden RENAME TO record");
      }
      assertThat(put(store, Records.of(1, NOW))).isEqualTo(StoreResult.ON_DISK);
      assertThat(store.statistics().failed()).isEqualTo(1);
    }
  }

  @Test
  @Timeout(20)
  void expiredRowsGoInBatches() throws Exception {
    int expired = Protocol.MAX_DELETED_TOGETHER + 10;
    AddressRecord live = Records.of(expired, NOW);
    try (RecordStore store = open();
        Sql sql = new Sql(directory)) {
      for (int i = 0; i < expired; i++) {
        store.put(Records.own(Records.of(i, NOW - 100_000)), result -> {});
      }
      assertThat(put(store, live)).isEqualTo(StoreResult.ON_DISK);
      CountDownLatch release = block(store);
      store.deleteExpired(NOW);
      CompletableFuture<StoreResult> firstBatch = new CompletableFuture<>();
      store.put(Records.own(live), firstBatch::complete);
      release.countDown();
      firstBatch.join();
      while (sql.number("SELECT count(*) FROM record") > 2) {
        assertThat(put(store, live)).isEqualTo(StoreResult.ON_DISK);
      }
      assertThat(sql.number("SELECT count(*) FROM remembered")).as("too old to matter").isZero();
      assertThat(restore(store).records()).containsExactlyInAnyOrder(live, Records.of(0, NOW));
    }
  }

  @Test
  void rememberedVersionOutlivesItsRecordUntilOlderOnesAreDead() {
    AddressRecord shortLived = Records.of(1, NOW - 120, 4848, Duration.ofSeconds(60));
    RecordVersion seenElsewhere = Records.of(2, NOW).version();
    PublicKey other = Records.of(2, NOW).pubkey();
    try (RecordStore store = open()) {
      assertThat(put(store, shortLived)).isEqualTo(StoreResult.ON_DISK);
      store.remember(other, seenElsewhere, result -> {});
      store.remember(other, Records.of(2, NOW - 5).version(), result -> {});
      store.deleteExpired(NOW);
    }
    try (RecordStore store = open()) {
      Restored restored = restore(store);
      assertThat(restored.records()).isEmpty();
      assertThat(recalled(restored))
          .containsEntry(shortLived.pubkey(), shortLived.version())
          .containsEntry(other, seenElsewhere)
          .hasSize(2);
      assertThat(recalled(store.restore(Records.RULES, NOW + 86_400 + 60))).isEmpty();
    }
  }

  /** A million signatures take half a minute; seals of this node take a second or two. */
  @Test
  void sealedRecordsAreBelievedAndOthersVerified() {
    AddressRecord sealed = Records.of(1, NOW);
    try (RecordStore store = open()) {
      assertThat(put(store, sealed)).isEqualTo(StoreResult.ON_DISK);
      // Rules under which no address of the record is allowed: only a seal spares them.
      RecordRules strict = new RecordRules(new NoCurve(), false);
      assertThat(store.restore(strict, NOW).records()).containsExactly(sealed);
    }
    RecordSeal others = RecordSeal.of(Records.secret(101));
    try (RecordStore store = RecordStore.open(directory, "main", others, () -> 0, failures::add)) {
      assertThat(store.restore(new RecordRules(new NoCurve(), false), NOW).dropped()).isEqualTo(1);
      assertThat(store.restore(Records.RULES, NOW).records()).containsExactly(sealed);
    }
  }

  @Test
  void erasedRecordIsGoneAndANewerOneIsNot() throws Exception {
    AddressRecord older = Records.of(1, NOW);
    AddressRecord newer = Records.of(1, NOW + 1);
    AddressRecord other = Records.of(2, NOW);
    try (RecordStore store = open()) {
      assertThat(put(store, newer)).isEqualTo(StoreResult.ON_DISK);
      assertThat(put(store, other)).isEqualTo(StoreResult.ON_DISK);
      store.erase(older);
      store.erase(other);
    }
    try (RecordStore store = open()) {
      assertThat(restore(store).records()).containsExactly(newer);
      assertThat(recalled(restore(store))).containsEntry(other.pubkey(), other.version());
    }
  }

  @Test
  void editedRowIsLeftOutAndCounted() throws Exception {
    try (RecordStore store = open()) {
      put(store, Records.of(1, NOW));
      put(store, Records.of(2, NOW));
      put(store, Records.of(3, NOW));
      try (Sql sql = new Sql(directory)) {
        sql.run("UPDATE record SET event = x'0102' WHERE pubkey = x'" + hexKey(1) + "'");
        sql.run(
            "UPDATE record SET event = (SELECT substr(event, 1, 40) || x'00' || substr(event, 42)"
                + " FROM record WHERE pubkey = x'"
                + hexKey(2)
                + "') WHERE pubkey = x'"
                + hexKey(2)
                + "'");
      }
      Restored restored = restore(store);
      assertThat(restored.records()).containsExactly(Records.of(3, NOW));
      assertThat(restored.dropped()).isEqualTo(2);
    }
  }

  private static String hexKey(int number) {
    return Records.of(number, NOW).pubkey().hex();
  }

  @Test
  void secondNodeIsRefusedWhileTheFirstRuns() {
    try (RecordStore store = open()) {
      assertThatThrownBy(this::open)
          .isInstanceOf(StoreException.class)
          .hasMessageContaining("another wsn node uses " + directory);
      assertThat(put(store, Records.of(1, NOW))).isEqualTo(StoreResult.ON_DISK);
    }
    open().close();
  }
}
