package dev.wsn.gateway.channel;

import java.util.Locale;

/**
 * Why a channel or a WebSocket ended. The name in lower case is the metric label. Peers are never
 * told which one it was, except where the channel is authenticated.
 */
public enum ChannelEnd {
  /** Both sides said close. */
  CLOSED,
  /** The connection ended although its peer had not said close. */
  TRUNCATED,
  /** Nothing was heard for too long. */
  IDLE,
  /** A write made no progress for too long. */
  WRITE_STALLED,
  /** The handshake did not finish in time. */
  HANDSHAKE_TIMEOUT,
  /** The handshake was refused: malformed, or by a peer that does not hold the key. */
  HANDSHAKE_REFUSED,
  /** A transport message did not open: forged, replayed, reordered, or one before it is missing. */
  BAD_TAG,
  /** The bytes are no WebSocket frames, or frames that this protocol does not use. */
  BAD_WEBSOCKET,
  /**
   * A transport message that is not one or more whole frames: none, one that is cut off, or a
   * length that is not in its shortest form.
   */
  BAD_FRAME,
  /** A frame whose opcode does not exist. */
  UNKNOWN_OPCODE,
  /** A frame that may not stand where it stands. */
  OUT_OF_ORDER,
  /** A frame or message over the limit. */
  TOO_LARGE,
  /** A control frame that is fragmented, over 125 bytes, or a close with a bad code or reason. */
  BAD_CONTROL,
  /** A head that is not the JSON object it should be. */
  BAD_HEAD,
  /** The backend could not be reached or refused. */
  BACKEND_DOWN,
  /** The client may not use this gateway. */
  CLIENT_REFUSED,
  /** This side was stopped. */
  STOPPED;

  /** The name in lower case, for metrics. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
