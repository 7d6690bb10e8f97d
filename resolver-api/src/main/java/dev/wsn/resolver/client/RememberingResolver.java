package dev.wsn.resolver.client;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordVersion;
import dev.wsn.record.RollbackMemory;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.Resolver;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A resolver whose answers never go back behind what was seen before, restarts included; whatever
 * answers, a {@link ResolverClient}, a {@link ResolverGroup} or a node of the DHT. When an answer
 * is older, everybody is asked once more before it is refused, as {@link Resolution.Untrusted}.
 * What cannot be read or written costs the memory over restarts, with a warning in the log, and not
 * the answer. Thread-safe.
 */
public final class RememberingResolver implements Resolver, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RememberingResolver.class);
  private static final long CLOSE_SECONDS = 5;

  private final Resolver resolver;
  private final SeenRecords seen;
  private final InstantSource clock;
  private final ExecutorService disk;

  // Guarded by this.
  private final RollbackMemory memory = new RollbackMemory(SeenRecords.MAX_KEYS);
  private boolean isWriting;
  private boolean hasFailed;

  /**
   * Recalls what was kept; blocks while it is read.
   *
   * @param resolver is asked, and stays the caller's to close
   * @param seen keeps the memory over restarts
   * @param clock tells what may be forgotten
   */
  public RememberingResolver(Resolver resolver, SeenRecords seen, InstantSource clock) {
    this.resolver = resolver;
    this.seen = seen;
    this.clock = clock;
    this.disk =
        Executors.newSingleThreadExecutor(
            task -> {
              Thread thread = new Thread(task, "wsn-seen");
              thread.setDaemon(true);
              return thread;
            });
    try {
      seen.recall(memory, now());
    } catch (IOException unreadable) {
      failed(unreadable);
    }
  }

  private long now() {
    return clock.instant().getEpochSecond();
  }

  @Override
  public CompletionStage<Resolution> resolve(PublicKey key, ResolvePolicy policy) {
    return resolver
        .resolve(key, policy)
        .thenCompose(
            resolution -> {
              return admits(resolution)
                  ? CompletableFuture.completedStage(resolution)
                  : askAll(key).thenApply(this::judge);
            });
  }

  private CompletionStage<Resolution> askAll(PublicKey key) {
    return resolver instanceof ResolverGroup group
        ? group.check(key).thenApply(ResolverGroup.Checked::resolution)
        : resolver.resolve(key, ResolvePolicy.QUORUM);
  }

  @Override
  public CompletionStage<Publication> publish(NostrEvent event) {
    return resolver.publish(event);
  }

  private static Optional<AddressRecord> recordOf(Resolution resolution) {
    if (resolution instanceof Resolution.Found found) {
      return Optional.of(found.addressRecord());
    }
    return resolution instanceof Resolution.Withdrawn withdrawn
        ? Optional.of(withdrawn.addressRecord())
        : Optional.empty();
  }

  private Resolution judge(Resolution resolution) {
    return admits(resolution) ? resolution : older(recordOf(resolution).orElseThrow());
  }

  /** Whether no newer record was seen; a new one is remembered, on disk soon. */
  private synchronized boolean admits(Resolution resolution) {
    AddressRecord answered = recordOf(resolution).orElse(null);
    if (answered == null) {
      return true;
    }
    if (!memory.admits(answered.pubkey(), answered.version())) {
      return false;
    }
    Optional<RecordVersion> before = memory.newest(answered.pubkey());
    memory.remember(answered.pubkey(), answered.version());
    if (!before.equals(Optional.of(answered.version())) && !isWriting && !disk.isShutdown()) {
      isWriting = true;
      disk.execute(this::write);
    }
    return true;
  }

  private synchronized Resolution older(AddressRecord answered) {
    String newer =
        memory
            .newest(answered.pubkey())
            .map(version -> Instant.ofEpochSecond(version.createdAt()).toString())
            .orElse("later");
    return new Resolution.Untrusted(
        "it is a record of "
            + Instant.ofEpochSecond(answered.createdAt())
            + ", and this computer has seen one of "
            + newer
            + "; whoever was asked does not know the newer one, or keeps it back ("
            + seen
            + " remembers)");
  }

  private void write() {
    RollbackMemory copy = new RollbackMemory(SeenRecords.MAX_KEYS);
    synchronized (this) {
      isWriting = false;
      memory.forget(now());
      memory.forEach(copy::remember);
    }
    try {
      seen.add(copy, now());
    } catch (IOException failure) {
      failed(failure);
    }
  }

  private synchronized void failed(IOException failure) {
    if (!hasFailed) {
      hasFailed = true;
      LOG.warn(
          "{} cannot be used ({}): after a restart an older address of a key cannot be told from"
              + " its present one",
          seen,
          failure.toString());
    }
  }

  /** Waits until what was seen is kept, for some seconds at most. */
  @Override
  public void close() {
    disk.shutdown();
    try {
      if (!disk.awaitTermination(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        failed(new IOException("the disk does not answer"));
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
