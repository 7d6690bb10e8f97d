package dev.wsn.gateway.channel;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The masking of RFC 6455 5.3, eight bytes at a time. */
final class Masking {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Masking() {}

  /**
   * Masks or unmasks in place.
   *
   * @param mask four bytes, the next one to use first (most significant)
   * @return the mask for the byte after the last one
   */
  static int apply(int mask, byte[] bytes, int from, int count) {
    if (mask == 0) {
      return 0;
    }
    int end = from + count;
    int i = from;
    long wide = ((long) mask << 32) | (mask & 0xffff_ffffL);
    for (; i <= end - Long.BYTES; i += Long.BYTES) {
      LONGS.set(bytes, i, (long) LONGS.get(bytes, i) ^ wide);
    }
    int rotating = mask;
    for (; i < end; i++) {
      bytes[i] ^= (byte) (rotating >>> 24);
      rotating = Integer.rotateLeft(rotating, 8);
    }
    return rotating;
  }
}
