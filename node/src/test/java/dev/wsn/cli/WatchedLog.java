package dev.wsn.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import org.slf4j.LoggerFactory;

/** What the program logs while a test runs; thread-safe. */
final class WatchedLog extends AppenderBase<ILoggingEvent> implements AutoCloseable {
  private static final String PREFIX = "log ";

  private final WatchedText text = new WatchedText();
  private final Logger logger = (Logger) LoggerFactory.getLogger(ServerLog.OURS);

  WatchedLog() {
    logger.setLevel(Level.INFO);
    logger.addAppender(this);
    start();
  }

  @Override
  protected void append(ILoggingEvent event) {
    String line = event.getLevel() + " " + event.getFormattedMessage() + "\n";
    char[] all = (PREFIX + line).toCharArray();
    text.write(all, 0, all.length);
  }

  /** Waits for the first message that begins with this, after its level and a space. */
  String await(String prefix) {
    return text.awaitLine(PREFIX + prefix);
  }

  @Override
  public String toString() {
    return text.toString();
  }

  @Override
  public void close() {
    logger.detachAppender(this);
  }
}
