package dev.wsn.gateway.channel;

/** What a frame is: the opcodes of RFC 6455 5.2, and {@link #HEAD}, which only the channel has. */
public enum Opcode {
  /** More of the message that the last text or binary frame began. */
  CONTINUATION(0x0),
  /** Begins a text message. */
  TEXT(0x1),
  /** Begins a binary message. */
  BINARY(0x2),
  /** A JSON object that says what the channel is for; the first frame of each direction. */
  HEAD(0x3),
  /** The last frame of a direction. */
  CLOSE(0x8),
  /** To be answered with a pong of the same payload. */
  PING(0x9),
  /** Answers a ping. */
  PONG(0xa);

  private static final Opcode[] BY_CODE = new Opcode[16];

  static {
    for (Opcode opcode : values()) {
      BY_CODE[opcode.code] = opcode;
    }
  }

  private final int code;

  Opcode(int code) {
    this.code = code;
  }

  /**
   * The opcode of the low four bits.
   *
   * @throws ChannelException {@link ChannelEnd#UNKNOWN_OPCODE} if there is none
   */
  static Opcode of(int bits) throws ChannelException {
    Opcode opcode = BY_CODE[bits & 0xf];
    if (opcode == null) {
      throw new ChannelException(ChannelEnd.UNKNOWN_OPCODE);
    }
    return opcode;
  }

  int code() {
    return code;
  }

  /** Whether this is a control frame: never fragmented, at most 125 bytes. */
  public boolean isControl() {
    return code >= 0x8;
  }
}
