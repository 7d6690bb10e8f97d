package dev.wsn.resolver.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.EventId;
import dev.wsn.record.RecordVersion;
import dev.wsn.record.RollbackMemory;
import dev.wsn.resolver.InMemoryResolver;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.Signed;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a program of the library knows after a restart, when it is shown an older record. */
class RememberingResolverTest {
  private static final InstantSource CLOCK = InstantSource.fixed(Signed.NOW);
  private static final AddressRecord OLD =
      Signed.record(Signed.ALICE_SECRET, Duration.ofMinutes(5), "203.0.113.7:4848");
  private static final AddressRecord NEW =
      Signed.record(Signed.ALICE_SECRET, Duration.ofMinutes(1), "203.0.113.9:4848");
  private static final AddressRecord OF_BOB =
      Signed.record(Signed.BOB_SECRET, Duration.ofMinutes(1), "203.0.113.8:4848");

  private static InMemoryResolver showing(AddressRecord... records) {
    InMemoryResolver resolver = new InMemoryResolver(CLOCK);
    for (AddressRecord each : records) {
      resolver.rollBackTo(each);
    }
    return resolver;
  }

  private static Resolution resolve(RememberingResolver resolver, PublicKey key) {
    return resolver
        .resolve(key, ResolvePolicy.FAST)
        .toCompletableFuture()
        .orTimeout(20, TimeUnit.SECONDS)
        .join();
  }

  /** What a program that starts now, asks once and ends gets to know. */
  private static Resolution run(InMemoryResolver resolver, PublicKey key, Path file) {
    try (var program = new RememberingResolver(resolver, new SeenFile(file), CLOCK)) {
      return resolve(program, key);
    }
  }

  @Test
  void theNextRunRefusesAnOlderRecordAfterAskingOnceMore(@TempDir Path directory) {
    Path file = directory.resolve("state").resolve("seen");
    InMemoryResolver past = showing(OLD);
    assertThat(run(past, Signed.ALICE, file)).isInstanceOf(Resolution.Found.class);
    assertThat(run(showing(NEW), Signed.ALICE, file)).isInstanceOf(Resolution.Found.class);
    past.asked().clear();

    Resolution refused = run(past, Signed.ALICE, file);

    assertThat(refused).isInstanceOf(Resolution.Untrusted.class);
    assertThat(((Resolution.Untrusted) refused).reason()).contains(file.toString());
    assertThat(past.asked()).containsExactly(ResolvePolicy.FAST, ResolvePolicy.QUORUM);
  }

  @Test
  void twoProgramsThatShareAFileLoseNothingOfEachOther(@TempDir Path directory) {
    Path file = directory.resolve("seen");
    try (var one = new RememberingResolver(showing(NEW), new SeenFile(file), CLOCK);
        var two = new RememberingResolver(showing(OLD, OF_BOB), new SeenFile(file), CLOCK)) {
      assertThat(resolve(one, Signed.ALICE)).isInstanceOf(Resolution.Found.class);
      assertThat(resolve(two, Signed.BOB)).isInstanceOf(Resolution.Found.class);
      assertThat(resolve(two, Signed.ALICE)).isInstanceOf(Resolution.Found.class);
    }
    assertThat(run(showing(OLD), Signed.ALICE, file)).isInstanceOf(Resolution.Untrusted.class);
    AddressRecord oldOfBob =
        Signed.record(Signed.BOB_SECRET, Duration.ofMinutes(9), "203.0.113.8:1");
    assertThat(run(showing(oldOfBob), Signed.BOB, file)).isInstanceOf(Resolution.Untrusted.class);
  }

  @Test
  void threadsOfOneProgramLoseNothingOfEachOther(@TempDir Path directory) throws Exception {
    Path path = directory.resolve("seen");
    long now = Signed.NOW.getEpochSecond();
    int threads = 16;
    ExecutorService program = Executors.newFixedThreadPool(threads);
    List<Callable<Boolean>> writes = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      byte[] bytes = ByteBuffer.allocate(32).putInt(i).array();
      RollbackMemory one = new RollbackMemory(1);
      one.remember(PublicKey.of(bytes), new RecordVersion(now, EventId.of(bytes)));
      writes.add(
          () -> {
            new SeenFile(path).add(one, now);
            return true;
          });
    }
    for (Future<Boolean> written : program.invokeAll(writes)) {
      assertThat(written.get()).isTrue();
    }
    program.shutdown();
    assertThat(Files.readAllLines(path)).hasSize(1 + threads);
  }

  @Test
  void aFileHoldsTheNewestOfTooManyKeys(@TempDir Path directory) throws IOException {
    int tooMany = SeenRecords.MAX_KEYS + 10;
    long now = Signed.NOW.getEpochSecond();
    RollbackMemory all = new RollbackMemory(tooMany);
    for (int i = 0; i < tooMany; i++) {
      byte[] bytes = ByteBuffer.allocate(32).putInt(i).array();
      all.remember(PublicKey.of(bytes), new RecordVersion(now - 20_000 + i, EventId.of(bytes)));
    }
    Path path = directory.resolve("seen");
    SeenFile file = new SeenFile(path);

    file.add(all, now);

    assertThat(Files.readAllLines(path)).hasSize(SeenRecords.MAX_KEYS + 1);
    RollbackMemory recalled = new RollbackMemory(tooMany);
    file.recall(recalled, now);
    assertThat(recalled.size()).isEqualTo(SeenRecords.MAX_KEYS);
    assertThat(recalled.newest(PublicKey.of(ByteBuffer.allocate(32).putInt(9).array()))).isEmpty();
    assertThat(recalled.newest(PublicKey.of(ByteBuffer.allocate(32).putInt(10).array())))
        .isPresent();
  }
}
