package dev.wsn.gateway;

import dev.wsn.crypto.PublicKey;
import dev.wsn.gateway.channel.ChannelProtocol;
import dev.wsn.record.IpAddress;
import java.time.Duration;
import java.util.List;

/**
 * How a local proxy behaves.
 *
 * @param listenAddress interface to listen on
 * @param listenPort 0 for any free port
 * @param isLocal whether endpoints on loopback and private addresses are dialled
 * @param allowedOrigins web pages that may use the proxy, as a browser names them ({@code
 *     https://app.example}); {@code *} for all. Pages of this machine and programs that are no
 *     browser always may
 * @param maxConnections connections of applications
 * @param endpointTimeout for one endpoint, from dialling to the end of the handshake, and again for
 *     its answer
 * @param overallTimeout for everything until the application's WebSocket opens
 * @param pingAfter silence after which a gateway is pinged
 * @param idleAfter silence after which a gateway is given up
 * @param writeTimeout how long a write may make no progress
 * @param maxMessageBytes longest WebSocket message, in either direction
 * @param forwards further ports to listen on
 * @param socksPort where SOCKS5 is spoken; 0 for any free port, -1 for nowhere
 */
public record LocalProxyOptions(
    IpAddress listenAddress,
    int listenPort,
    boolean isLocal,
    List<String> allowedOrigins,
    int maxConnections,
    Duration endpointTimeout,
    Duration overallTimeout,
    Duration pingAfter,
    Duration idleAfter,
    Duration writeTimeout,
    long maxMessageBytes,
    List<Forward> forwards,
    int socksPort) {
  private static final int NO_SOCKS = -1;

  /**
   * A port whose every path is one key's, for applications that put their paths at the root.
   *
   * @param port 0 for any free port
   */
  public record Forward(int port, PublicKey key) {}

  /** Where {@code wsn connect} listens unless told otherwise. */
  public static final int DEFAULT_PORT = 4881;

  /**
   * Checks the port.
   *
   * @throws IllegalArgumentException with a sentence for people
   */
  public LocalProxyOptions {
    if (listenPort < 0 || listenPort > 65_535) {
      throw new IllegalArgumentException("the port to listen on is 0 to 65535, not " + listenPort);
    }
    allowedOrigins = List.copyOf(allowedOrigins);
    forwards = List.copyOf(forwards);
  }

  /**
   * 256 connections; 5 s for an endpoint, 20 s for everything; ping after 15 s, given up after 45
   * s; 10 s for a write; messages of 16 MiB; no foreign web pages.
   */
  public static LocalProxyOptions of(IpAddress listenAddress, int listenPort, boolean isLocal) {
    return new LocalProxyOptions(
        listenAddress,
        listenPort,
        isLocal,
        List.of(),
        256,
        Duration.ofSeconds(5),
        Duration.ofSeconds(20),
        Duration.ofSeconds(15),
        Duration.ofSeconds(45),
        Duration.ofSeconds(10),
        16 << 20,
        List.of(),
        NO_SOCKS);
  }

  /** The same with web pages that may use the proxy. */
  public LocalProxyOptions withAllowedOrigins(List<String> origins) {
    return new LocalProxyOptions(
        listenAddress,
        listenPort,
        isLocal,
        origins,
        maxConnections,
        endpointTimeout,
        overallTimeout,
        pingAfter,
        idleAfter,
        writeTimeout,
        maxMessageBytes,
        forwards,
        socksPort);
  }

  /** The same with other time limits for reaching a relay. */
  public LocalProxyOptions withTimeouts(Duration endpoint, Duration overall) {
    return new LocalProxyOptions(
        listenAddress,
        listenPort,
        isLocal,
        allowedOrigins,
        maxConnections,
        endpoint,
        overall,
        pingAfter,
        idleAfter,
        writeTimeout,
        maxMessageBytes,
        forwards,
        socksPort);
  }

  /** The same with ports of single keys. */
  public LocalProxyOptions withForwards(List<Forward> ports) {
    return new LocalProxyOptions(
        listenAddress,
        listenPort,
        isLocal,
        allowedOrigins,
        maxConnections,
        endpointTimeout,
        overallTimeout,
        pingAfter,
        idleAfter,
        writeTimeout,
        maxMessageBytes,
        ports,
        socksPort);
  }

  /** The same with a port where SOCKS5 is spoken; 0 for any free one. */
  public LocalProxyOptions withSocks(int port) {
    return new LocalProxyOptions(
        listenAddress,
        listenPort,
        isLocal,
        allowedOrigins,
        maxConnections,
        endpointTimeout,
        overallTimeout,
        pingAfter,
        idleAfter,
        writeTimeout,
        maxMessageBytes,
        forwards,
        port);
  }

  SocketTiming appTiming() {
    return new SocketTiming(Duration.ZERO, Duration.ZERO, writeTimeout);
  }

  Dialer.Purpose carrierPurpose() {
    return new Dialer.Purpose(
        FrameSocket.Use.CARRIER,
        ChannelProtocol.MAX_NOISE_MESSAGE_BYTES,
        ChannelProtocol.MAX_NOISE_MESSAGE_BYTES,
        new SocketTiming(pingAfter, idleAfter, writeTimeout));
  }
}
