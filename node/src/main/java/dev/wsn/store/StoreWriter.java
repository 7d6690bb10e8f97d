package dev.wsn.store;

import dev.wsn.metrics.Histogram;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Group commit: one thread takes all writes that wait, does them in one transaction, and reports
 * them when that is on disk. Writes that arrive meanwhile share the next transaction, so the disk's
 * sync rate does not bound the write rate.
 */
final class StoreWriter implements Runnable {
  /** One write. */
  interface Write {
    StoreResult apply(Statements statements) throws SQLException;
  }

  private record Job(Write write, Consumer<StoreResult> done) {}

  private static final Logger LOG = LoggerFactory.getLogger(StoreWriter.class);

  /** Bounds the time that the first write of a transaction waits for the last. */
  private static final int MAX_GROUP = 1_024;

  private static final Job STOP = new Job(statements -> StoreResult.FAILED, result -> {});

  private final BlockingQueue<Job> queue = new ArrayBlockingQueue<>(RecordStore.MAX_WAITING);
  private final Path directory;
  private final Statements statements;
  private final LongSupplier monotonicMillis;
  private final Consumer<Throwable> onFailure;
  private final Histogram commitSeconds = Histogram.ofSeconds();
  private final AtomicLong commits = new AtomicLong();
  private final AtomicLong written = new AtomicLong();
  private final AtomicLong busy = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private volatile boolean ended;

  StoreWriter(
      Path directory,
      Statements statements,
      LongSupplier monotonicMillis,
      Consumer<Throwable> onFailure) {
    this.directory = directory;
    this.statements = statements;
    this.monotonicMillis = monotonicMillis;
    this.onFailure = onFailure;
  }

  /** Any thread. {@code done} is called once: now when refused, else on the writer's thread. */
  void submit(Write write, Consumer<StoreResult> done) {
    Job job = new Job(write, done);
    if (ended) {
      done.accept(StoreResult.FAILED);
    } else if (!queue.offer(job)) {
      busy.incrementAndGet();
      done.accept(StoreResult.BUSY);
    } else if (ended && queue.remove(job)) {
      done.accept(StoreResult.FAILED);
    }
  }

  /** Any thread: writes submitted so far are done, then the writer ends. */
  void stop() throws InterruptedException {
    while (!ended && !queue.offer(STOP)) {
      Thread.onSpinWait();
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

  @Override
  public void run() {
    try (statements) {
      boolean isRunning = true;
      List<Job> group = new ArrayList<>(MAX_GROUP);
      while (isRunning) {
        group.clear();
        group.add(queue.take());
        queue.drainTo(group, MAX_GROUP - 1);
        int stop = group.indexOf(STOP);
        isRunning = stop < 0;
        commit(isRunning ? group : group.subList(0, stop));
      }
    } catch (Throwable failure) {
      onFailure.accept(failure);
    } finally {
      ended = true;
      for (Job job = queue.poll(); job != null; job = queue.poll()) {
        report(job, StoreResult.FAILED);
      }
    }
  }

  private void commit(List<Job> group) {
    if (group.isEmpty()) {
      return;
    }
    List<StoreResult> results = new ArrayList<>(group.size());
    long began = monotonicMillis.getAsLong();
    try {
      statements.begin();
      for (Job job : group) {
        results.add(job.write().apply(statements));
      }
      statements.commit();
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
