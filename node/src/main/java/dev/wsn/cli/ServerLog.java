package dev.wsn.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import org.slf4j.LoggerFactory;

/** The level of the log: servers tell what they do, short commands only what went wrong. */
final class ServerLog {
  private ServerLog() {}

  /** Shows the life of a server, unless {@code WSN_LOG} asks for another level. */
  static void raise(Host host) {
    if (!host.environment().containsKey("WSN_LOG")
        && LoggerFactory.getLogger("dev.wsn") instanceof Logger logger) {
      logger.setLevel(Level.INFO);
    }
  }
}
