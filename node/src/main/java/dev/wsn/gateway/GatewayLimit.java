package dev.wsn.gateway;

import java.util.Locale;

/**
 * A bound of a gateway at which a client is refused or slowed down; see {@link GatewayLimits}. The
 * name in lower case is the metric label. How channels end that were open is told by {@link
 * dev.wsn.gateway.channel.ChannelEnd}.
 */
public enum GatewayLimit {
  /** TCP connections in total. */
  CONNECTIONS,
  /** TCP connections of one source. */
  CONNECTIONS_OF_SOURCE,
  /** TCP connections that are accepted in a second. */
  ACCEPTS,
  /** No more are accepted, because the gateway stops. */
  STOPPING,
  /** Time from the TCP connection to the upgrade. */
  UPGRADE_TIME,
  /** Handshakes in a second, in total. */
  HANDSHAKES,
  /** Handshakes of one source in a second. */
  HANDSHAKES_OF_SOURCE,
  /** Bytes of one source in a second: it is read more slowly than it sends. */
  BYTES_OF_SOURCE;

  /** The name in lower case, for metrics. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
