package dev.wsn.cli;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** {@code --config}, {@code --log} and {@code --log-format}: what every server has. */
final class ServerOption {
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

  /** Sets up the log of a server that starts, and says where its options are from. */
  void begin(Host host) {
    ServerLog.begin(host, format);
    reloaded(host);
    ServerLog.tellStart(host, config);
  }

  /** Takes over a new level. */
  void reloaded(Host host) {
    ServerLog.level(host.isDebugging() ? LogLevel.DEBUG : level);
  }
}
