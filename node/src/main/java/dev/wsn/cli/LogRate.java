package dev.wsn.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.spi.FilterReply;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;

/**
 * Lets at most {@value #MOST} lines of one message through in {@value #WINDOW_MILLIS} ms, whatever
 * its values are, and says later how many it left out: strangers must not fill the disk. Levels
 * below INFO are for whoever asked for them, and pass. Thread-safe.
 */
final class LogRate extends TurboFilter {
  /** Lines of one message in one window. */
  static final int MOST = 20;

  /** Length of a window. */
  static final long WINDOW_MILLIS = 10_000;

  /** Messages that are told apart; more than there are in the program. */
  private static final int MAX_MESSAGES = 1_024;

  private static final class Window {
    private long since;
    private int lines;
  }

  private final LongSupplier monotonicMillis;
  private final Map<String, Window> windows = new HashMap<>();

  LogRate(LongSupplier monotonicMillis) {
    this.monotonicMillis = monotonicMillis;
  }

  @Override
  public FilterReply decide(
      @Nullable Marker marker,
      Logger logger,
      Level level,
      @Nullable String format,
      Object @Nullable [] values,
      @Nullable Throwable failure) {
    boolean isShown = level.isGreaterOrEqual(logger.getEffectiveLevel());
    if (format == null || !isShown || !level.isGreaterOrEqual(Level.INFO)) {
      return FilterReply.NEUTRAL;
    }
    int left = leftOut(logger.getName() + ' ' + format);
    if (left > 0) {
      logger.warn("{} more lines were left out of: {}", left, format);
    }
    return left < 0 ? FilterReply.DENY : FilterReply.NEUTRAL;
  }

  /** Negative if this line is too many, else how many were left out of the window before. */
  private synchronized int leftOut(String message) {
    long now = monotonicMillis.getAsLong();
    Window window = windows.get(message);
    if (window == null) {
      if (windows.size() >= MAX_MESSAGES) {
        windows.clear();
      }
      window = new Window();
      window.since = now;
      windows.put(message, window);
    }
    int left = 0;
    if (now - window.since >= WINDOW_MILLIS) {
      left = Math.max(0, window.lines - MOST);
      window.since = now;
      window.lines = 0;
    }
    window.lines++;
    return window.lines > MOST ? -1 : left;
  }
}
