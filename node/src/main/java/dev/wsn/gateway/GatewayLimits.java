package dev.wsn.gateway;

import dev.wsn.gateway.channel.ChannelProtocol;
import java.time.Duration;

/**
 * What a gateway grants. A source is an IPv4 address or an IPv6 /64.
 *
 * @param maxConnections TCP connections in total
 * @param maxConnectionsPerSource TCP connections of one source
 * @param handshakesPerSecond handshakes in total
 * @param handshakesPerSecondPerSource handshakes of one source; ten times as many at once
 * @param handshakeTimeout from the TCP connection to the upgrade, and again to the request head
 * @param backendTimeout for connecting to the backend, and again for its answer
 * @param pingAfter silence after which a client is pinged
 * @param idleAfter silence after which a client is given up
 * @param writeTimeout how long a write may make no progress
 * @param maxMessageBytes longest WebSocket message, in either direction
 * @param acceptsPerSecond TCP connections that are accepted in total; two seconds' worth at once
 * @param bytesPerSecond bytes that are read of one source, and of each connection of the loopback
 *     address; two seconds' worth at once; 0 for no limit
 */
public record GatewayLimits(
    int maxConnections,
    int maxConnectionsPerSource,
    int handshakesPerSecond,
    int handshakesPerSecondPerSource,
    Duration handshakeTimeout,
    Duration backendTimeout,
    Duration pingAfter,
    Duration idleAfter,
    Duration writeTimeout,
    long maxMessageBytes,
    int acceptsPerSecond,
    long bytesPerSecond) {

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is not positive, or silence ends before the ping
   */
  public GatewayLimits {
    boolean arePositive =
        maxConnections > 0
            && maxConnectionsPerSource > 0
            && handshakesPerSecond > 0
            && handshakesPerSecondPerSource > 0
            && maxMessageBytes > 0
            && acceptsPerSecond > 0
            && bytesPerSecond >= 0
            && handshakeTimeout.toMillis() > 0
            && backendTimeout.toMillis() > 0
            && writeTimeout.toMillis() > 0
            && pingAfter.toMillis() > 0;
    if (!arePositive) {
      throw new IllegalArgumentException("every limit of the gateway is above zero");
    }
    if (idleAfter.compareTo(pingAfter) <= 0) {
      throw new IllegalArgumentException("a client is given up later than it is pinged");
    }
  }

  /**
   * 10,000 connections, 64 of one source; 500 handshakes a second, 10 of one source; 5 s for the
   * handshake and for the backend; ping after 15 s, given up after 45 s; 10 s for a write; messages
   * of 1 MiB; 1,000 connections accepted a second; 32 MiB read a second of one source.
   */
  public static GatewayLimits defaults() {
    return new GatewayLimits(
        10_000,
        64,
        500,
        10,
        Duration.ofSeconds(5),
        Duration.ofSeconds(5),
        Duration.ofSeconds(15),
        Duration.ofSeconds(45),
        Duration.ofSeconds(10),
        1 << 20,
        1_000,
        32 << 20);
  }

  SocketTiming carrierTiming() {
    return new SocketTiming(pingAfter, idleAfter, writeTimeout);
  }

  SocketTiming backendTiming() {
    return new SocketTiming(Duration.ZERO, Duration.ZERO, writeTimeout);
  }

  Dialer.Purpose backendPurpose() {
    return new Dialer.Purpose(
        FrameSocket.Use.PIPED, ChannelProtocol.PIECE_BYTES, maxMessageBytes, backendTiming());
  }
}
