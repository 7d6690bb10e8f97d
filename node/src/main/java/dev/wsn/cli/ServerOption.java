package dev.wsn.cli;

import dev.wsn.monitor.Meters;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code --config}, {@code --log}, {@code --log-format}, {@code --metrics}: of every server. */
final class ServerOption {
  /** Where metrics are when nobody says where. */
  static final String STANDARD_METRICS = "127.0.0.1:9464";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec command = CommandSpec.create();

  @Option(
      names = Settings.CONFIG,
      paramLabel = "FILE",
      description = "YAML file with these options, named without dashes; the command line wins")
  private @Nullable Path config;

  @Reloadable
  @Option(
      names = "--log",
      paramLabel = "LEVEL",
      defaultValue = "info",
      description = "error, warn, info or debug, on standard error (default: ${DEFAULT-VALUE})")
  private LogLevel level = LogLevel.INFO;

  @Option(
      names = "--log-format",
      paramLabel = "human|json",
      defaultValue = "human",
      description = "json writes one object per line (default: ${DEFAULT-VALUE})")
  private LogFormat format = LogFormat.HUMAN;

  @Option(
      names = "--metrics",
      paramLabel = "IP:PORT",
      arity = "0..1",
      fallbackValue = STANDARD_METRICS,
      description =
          "answer /metrics, /status and /health here; without a value at "
              + STANDARD_METRICS
              + ", and not at all without the option",
      converter = ListenAddress.Converter.class)
  private @Nullable ListenAddress metrics;

  private CompletableFuture<Meters> meters = Monitoring.prepare(null);

  /**
   * Waits until the server is to stop, and lets the operator look at it, if that is wanted.
   *
   * @param announce says that the server is up, when everything that can fail has not
   */
  void serve(Host host, Monitoring.Subject subject, Runnable announce) {
    Monitoring monitoring = Monitoring.start(host, metrics, meters, subject);
    ClockWatch watch = ClockWatch.start(host.clock(), host.monotonicMillis());
    try {
      announce.run();
      monitoring.announce(host);
      host.stop().await();
    } finally {
      watch.close();
      monitoring.close();
    }
  }

  /** Sets up the log of a server that starts, and says where its options are from. */
  void begin(Host host) {
    ServerLog.begin(host, format);
    reloaded(host);
    ServerLog.tellStart(host, command, config);
    meters = Monitoring.prepare(metrics);
  }

  /** Where the server answers its operator; empty if it does not. */
  Optional<ListenAddress> metrics() {
    return Optional.ofNullable(metrics);
  }

  /** Takes over a new level. */
  void reloaded(Host host) {
    ServerLog.level(host.isDebugging() ? LogLevel.DEBUG : level);
  }
}
