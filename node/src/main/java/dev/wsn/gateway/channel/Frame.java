package dev.wsn.gateway.channel;

/**
 * A frame or, when the sender's frame was longer than one hop carries, a piece of it: a message is
 * one text or binary frame and any number of continuations, the last one final. Owns its payload;
 * neither side changes the array afterwards.
 */
public final class Frame {
  private static final byte[] NOTHING = new byte[0];

  private final Opcode opcode;
  private final boolean isFinal;
  private final byte[] payload;

  /**
   * The frame with these parts.
   *
   * @param isFinal whether its message ends with it
   * @param payload not copied
   */
  public Frame(Opcode opcode, boolean isFinal, byte[] payload) {
    this.opcode = opcode;
    this.isFinal = isFinal;
    this.payload = payload;
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
    return new Frame(Opcode.PONG, true, ping.payload);
  }

  /** What it is. */
  public Opcode opcode() {
    return opcode;
  }

  /** Whether its message ends with it. */
  public boolean isFinal() {
    return isFinal;
  }

  /** The bytes, not a copy. */
  public byte[] payload() {
    return payload;
  }

  @Override
  public String toString() {
    return opcode + (isFinal ? "" : "…") + "(" + payload.length + " bytes)";
  }
}
