package dev.wsn.gateway.channel;

import java.util.Arrays;

/**
 * The frames inside of one direction: a byte with FIN and opcode, then the payload. Checks what may
 * follow what: a head first and never again, then the messages and control frames of RFC 6455; or a
 * close right away. Not thread-safe; once it has thrown it is not used again.
 */
public final class ChannelFrames {
  private static final int FIN = 0x80;
  private static final int RESERVED = 0x70;

  private final MessageOrder order;
  private boolean hasHead;

  /**
   * The reader of one direction at its start.
   *
   * @param maxMessageBytes longest message that is let through
   */
  public ChannelFrames(long maxMessageBytes) {
    this.order = new MessageOrder(maxMessageBytes);
  }

  /** From here on messages have no bound of their own: they are streamed. */
  void lift() {
    order.lift();
  }

  /**
   * The bytes of a frame.
   *
   * @throws IllegalArgumentException if the payload is over {@link
   *     ChannelProtocol#MAX_PAYLOAD_BYTES}
   */
  public static byte[] encode(Frame frame) {
    return encode(frame, 0);
  }

  /** As {@link #encode(Frame)}, with room for that many bytes at the end. */
  static byte[] encode(Frame frame, int spareBytes) {
    byte[] payload = frame.payload();
    if (payload.length > ChannelProtocol.MAX_PAYLOAD_BYTES) {
      throw new IllegalArgumentException("a frame has at most 65518 bytes of payload");
    }
    byte[] bytes = new byte[1 + payload.length + spareBytes];
    bytes[0] = (byte) (frame.opcode().code() | (frame.isFinal() ? FIN : 0));
    System.arraycopy(payload, 0, bytes, 1, payload.length);
    return bytes;
  }

  /**
   * The frame in these bytes, which come next in this direction.
   *
   * @param bytes what one transport message carried
   * @throws ChannelException if they are no frame, or none that may come next
   */
  public Frame decode(byte[] bytes) throws ChannelException {
    return decode(bytes, bytes.length);
  }

  /** As {@link #decode(byte[])}, of the first bytes of an array. */
  Frame decode(byte[] bytes, int length) throws ChannelException {
    if (length == 0 || (bytes[0] & RESERVED) != 0) {
      throw new ChannelException(ChannelEnd.UNKNOWN_OPCODE);
    }
    Opcode opcode = Opcode.of(bytes[0]);
    boolean isFinal = (bytes[0] & FIN) != 0;
    boolean isHeadDue = !hasHead && opcode != Opcode.CLOSE;
    if (isHeadDue != (opcode == Opcode.HEAD)) {
      throw new ChannelException(ChannelEnd.OUT_OF_ORDER);
    }
    if (opcode == Opcode.HEAD) {
      if (!isFinal || length - 1 > HeadJson.MAX_BYTES) {
        throw new ChannelException(ChannelEnd.BAD_HEAD);
      }
      hasHead = true;
    } else {
      order.admit(opcode, isFinal, length - 1);
    }
    Frame frame = new Frame(opcode, isFinal, Arrays.copyOfRange(bytes, 1, length));
    if (opcode == Opcode.CLOSE) {
      var unused = CloseStatus.decode(frame.payload());
    }
    return frame;
  }
}
