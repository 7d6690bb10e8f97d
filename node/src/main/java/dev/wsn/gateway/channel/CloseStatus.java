package dev.wsn.gateway.channel;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Why a side closes (RFC 6455 7.4).
 *
 * @param code {@link #NO_CODE} when the frame carried none, else a code that may be sent
 * @param reason at most 123 bytes of UTF-8
 */
public record CloseStatus(int code, String reason) {
  /** No code was given; shown to applications as 1005. */
  public static final int NO_CODE = 0;

  /** The purpose is fulfilled. */
  public static final int NORMAL = 1000;

  /** The endpoint goes away. */
  public static final int GOING_AWAY = 1001;

  /** The peer broke the protocol. */
  public static final int PROTOCOL_ERROR = 1002;

  /** A message is over the limit. */
  public static final int TOO_BIG = 1009;

  /** What stands behind this endpoint was lost. */
  public static final int BAD_GATEWAY = 1014;

  /** Longest payload of a control frame. */
  static final int MAX_CONTROL_BYTES = 125;

  private static final int CODE_BYTES = 2;

  /**
   * Checks the code and the length.
   *
   * @throws IllegalArgumentException if the code may not be sent or the reason is over 123 bytes
   */
  public CloseStatus {
    if (code == NO_CODE ? !reason.isEmpty() : !isSendable(code)) {
      throw new IllegalArgumentException("no close frame has code " + code + " and this reason");
    }
    if (reason.getBytes(StandardCharsets.UTF_8).length > MAX_CONTROL_BYTES - CODE_BYTES) {
      throw new IllegalArgumentException("the reason of a close frame is at most 123 bytes");
    }
  }

  /** A status without a reason. */
  public static CloseStatus of(int code) {
    return new CloseStatus(code, "");
  }

  /** Codes of RFC 6455 7.4 and the registry that may stand in a frame. */
  private static boolean isSendable(int code) {
    boolean isRegistered = code >= 1000 && code <= 1014 && code != 1004 && !isReported(code);
    return isRegistered || (code >= 3000 && code <= 4999);
  }

  /** 1005 and 1006 are for programs to report, never to be sent. */
  private static boolean isReported(int code) {
    return code == 1005 || code == 1006;
  }

  /**
   * Reads the payload of a close frame.
   *
   * @throws ChannelException {@link ChannelEnd#BAD_CONTROL} for a code that may not be sent, a
   *     payload of one byte, or a reason that is not UTF-8
   */
  public static CloseStatus decode(byte[] payload) throws ChannelException {
    if (payload.length == 0) {
      return of(NO_CODE);
    }
    if (payload.length < CODE_BYTES || payload.length > MAX_CONTROL_BYTES) {
      throw new ChannelException(ChannelEnd.BAD_CONTROL);
    }
    int code = (payload[0] & 0xff) << 8 | (payload[1] & 0xff);
    if (!isSendable(code)) {
      throw new ChannelException(ChannelEnd.BAD_CONTROL);
    }
    try {
      ByteBuffer text = ByteBuffer.wrap(payload, CODE_BYTES, payload.length - CODE_BYTES);
      return new CloseStatus(code, StandardCharsets.UTF_8.newDecoder().decode(text).toString());
    } catch (CharacterCodingException notUtf8) {
      throw new ChannelException(ChannelEnd.BAD_CONTROL);
    }
  }

  byte[] encode() {
    if (code == NO_CODE) {
      return new byte[0];
    }
    byte[] text = reason.getBytes(StandardCharsets.UTF_8);
    byte[] payload = new byte[CODE_BYTES + text.length];
    payload[0] = (byte) (code >> 8);
    payload[1] = (byte) code;
    System.arraycopy(text, 0, payload, CODE_BYTES, text.length);
    return payload;
  }
}
