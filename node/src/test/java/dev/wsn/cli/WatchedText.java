package dev.wsn.cli;

import java.io.Writer;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** Text that grows in one thread while another waits for a line of it. Thread-safe. */
final class WatchedText extends Writer {
  private static final long TIMEOUT_SECONDS = 60;

  private final StringBuilder text = new StringBuilder();

  @Override
  public synchronized void write(char[] buffer, int offset, int length) {
    text.append(buffer, offset, length);
    notifyAll();
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}

  /**
   * Waits for the first whole line that starts with a prefix.
   *
   * @return the rest of the line
   * @throws AssertionError if it does not come
   */
  synchronized String awaitLine(String prefix) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(TIMEOUT_SECONDS);
    Optional<String> found = line(prefix);
    try {
      while (found.isEmpty() && System.nanoTime() < deadline) {
        wait(TimeUnit.SECONDS.toMillis(1));
        found = line(prefix);
      }
    } catch (InterruptedException interrupted) {
      throw new AssertionError("interrupted", interrupted);
    }
    return found.orElseThrow(() -> new AssertionError("no line \"" + prefix + "\" in:\n" + text));
  }

  private Optional<String> line(String prefix) {
    int whole = text.lastIndexOf("\n");
    return text.substring(0, Math.max(0, whole))
        .lines()
        .filter(line -> line.startsWith(prefix))
        .map(line -> line.substring(prefix.length()))
        .findFirst();
  }

  @Override
  public synchronized String toString() {
    return text.toString();
  }
}
