package dev.wsn.gateway.channel;

/**
 * Frames that become one transport message: each with FIN and opcode, its length in the shortest
 * form of RFC 6455 5.2, and its payload. Is used over and over: {@link ChannelSession#seal} empties
 * it. Not thread-safe.
 */
public final class FrameBatch {
  private static final int FIN = 0x80;
  private static final int LONG = 126;

  private final byte[] bytes;
  private int filled;

  private FrameBatch(int plaintextBytes) {
    this.bytes = new byte[plaintextBytes + ChannelProtocol.TAG_BYTES];
  }

  /** An empty batch that has room for a frame of {@link ChannelProtocol#PIECE_BYTES}. */
  public static FrameBatch empty() {
    return new FrameBatch(ChannelProtocol.BATCH_BYTES);
  }

  /**
   * A batch that is as long as these frames.
   *
   * @throws IllegalArgumentException if they do not fit into one transport message
   */
  static FrameBatch of(Frame... frames) {
    int plaintextBytes = 0;
    for (Frame frame : frames) {
      plaintextBytes += encodedBytes(frame);
    }
    if (plaintextBytes > ChannelProtocol.MAX_PLAINTEXT_BYTES) {
      throw new IllegalArgumentException("a transport message holds at most 65519 bytes of frames");
    }
    FrameBatch batch = new FrameBatch(plaintextBytes);
    for (Frame frame : frames) {
      batch.append(frame);
    }
    return batch;
  }

  private static int encodedBytes(Frame frame) {
    return (frame.length() < LONG ? 2 : ChannelProtocol.MAX_HEADER_BYTES) + frame.length();
  }

  /** Whether there are no frames. */
  public boolean isEmpty() {
    return filled == 0;
  }

  /** Whether one more frame fits. */
  public boolean hasRoomFor(Frame frame) {
    return encodedBytes(frame) <= bytes.length - ChannelProtocol.TAG_BYTES - filled;
  }

  /**
   * Adds a frame, which it copies.
   *
   * @throws IndexOutOfBoundsException if it does not fit
   */
  public void append(Frame frame) {
    int length = frame.length();
    bytes[filled++] = (byte) (frame.opcode().code() | (frame.isFinal() ? FIN : 0));
    if (length < LONG) {
      bytes[filled++] = (byte) length;
    } else {
      bytes[filled++] = LONG;
      bytes[filled++] = (byte) (length >> 8);
      bytes[filled++] = (byte) length;
    }
    System.arraycopy(frame.bytes(), frame.offset(), bytes, filled, length);
    filled += length;
  }

  /** Forgets the frames. */
  public void clear() {
    filled = 0;
  }

  /** The frames, from the start of an array that has room for the tag behind them. */
  byte[] bytes() {
    return bytes;
  }

  /** Bytes of the frames. */
  int length() {
    return filled;
  }

  @Override
  public String toString() {
    return "FrameBatch(" + filled + " bytes)";
  }
}
