package dev.wsn.gateway.channel;

import java.security.SecureRandom;

/**
 * Frames to bytes (RFC 6455 5.2), without extensions. Not thread-safe.
 *
 * <p>Clients mask with four bytes that a script in the same process cannot foresee; they are drawn
 * in batches, because drawing four at a time costs more than masking a message.
 */
public final class WebSocketEncoder {
  private static final int MASK_BYTES = 4;
  private static final int BATCH_BYTES = 256;

  private final boolean masks;
  private final SecureRandom random;
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
   * The bytes of one frame.
   *
   * @param frame any but {@link Opcode#HEAD}
   */
  public byte[] encode(Frame frame) {
    byte[] payload = frame.payload();
    int lengthBytes = payload.length < 126 ? 0 : payload.length <= 0xffff ? 2 : 8;
    int headerBytes = 2 + lengthBytes + (masks ? MASK_BYTES : 0);
    byte[] bytes = new byte[headerBytes + payload.length];
    bytes[0] = (byte) (frame.opcode().code() | (frame.isFinal() ? 0x80 : 0));
    int shortLength = lengthBytes == 0 ? payload.length : lengthBytes == 2 ? 126 : 127;
    bytes[1] = (byte) (shortLength | (masks ? 0x80 : 0));
    for (int i = 0; i < lengthBytes; i++) {
      bytes[2 + i] = (byte) ((long) payload.length >>> (8 * (lengthBytes - 1 - i)));
    }
    System.arraycopy(payload, 0, bytes, headerBytes, payload.length);
    if (masks) {
      int mask = drawMask(bytes, 2 + lengthBytes);
      Masking.apply(mask, bytes, headerBytes, payload.length);
    }
    return bytes;
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
