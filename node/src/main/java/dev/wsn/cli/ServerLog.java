package dev.wsn.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** The level of the log: servers tell what they do, short commands only what went wrong. */
final class ServerLog {
  private static final String OURS = "dev.wsn";

  private ServerLog() {}

  /** Shows the life of a server, unless {@code WSN_LOG} or {@code WSN_DEBUG} ask for something. */
  static void raise(Host host) {
    if (!host.environment().containsKey("WSN_LOG") && !host.isDebugging()) {
      set(Level.INFO);
    }
  }

  /** Shows everything of ours with {@code WSN_DEBUG=1}. */
  static void debug(Host host) {
    if (host.isDebugging()) {
      set(Level.DEBUG);
    }
  }

  private static void set(Level level) {
    if (LoggerFactory.getLogger(OURS) instanceof Logger logger) {
      logger.setLevel(level);
    }
  }
}
