package dev.wsn.store;

import dev.wsn.kademlia.Protocol;
import dev.wsn.metrics.Histogram;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Group commit: a thread takes all writes that wait, does them in one transaction, and reports them
 * when that is on disk. Writes that arrive meanwhile share the next transaction, so the disk's sync
 * rate does not bound the write rate. The threads may be those of many stores: a store that has
 * nothing to write occupies none, and one that has takes its turn after each transaction.
 */
final class StoreWriter {
  /** One write. */
  interface Write {
    StoreResult apply(Statements statements) throws SQLException;
  }

  private record Job(Write write, boolean isOneStatement, Consumer<StoreResult> done) {}

  private static final Logger LOG = LoggerFactory.getLogger(StoreWriter.class);

  private final BlockingQueue<Job> queue = new ArrayBlockingQueue<>(Protocol.MAX_WAITING_WRITES);
  private final Path directory;
  private final Statements statements;
  private final LongSupplier monotonicMillis;
  private final Consumer<Throwable> onFailure;
  private final Histogram commitSeconds = Histogram.ofSeconds();
  private final AtomicLong commits = new AtomicLong();
  private final AtomicLong written = new AtomicLong();
  private final AtomicLong busy = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final Executor threads;

  /** Whether a turn of this writer is under way or waits for a thread; there is never a second. */
  private final AtomicBoolean hasTurn = new AtomicBoolean();

  private final CountDownLatch end = new CountDownLatch(1);
  private volatile boolean isStopping;
  private volatile boolean ended;

  StoreWriter(
      Path directory,
      Statements statements,
      LongSupplier monotonicMillis,
      Consumer<Throwable> onFailure,
      Executor threads) {
    this.directory = directory;
    this.statements = statements;
    this.monotonicMillis = monotonicMillis;
    this.onFailure = onFailure;
    this.threads = threads;
  }

  /** Any thread. {@code done} is called once: now when refused, else on a writing thread. */
  void submit(Write write, Consumer<StoreResult> done) {
    submit(new Job(write, false, done));
  }

  /** As above, for a write of which one statement at most changes something. */
  void submitStatement(Write write, Consumer<StoreResult> done) {
    submit(new Job(write, true, done));
  }

  private void submit(Job job) {
    Consumer<StoreResult> done = job.done();
    if (ended) {
      done.accept(StoreResult.FAILED);
    } else if (!queue.offer(job)) {
      busy.incrementAndGet();
      done.accept(StoreResult.BUSY);
    } else {
      takeTurn();
      if (ended && queue.remove(job)) {
        done.accept(StoreResult.FAILED);
      }
    }
  }

  /** Any thread: writes submitted so far are done, then the writer ends. */
  void stop() {
    isStopping = true;
    takeTurn();
  }

  /** Waits until the writer has ended; false if that takes longer than the limit. */
  boolean awaitEnd(Duration limit) {
    try {
      return end.await(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return end.getCount() == 0;
    }
  }

  private void takeTurn() {
    if (!ended && hasTurn.compareAndSet(false, true)) {
      threads.execute(this::turn);
    }
  }

  StoreStatistics statistics() {
    return new StoreStatistics(
        commits.get(),
        written.get(),
        busy.get(),
        failed.get(),
        queue.size(),
        Database.bytes(directory),
        commitSeconds);
  }

  /** One transaction. Whoever offers a job afterwards, or stops the writer, takes the next turn. */
  private void turn() {
    // Before the queue is looked at: what was offered before that is in this transaction or a
    // later.
    boolean isLast = isStopping;
    try {
      List<Job> group = new ArrayList<>();
      queue.drainTo(group, Protocol.MAX_WRITES_TOGETHER);
      commit(group);
      if (isLast && queue.isEmpty()) {
        end();
        return;
      }
    } catch (Throwable failure) {
      end();
      onFailure.accept(failure);
      return;
    }
    hasTurn.set(false);
    if (isStopping || !queue.isEmpty()) {
      takeTurn();
    }
  }

  private void end() {
    ended = true;
    for (Job job = queue.poll(); job != null; job = queue.poll()) {
      report(job, StoreResult.FAILED);
    }
    try {
      statements.close();
    } catch (SQLException failure) {
      LOG.warn("the database of {} was not closed well: {}", directory, failure.getMessage());
    }
    end.countDown();
  }

  private void commit(List<Job> group) {
    if (group.isEmpty()) {
      return;
    }
    List<StoreResult> results = new ArrayList<>(group.size());
    long began = monotonicMillis.getAsLong();
    // SQLite commits and syncs a statement that stands alone by itself, and for less.
    boolean isAlone = group.size() == 1 && group.get(0).isOneStatement();
    try {
      statements.expect(group.size());
      if (!isAlone) {
        statements.begin();
      }
      for (Job job : group) {
        results.add(job.write().apply(statements));
      }
      if (!isAlone) {
        statements.commit();
      }
      commits.incrementAndGet();
      commitSeconds.observeMillis(monotonicMillis.getAsLong() - began);
      written.addAndGet(group.size());
    } catch (SQLException failure) {
      abandon(group, failure);
      return;
    } catch (RuntimeException | Error failure) {
      group.forEach(job -> report(job, StoreResult.FAILED));
      throw failure;
    }
    for (int i = 0; i < group.size(); i++) {
      group.get(i).done().accept(results.get(i));
    }
  }

  private void abandon(List<Job> group, SQLException failure) {
    StoreException explained = Database.explain(directory, failure);
    LOG.warn("{} writes failed: {}", group.size(), explained.getMessage());
    group.forEach(job -> report(job, StoreResult.FAILED));
    try {
      statements.rollback();
    } catch (SQLException noTransaction) {
      LOG.debug("SQLite had ended the transaction itself", noTransaction);
    }
    if (explained.reason() == StoreException.Reason.DAMAGED) {
      throw explained;
    }
  }

  private void report(Job job, StoreResult result) {
    failed.incrementAndGet();
    job.done().accept(result);
  }
}
