package dev.wsn.cli;

import dev.wsn.gateway.GatewayLimits;
import java.time.Duration;
import picocli.CommandLine.Option;

/** What a gateway grants its clients. */
final class LimitOption {
  @Reloadable
  @Option(
      names = "--max-connections",
      paramLabel = "N",
      defaultValue = "10000",
      description = "TCP connections in total (default: ${DEFAULT-VALUE})")
  private int maxConnections;

  @Reloadable
  @Option(
      names = "--max-connections-per-source",
      paramLabel = "N",
      defaultValue = "64",
      description = "TCP connections of one IPv4 address or IPv6 /64 (default: ${DEFAULT-VALUE})")
  private int perSource;

  @Reloadable
  @Option(
      names = "--accepts-per-second",
      paramLabel = "N",
      defaultValue = "1000",
      description = "TCP connections that are accepted in total (default: ${DEFAULT-VALUE})")
  private int accepts;

  @Reloadable
  @Option(
      names = "--handshakes-per-second",
      paramLabel = "N",
      defaultValue = "500",
      description = "handshakes in total (default: ${DEFAULT-VALUE})")
  private int handshakes;

  @Reloadable
  @Option(
      names = "--handshakes-per-source",
      paramLabel = "N",
      defaultValue = "10",
      description =
          "handshakes of one source in a second; ten times as many at once (default:"
              + " ${DEFAULT-VALUE})")
  private int handshakesPerSource;

  @Reloadable
  @Option(
      names = "--bytes-per-second",
      paramLabel = "BYTES",
      defaultValue = "33554432",
      description = "bytes that are read of one source; 0 for no limit (default: ${DEFAULT-VALUE})")
  private long bytes;

  @Reloadable
  @Option(
      names = "--max-message",
      paramLabel = "BYTES",
      defaultValue = "1048576",
      description = "longest WebSocket message (default: ${DEFAULT-VALUE})")
  private long maxMessage;

  @Reloadable
  @Option(
      names = "--handshake-timeout",
      paramLabel = "TIME",
      defaultValue = "5s",
      description = "for the upgrade, and again for the handshake (default: ${DEFAULT-VALUE})",
      converter = TimeSpanConverter.class)
  private Duration handshakeTimeout = Duration.ZERO;

  @Option(
      names = "--backend-timeout",
      paramLabel = "TIME",
      defaultValue = "5s",
      description =
          "for reaching the backend, and again for its answer (default: ${DEFAULT-VALUE})",
      converter = TimeSpanConverter.class)
  private Duration backendTimeout = Duration.ZERO;

  @Option(
      names = "--ping-after",
      paramLabel = "TIME",
      defaultValue = "15s",
      description = "silence after which a client is pinged (default: ${DEFAULT-VALUE})",
      converter = TimeSpanConverter.class)
  private Duration pingAfter = Duration.ZERO;

  @Option(
      names = "--idle-after",
      paramLabel = "TIME",
      defaultValue = "45s",
      description = "silence after which a client is given up (default: ${DEFAULT-VALUE})",
      converter = TimeSpanConverter.class)
  private Duration idleAfter = Duration.ZERO;

  @Reloadable
  @Option(
      names = "--write-timeout",
      paramLabel = "TIME",
      defaultValue = "10s",
      description = "how long a write to a client may make no progress (default: ${DEFAULT-VALUE})",
      converter = TimeSpanConverter.class)
  private Duration writeTimeout = Duration.ZERO;

  /**
   * The limits.
   *
   * @throws CommandFailure if they make no sense, with the reason
   */
  GatewayLimits limits() {
    try {
      return new GatewayLimits(
          maxConnections,
          perSource,
          handshakes,
          handshakesPerSource,
          handshakeTimeout,
          backendTimeout,
          pingAfter,
          idleAfter,
          writeTimeout,
          maxMessage,
          accepts,
          bytes);
    } catch (IllegalArgumentException wrong) {
      throw CommandFailure.usage(String.valueOf(wrong.getMessage()));
    }
  }
}
