package dev.wsn.gateway.channel;

import java.util.Arrays;

/**
 * A frame or, when the sender's frame was longer than one hop carries, a piece of it: a message is
 * one text or binary frame and any number of continuations, the last one final.
 *
 * <p>A frame that is delivered lies in an array that is another's again when its receiver returns.
 * Who sends a text, binary or continuation frame gives its payload away, for it is masked where it
 * lies.
 */
public final class Frame {
  private static final byte[] NOTHING = new byte[0];

  private final Opcode opcode;
  private final boolean isFinal;
  private final byte[] bytes;
  private final int offset;
  private final int length;

  /**
   * The frame with these parts.
   *
   * @param isFinal whether its message ends with it
   * @param payload not copied
   */
  public Frame(Opcode opcode, boolean isFinal, byte[] payload) {
    this(opcode, isFinal, payload, 0, payload.length);
  }

  /** A frame whose payload is a part of an array. */
  Frame(Opcode opcode, boolean isFinal, byte[] bytes, int offset, int length) {
    this.opcode = opcode;
    this.isFinal = isFinal;
    this.bytes = bytes;
    this.offset = offset;
    this.length = length;
  }

  /** A close frame. */
  public static Frame close(CloseStatus status) {
    return new Frame(Opcode.CLOSE, true, status.encode());
  }

  /** A ping without payload. */
  public static Frame ping() {
    return new Frame(Opcode.PING, true, NOTHING);
  }

  /** The answer to a ping. */
  public static Frame pong(Frame ping) {
    return new Frame(Opcode.PONG, true, ping.payload());
  }

  /** The same in an array of its own. */
  Frame copy() {
    return new Frame(opcode, isFinal, Arrays.copyOfRange(bytes, offset, offset + length));
  }

  /** What it is. */
  public Opcode opcode() {
    return opcode;
  }

  /** Whether its message ends with it. */
  public boolean isFinal() {
    return isFinal;
  }

  /** Bytes of the payload. */
  public int length() {
    return length;
  }

  /** The array that the payload lies in. */
  byte[] bytes() {
    return bytes;
  }

  /** Where in its array the payload begins. */
  int offset() {
    return offset;
  }

  /** The payload in an array of its length, perhaps not a copy. */
  public byte[] payload() {
    boolean isWhole = offset == 0 && length == bytes.length;
    return isWhole ? bytes : Arrays.copyOfRange(bytes, offset, offset + length);
  }

  /** Gives the payload to a sink. */
  public void writeTo(ByteSink sink) {
    sink.append(bytes, offset, length);
  }

  @Override
  public String toString() {
    return opcode + (isFinal ? "" : "…") + "(" + length + " bytes)";
  }
}
