package dev.wsn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In a logger context of its own, with the filter of servers. */
class LogRateTest {
  private final AtomicLong millis = new AtomicLong();
  private final LoggerContext context = new LoggerContext();
  private final Logger logger = context.getLogger("dev.wsn.Some");
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void build() {
    context.addTurboFilter(new LogRate(millis::get));
    lines.start();
    logger.addAppender(lines);
    logger.setLevel(Level.INFO);
  }

  private void repeat(int times, String format) {
    for (int i = 0; i < times; i++) {
      logger.info(format, i);
    }
  }

  private List<String> messages() {
    return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void floodOfOneMessageIsCutAndCountedLater() {
    repeat(LogRate.MOST + 7, "a stranger {} knocks");
    assertThat(messages()).hasSize(LogRate.MOST);
    repeat(1, "something else {}");
    assertThat(messages()).hasSize(LogRate.MOST + 1);
    millis.addAndGet(LogRate.WINDOW_MILLIS);
    repeat(1, "a stranger {} knocks");
    assertThat(messages())
        .hasSize(LogRate.MOST + 3)
        .contains("7 more lines were left out of: a stranger {} knocks");
  }

  @Test
  void whatIsNotShownIsNotCounted() {
    logger.setLevel(Level.WARN);
    repeat(LogRate.MOST + 7, "a {}");
    logger.setLevel(Level.INFO);
    repeat(1, "a {}");
    assertThat(messages()).containsExactly("a 0");
  }

  @Test
  void debuggingShowsEverything() {
    logger.setLevel(Level.DEBUG);
    for (int i = 0; i < 3 * LogRate.MOST; i++) {
      logger.debug("detail {}", i);
    }
    assertThat(messages()).hasSize(3 * LogRate.MOST);
  }
}
