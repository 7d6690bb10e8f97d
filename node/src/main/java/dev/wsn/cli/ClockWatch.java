package dev.wsn.cli;

import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says when the wall clock was set while a server runs: it went on by another time than the
 * monotonic clock did. Nothing that was acknowledged depends on it, but what is valid now does.
 */
final class ClockWatch {
  /** Less is the daily work of NTP, and less than the minute that a record may be ahead. */
  static final long TOLERATED_MILLIS = 30_000;

  private static final Logger LOG = LoggerFactory.getLogger(ClockWatch.class);
  private static final long PERIOD_SECONDS = 2;

  private final InstantSource clock;
  private final LongSupplier monotonicMillis;
  private final ScheduledExecutorService timer;
  private long offset;

  private ClockWatch(InstantSource clock, LongSupplier monotonicMillis) {
    this.clock = clock;
    this.monotonicMillis = monotonicMillis;
    this.offset = clock.millis() - monotonicMillis.getAsLong();
    this.timer =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "wsn-clock");
              thread.setDaemon(true);
              return thread;
            });
  }

  /** Looks every two seconds until it is closed. */
  static ClockWatch start(InstantSource clock, LongSupplier monotonicMillis) {
    ClockWatch watch = new ClockWatch(clock, monotonicMillis);
    ScheduledFuture<?> unused =
        watch.timer.scheduleAtFixedRate(
            watch::look, PERIOD_SECONDS, PERIOD_SECONDS, TimeUnit.SECONDS);
    return watch;
  }

  private void look() {
    long now = clock.millis() - monotonicMillis.getAsLong();
    long jump = now - offset;
    if (Math.abs(jump) > TOLERATED_MILLIS) {
      offset = now;
      LOG.warn(
          "the clock was set {} by {}{}: records are valid by the new time; if it is wrong, this"
              + " node refuses new records or believes expired ones, so mend the clock (NTP)",
          jump > 0 ? "forward" : "back",
          DurationText.of(Duration.ofMillis(Math.abs(jump))),
          jump > 0 ? ", or this machine slept" : "");
    }
  }

  /** Looks no more. */
  void close() {
    timer.shutdownNow();
  }
}
