package dev.wsn.gateway.channel;

import java.io.ByteArrayOutputStream;
import java.security.SecureRandom;

/**
 * Frames to bytes (RFC 6455 5.2), without extensions. Not thread-safe.
 *
 * <p>Clients mask with four bytes that a script in the same process cannot foresee; they are drawn
 * in batches, because drawing four at a time costs more than masking a message.
 */
public final class WebSocketEncoder {
  private static final int MASK_BYTES = 4;

  /** Longest header of a frame. */
  public static final int MAX_HEADER_BYTES = 2 + Long.BYTES + MASK_BYTES;

  private static final int BATCH_BYTES = 256;

  private final boolean masks;
  private final SecureRandom random;
  private final byte[] header = new byte[MAX_HEADER_BYTES];
  private final byte[] batch;
  private int used;

  private WebSocketEncoder(boolean masks, SecureRandom random) {
    this.masks = masks;
    this.random = random;
    this.batch = new byte[masks ? BATCH_BYTES : 0];
    this.used = batch.length;
  }

  /** The encoder of one side. */
  public static WebSocketEncoder of(WebSocketSide side, SecureRandom random) {
    return new WebSocketEncoder(side == WebSocketSide.CLIENT, random);
  }

  /**
   * The bytes of one frame, and nothing else of it changes.
   *
   * @param frame any but {@link Opcode#HEAD}
   */
  public byte[] encode(Frame frame) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] payload = frame.payload().clone();
    encode(new Frame(frame.opcode(), frame.isFinal(), payload), bytes::write);
    return bytes.toByteArray();
  }

  /**
   * Writes one frame. What is masked is masked where it lies.
   *
   * @param frame any but {@link Opcode#HEAD}
   */
  public void encode(Frame frame, ByteSink sink) {
    int payloadBytes = frame.length();
    int lengthBytes = payloadBytes < 126 ? 0 : payloadBytes <= 0xffff ? 2 : 8;
    int headerBytes = 2 + lengthBytes + (masks ? MASK_BYTES : 0);
    header[0] = (byte) (frame.opcode().code() | (frame.isFinal() ? 0x80 : 0));
    int shortLength = lengthBytes == 0 ? payloadBytes : lengthBytes == 2 ? 126 : 127;
    header[1] = (byte) (shortLength | (masks ? 0x80 : 0));
    for (int i = 0; i < lengthBytes; i++) {
      header[2 + i] = (byte) ((long) payloadBytes >>> (8 * (lengthBytes - 1 - i)));
    }
    int mask = masks ? drawMask(header, 2 + lengthBytes) : 0;
    sink.append(header, 0, headerBytes);
    // Control frames may be kept by who received them.
    Frame masked = masks && frame.opcode().isControl() ? frame.copy() : frame;
    int unused = Masking.apply(mask, masked.bytes(), masked.offset(), payloadBytes);
    masked.writeTo(sink);
  }

  private int drawMask(byte[] bytes, int at) {
    if (used == batch.length) {
      random.nextBytes(batch);
      used = 0;
    }
    int mask = 0;
    for (int i = 0; i < MASK_BYTES; i++) {
      bytes[at + i] = batch[used];
      mask = mask << 8 | (batch[used] & 0xff);
      used++;
    }
    return mask;
  }
}
