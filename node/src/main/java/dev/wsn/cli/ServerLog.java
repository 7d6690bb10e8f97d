package dev.wsn.cli;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.OutputStreamAppender;
import java.nio.file.Path;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Model.CommandSpec;

/** The log on standard error: servers tell what they do, short commands only what went wrong. */
final class ServerLog {
  /** Above all our loggers. */
  static final String OURS = "dev.wsn";

  private static final String RATE = "rate";

  private ServerLog() {}

  /** Shows everything of ours with {@code WSN_DEBUG=1}. */
  static void debug(Host host) {
    if (host.isDebugging()) {
      level(LogLevel.DEBUG);
    }
  }

  /** Changes how much is told from now on. */
  static void level(LogLevel level) {
    if (LoggerFactory.getLogger(OURS) instanceof Logger logger) {
      logger.setLevel(Level.toLevel(level.name()));
    }
  }

  /** The log of a server: in its format, and bounded. */
  static void begin(Host host, LogFormat format) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      return;
    }
    if (context.getTurboFilterList().isEmpty()) {
      LogRate rate = new LogRate(host.monotonicMillis());
      rate.setName(RATE);
      rate.setContext(context);
      rate.start();
      context.addTurboFilter(rate);
    }
    if (format == LogFormat.JSON) {
      Iterator<Appender<ILoggingEvent>> appenders =
          context.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders();
      appenders.forEachRemaining(appender -> writeJson(context, appender));
    }
  }

  private static void writeJson(LoggerContext context, Appender<ILoggingEvent> appender) {
    if (appender instanceof OutputStreamAppender<ILoggingEvent> stream) {
      JsonEncoder encoder = new JsonEncoder();
      encoder.setContext(context);
      encoder.setWithSequenceNumber(false);
      encoder.setWithNanoseconds(false);
      encoder.setWithContext(false);
      encoder.setWithMarkers(false);
      encoder.setWithMDC(false);
      encoder.setWithKVPList(false);
      encoder.setWithMessage(false);
      encoder.setWithArguments(false);
      encoder.setWithFormattedMessage(true);
      encoder.start();
      stream.setEncoder(encoder);
    }
  }

  /** The first line of a server. */
  static void tellStart(Host host, CommandSpec server, @Nullable Path config) {
    org.slf4j.Logger log = LoggerFactory.getLogger(ServerLog.class);
    String[] version = new VersionText().getVersion();
    log.info(
        "{} starts ({}), {}",
        version[0],
        version[1],
        config == null ? "no configuration file" : "options from " + config);
    Settings.unknownVariables(() -> Commands.of(host), server, host.environment())
        .forEach(unknown -> log.warn("{}", unknown));
  }
}
