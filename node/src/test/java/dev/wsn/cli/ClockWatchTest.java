package dev.wsn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

@Timeout(60)
class ClockWatchTest {
  private static final long PAUSE_NANOS = 20_000_000;

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  private List<String> awaitMessages(int count) {
    while (List.copyOf(log.list).size() < count) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return List.copyOf(log.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void jumpOfAnHourIsSaidOnceEachWayAndTimeThatPassesIsNone() {
    log.start();
    Logger logger = (Logger) LoggerFactory.getLogger(ClockWatch.class);
    logger.addAppender(log);
    AtomicLong wall = new AtomicLong(1_800_000_000_000L);
    AtomicLong monotonic = new AtomicLong(5);
    ClockWatch watch = ClockWatch.start(() -> Instant.ofEpochMilli(wall.get()), monotonic::get);
    try {
      monotonic.addAndGet(3_600_000);
      wall.addAndGet(3_600_000 + 2 * 3_600_000L);
      assertThat(awaitMessages(1).get(0)).startsWith("the clock was set forward by 2 h");
      wall.addAndGet(-3_600_000);
      List<String> both = awaitMessages(2);
      assertThat(both).hasSize(2);
      assertThat(both.get(1)).startsWith("the clock was set back by 1 h");
    } finally {
      watch.close();
      logger.detachAppender(log);
    }
  }
}
