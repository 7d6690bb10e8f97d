package dev.wsn.gateway.channel;

/** Which end of a WebSocket this is. */
public enum WebSocketSide {
  /** Opened it; masks what it sends. */
  CLIENT,
  /** Accepted it; closes the TCP connection first. */
  SERVER
}
