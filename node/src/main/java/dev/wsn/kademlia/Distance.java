package dev.wsn.kademlia;

/**
 * How far two ids are apart: their exclusive or, read as an unsigned 256-bit number (Kademlia 2.1).
 *
 * @param a bits 255..192
 * @param b bits 191..128
 * @param c bits 127..64
 * @param d bits 63..0
 */
public record Distance(long a, long b, long c, long d) implements Comparable<Distance> {
  /** The distance of an id from itself. */
  public static final Distance ZERO = new Distance(0, 0, 0, 0);

  /** Whether the two ids are the same. */
  public boolean isZero() {
    return (a | b | c | d) == 0;
  }

  /** Number of leading bits that the two ids share, 0..256. */
  public int sharedBits() {
    if (a != 0) {
      return Long.numberOfLeadingZeros(a);
    }
    if (b != 0) {
      return 64 + Long.numberOfLeadingZeros(b);
    }
    return c != 0 ? 128 + Long.numberOfLeadingZeros(c) : 192 + Long.numberOfLeadingZeros(d);
  }

  /** The share of the key space that is nearer than this; never 0, precise to 2^-63. */
  double fraction() {
    return Math.max(0x1p-63, (a >>> 1) * 0x1p-63);
  }

  /**
   * The bucket of a contact at this distance, 0 (nearest) to 255 (the far half of the key space).
   *
   * @throws IllegalStateException for {@link #ZERO}: the own id has no bucket
   */
  public int bucketIndex() {
    if (isZero()) {
      throw new IllegalStateException("the own id has no bucket");
    }
    return Protocol.ID_BITS - 1 - sharedBits();
  }

  /** As unsigned numbers. */
  @Override
  public int compareTo(Distance other) {
    int order = Long.compareUnsigned(a, other.a);
    if (order == 0) {
      order = Long.compareUnsigned(b, other.b);
    }
    if (order == 0) {
      order = Long.compareUnsigned(c, other.c);
    }
    return order != 0 ? order : Long.compareUnsigned(d, other.d);
  }
}
