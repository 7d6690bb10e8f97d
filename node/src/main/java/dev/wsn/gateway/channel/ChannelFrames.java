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
    Frame encoded = encodeInPlace(frame);
    int from = encoded.offset() - 1;
    return Arrays.copyOfRange(encoded.bytes(), from, from + 1 + encoded.length());
  }

  /**
   * This frame or a copy of it, with the header byte before its payload and room for a tag behind
   * it.
   *
   * @throws IllegalArgumentException if the payload is too long
   */
  static Frame encodeInPlace(Frame frame) {
    if (frame.length() > ChannelProtocol.MAX_PAYLOAD_BYTES) {
      throw new IllegalArgumentException("a frame has at most 65518 bytes of payload");
    }
    Frame encoded = frame.sealable();
    int header = frame.opcode().code() | (frame.isFinal() ? FIN : 0);
    encoded.bytes()[encoded.offset() - 1] = (byte) header;
    return encoded;
  }

  /**
   * The frame in these bytes, which come next in this direction.
   *
   * @param bytes what one transport message carried
   * @throws ChannelException if they are no frame, or none that may come next
   */
  public Frame decode(byte[] bytes) throws ChannelException {
    return decode(bytes, 0, bytes.length);
  }

  /** As {@link #decode(byte[])}, of a part of an array, which the frame then owns. */
  Frame decode(byte[] bytes, int offset, int length) throws ChannelException {
    if (length == 0 || (bytes[offset] & RESERVED) != 0) {
      throw new ChannelException(ChannelEnd.UNKNOWN_OPCODE);
    }
    int header = bytes[offset];
    Opcode opcode = Opcode.of(header);
    boolean isFinal = (header & FIN) != 0;
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
    Frame frame = new Frame(opcode, isFinal, bytes, offset + 1, length - 1);
    if (opcode == Opcode.CLOSE) {
      var unused = CloseStatus.decode(frame.payload());
    }
    return frame;
  }
}
