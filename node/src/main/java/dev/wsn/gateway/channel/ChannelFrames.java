package dev.wsn.gateway.channel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The frames inside of one direction. A transport message holds one or more whole ones: a byte with
 * FIN and opcode, the length as RFC 6455 5.2 without mask, the payload. Checks what may follow
 * what: a head first and never again, then the messages and control frames of RFC 6455; or a close
 * right away. Not thread-safe; once it has thrown it is not used again.
 */
public final class ChannelFrames {
  private static final byte[] NOTHING = new byte[0];
  private static final int RESERVED = 0x70;
  private static final int MASKED = 0x80;
  private static final int LONG = 126;

  private final MessageOrder order;
  private boolean hasHead;
  private byte[] plaintext = NOTHING;
  private int position;
  private int end;

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
   * The plaintext of a transport message with these frames.
   *
   * @throws IllegalArgumentException if they do not fit into one
   */
  public static byte[] encode(Frame... frames) {
    FrameBatch batch = FrameBatch.of(frames);
    return Arrays.copyOf(batch.bytes(), batch.length());
  }

  /**
   * All frames of a message that comes next in this direction.
   *
   * @param message what one transport message carried; the frames lie in it
   * @throws ChannelException if they are no frames, or one may not come where it stands
   */
  public List<Frame> decode(byte[] message) throws ChannelException {
    begin(message, 0, message.length);
    List<Frame> frames = new ArrayList<>();
    while (hasNext()) {
      frames.add(next());
    }
    return frames;
  }

  /**
   * Begins a message, when every frame of the one before was taken.
   *
   * @throws ChannelException {@link ChannelEnd#BAD_FRAME} if there is none in it
   */
  void begin(byte[] bytes, int offset, int length) throws ChannelException {
    if (length == 0) {
      throw new ChannelException(ChannelEnd.BAD_FRAME);
    }
    plaintext = bytes;
    position = offset;
    end = offset + length;
  }

  /** Whether the message that was begun has one more frame. */
  boolean hasNext() {
    return position < end;
  }

  /** Copies what was not yet taken, and lets go of the array that the message lies in. */
  void keep() {
    plaintext = position == end ? NOTHING : Arrays.copyOfRange(plaintext, position, end);
    position = 0;
    end = plaintext.length;
  }

  /**
   * The next frame, a part of the message.
   *
   * @throws ChannelException if it is none, or may not come here
   */
  Frame next() throws ChannelException {
    int header = plaintext[position];
    if ((header & RESERVED) != 0) {
      throw new ChannelException(ChannelEnd.UNKNOWN_OPCODE);
    }
    Opcode opcode = Opcode.of(header);
    boolean isFinal = header < 0;
    int length = readLength();
    boolean isHeadDue = !hasHead && opcode != Opcode.CLOSE;
    if (isHeadDue != (opcode == Opcode.HEAD)) {
      throw new ChannelException(ChannelEnd.OUT_OF_ORDER);
    }
    if (opcode == Opcode.HEAD) {
      if (!isFinal || length > HeadJson.MAX_BYTES) {
        throw new ChannelException(ChannelEnd.BAD_HEAD);
      }
      hasHead = true;
    } else {
      order.admit(opcode, isFinal, length);
    }
    Frame frame = new Frame(opcode, isFinal, plaintext, position, length);
    position += length;
    if (opcode == Opcode.CLOSE) {
      var unused = CloseStatus.decode(frame.payload());
      if (hasNext()) {
        throw new ChannelException(ChannelEnd.OUT_OF_ORDER);
      }
    }
    return frame;
  }

  /** Goes on to the payload, all of which is there. */
  private int readLength() throws ChannelException {
    int available = end - position;
    if (available < 2) {
      throw new ChannelException(ChannelEnd.BAD_FRAME);
    }
    int length = plaintext[position + 1] & 0xff;
    boolean isLong = length == LONG;
    int headerBytes = isLong ? ChannelProtocol.MAX_HEADER_BYTES : 2;
    if ((length & MASKED) != 0 || length > LONG || available < headerBytes) {
      throw new ChannelException(ChannelEnd.BAD_FRAME);
    }
    if (isLong) {
      length = (plaintext[position + 2] & 0xff) << 8 | (plaintext[position + 3] & 0xff);
    }
    if ((isLong && length < LONG) || length > available - headerBytes) {
      throw new ChannelException(ChannelEnd.BAD_FRAME);
    }
    position += headerBytes;
    return length;
  }
}
