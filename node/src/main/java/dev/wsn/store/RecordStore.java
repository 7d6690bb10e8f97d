package dev.wsn.store;

import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.HeldRecord;
import dev.wsn.kademlia.Protocol;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.RecordRules;
import dev.wsn.record.RecordSeal;
import dev.wsn.record.RecordVersion;
import dev.wsn.record.RollbackMemory;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node keeps on disk: admitted records, the newest version seen of each key, and the nodes
 * that answered, in {@code wsn.db} of its data directory. A write is reported as {@link
 * StoreResult#ON_DISK} after its transaction was synced, never before. One thread at a time does
 * the writes; the methods may be called from any thread and do not block, except where they say so.
 */
public final class RecordStore implements AutoCloseable {

  /** After that, every record older than a remembered version is dead. */
  static final long KEPT_SECONDS = RollbackMemory.KEPT_SECONDS;

  private static final Logger LOG = LoggerFactory.getLogger(RecordStore.class);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(30);
  private static final long IDLE_SECONDS = 10;

  private final Path directory;
  private final DirectoryLock lock;
  private final RecordSeal seals;
  private final StoreWriter writer;

  private RecordStore(Path directory, DirectoryLock lock, RecordSeal seals, StoreWriter writer) {
    this.directory = directory;
    this.lock = lock;
    this.seals = seals;
    this.writer = writer;
  }

  /** A thread for the writes of one store; it ends when it has been idle for some seconds. */
  public static Executor ownThread() {
    ThreadPoolExecutor thread =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread writing = new Thread(task, "wsn-store");
              writing.setDaemon(true); // whoever closes the store waits for it
              return writing;
            });
    thread.allowCoreThreadTimeOut(true);
    return thread;
  }

  /** As the next one, with a thread of its own. */
  public static RecordStore open(
      Path directory,
      String network,
      RecordSeal seals,
      LongSupplier monotonicMillis,
      Consumer<Throwable> onFailure) {
    return open(directory, network, seals, monotonicMillis, onFailure, ownThread());
  }

  /**
   * Opens the store of a data directory, creating what is missing. Blocks on the disk.
   *
   * @param directory created with mode 0700 if missing; locked until {@link #close}
   * @param network a new database is made for it, an old one must be of it
   * @param seals mark what was verified before it was written, so that the next start believes it
   * @param monotonicMillis measures how long commits take
   * @param onFailure called on a thread of {@code threads} if a bug or a damaged database ends the
   *     writer
   * @param threads where the writes are done; several stores may share them
   * @throws StoreException if the directory cannot be used; its message is for the operator
   */
  public static RecordStore open(
      Path directory,
      String network,
      RecordSeal seals,
      LongSupplier monotonicMillis,
      Consumer<Throwable> onFailure,
      Executor threads) {
    DirectoryLock lock = DirectoryLock.take(directory);
    try {
      Connection connection = Database.open(directory, network);
      StoreWriter writer =
          new StoreWriter(
              directory, new Statements(connection), monotonicMillis, onFailure, threads);
      return new RecordStore(directory, lock, seals, writer);
    } catch (RuntimeException failure) {
      lock.close();
      throw failure;
    }
  }

  /**
   * Reads what the node knew when it stopped. Blocks on the disk.
   *
   * @param rules verify what is read, as the disk may have been edited
   * @param unixSeconds now; what has expired is left out
   * @throws StoreException if the database is damaged
   */
  public Restored restore(RecordRules rules, long unixSeconds) {
    try (Connection connection = Database.openReader(directory)) {
      Restored restored = new StoreReader(connection, rules, seals, unixSeconds).read();
      LOG.info(
          "restored {} records, {} remembered versions, {} nodes",
          restored.held().size(),
          restored.remembered().size(),
          restored.contacts().size());
      if (restored.dropped() > 0) {
        LOG.warn("{} records on disk are not valid here and were left out", restored.dropped());
      }
      return restored;
    } catch (SQLException failure) {
      throw Database.explain(directory, failure);
    }
  }

  /**
   * Writes a record and remembers its version, unless a newer one of the key is there.
   *
   * @param done called once: at once when refused, else on the writer's thread after the commit
   */
  public void put(HeldRecord held, Consumer<StoreResult> done) {
    writer.submitStatement(
        statements -> statements.put(held, seals.seal(held.addressRecord())), done);
  }

  /** Deletes a record, unless a newer one of its key is there. Its version stays remembered. */
  public void erase(AddressRecord addressRecord) {
    writer.submit(statements -> statements.erase(addressRecord), result -> {});
  }

  /**
   * Remembers the version of a record that was seen elsewhere, unless a newer one is remembered.
   *
   * @param done as in {@link #put}
   */
  public void remember(PublicKey key, RecordVersion version, Consumer<StoreResult> done) {
    writer.submitStatement(statements -> statements.remember(key, version), done);
  }

  /**
   * Adds nodes to those known, or marks them as seen now.
   *
   * @param contacts at most {@link Protocol#MAX_CONTACTS_ON_DISK}; the rest is left out
   * @param unixSeconds now
   * @param done as in {@link #put}
   */
  public void putContacts(List<Contact> contacts, long unixSeconds, Consumer<StoreResult> done) {
    List<Contact> some =
        List.copyOf(contacts.subList(0, Math.min(contacts.size(), Protocol.MAX_CONTACTS_ON_DISK)));
    writer.submit(statements -> statements.putContacts(some, unixSeconds), done);
  }

  /**
   * Deletes what has expired, in batches between which other writes are done.
   *
   * @param unixSeconds now
   */
  public void deleteExpired(long unixSeconds) {
    writer.submit(
        statements -> {
          if (statements.deleteExpired(unixSeconds) >= Protocol.MAX_DELETED_TOGETHER) {
            deleteExpired(unixSeconds);
          }
          return StoreResult.ON_DISK;
        },
        result -> {});
  }

  /** Counters since the store was opened. */
  public StoreStatistics statistics() {
    return writer.statistics();
  }

  /**
   * Does the writes that wait, then frees the directory. Blocks on the disk.
   *
   * @throws StoreException if the disk does not finish in 30 s
   */
  @Override
  public void close() {
    writer.stop();
    if (!writer.awaitEnd(CLOSE_LIMIT)) {
      throw new StoreException(
          StoreException.Reason.INACCESSIBLE, "the disk of " + directory + " does not answer");
    }
    lock.close();
  }
}
