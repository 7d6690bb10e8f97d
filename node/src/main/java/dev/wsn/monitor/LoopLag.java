package dev.wsn.monitor;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * How long a task waits until an event loop runs it, tried every second from a thread of its own. A
 * loop that is blocked now shows the time since it was.
 */
public final class LoopLag implements AutoCloseable {
  private static final long PERIOD_SECONDS = 1;

  private static final class Probe {
    private final Predicate<Runnable> loop;
    private volatile long sentAt;
    private volatile boolean isWaiting;
    private volatile long lastMillis;

    Probe(Predicate<Runnable> loop) {
      this.loop = loop;
    }
  }

  private final LongSupplier monotonicMillis;
  private final Map<String, Probe> probes = new TreeMap<>();
  private final ScheduledExecutorService timer;

  /**
   * Begins to try.
   *
   * @param loops by name; each runs a task later, or returns false if it has ended
   */
  public LoopLag(
      Meters meters, Map<String, Predicate<Runnable>> loops, LongSupplier monotonicMillis) {
    this.monotonicMillis = monotonicMillis;
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "wsn-monitor-lag");
              thread.setDaemon(true);
              return thread;
            });
    loops.forEach(
        (name, loop) -> {
          Probe probe = new Probe(loop);
          probes.put(name, probe);
          meters.gauge(
              "wsn.event.loop.lag.seconds",
              "How long a task waited for the event loop",
              () -> lagMillis(probe) / 1e3,
              "loop",
              name);
        });
    ScheduledFuture<?> unused =
        timer.scheduleAtFixedRate(this::tryAll, 0, PERIOD_SECONDS, TimeUnit.SECONDS);
  }

  private void tryAll() {
    for (Probe probe : probes.values()) {
      if (!probe.isWaiting) {
        probe.sentAt = monotonicMillis.getAsLong();
        probe.isWaiting = true;
        boolean isTaken = probe.loop.test(() -> arrived(probe));
        probe.isWaiting &= isTaken;
      }
    }
  }

  private void arrived(Probe probe) {
    probe.lastMillis = monotonicMillis.getAsLong() - probe.sentAt;
    probe.isWaiting = false;
  }

  private long lagMillis(Probe probe) {
    return probe.isWaiting
        ? Math.max(probe.lastMillis, monotonicMillis.getAsLong() - probe.sentAt)
        : probe.lastMillis;
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
