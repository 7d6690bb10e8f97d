package dev.wsn.simulator;

import dev.wsn.wire.RejectReason;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LongSummaryStatistics;
import java.util.Map;

/** What a run did: a 128-bit hash over every datagram sent, and counts. */
final class Trace {
  private static final long FIRST = 0x9e37_79b9_7f4a_7c15L;
  private static final long SECOND = 0xc2b2_ae3d_27d4_eb4fL;

  private final Map<RejectReason, Long> rejected = new EnumMap<>(RejectReason.class);
  private final LongSummaryStatistics hops = new LongSummaryStatistics();
  private final LongSummaryStatistics lookupMillis = new LongSummaryStatistics();
  private long high = FIRST;
  private long low = SECOND;
  private long datagrams;
  private long bytes;
  private long lost;

  /** Takes a datagram: when, from which member to which, how long, and a checksum of it. */
  void sent(long atMillis, int from, int to, int lengthBytes, long checksum) {
    datagrams++;
    bytes += lengthBytes;
    mix(atMillis);
    mix((long) from << Integer.SIZE | (to & 0xffff_ffffL));
    mix(checksum << Integer.SIZE | lengthBytes);
  }

  private void mix(long value) {
    high = Long.rotateLeft((high ^ value) * FIRST, 29);
    low = Long.rotateLeft((low + value) * SECOND, 31) ^ high;
  }

  void lost() {
    lost++;
  }

  void rejected(RejectReason reason) {
    rejected.merge(reason, 1L, Long::sum);
  }

  void lookup(int hopCount, long elapsedMillis) {
    hops.accept(hopCount);
    lookupMillis.accept(elapsedMillis);
  }

  Map<RejectReason, Long> rejected() {
    return rejected;
  }

  long datagrams() {
    return datagrams;
  }

  long bytes() {
    return bytes;
  }

  double meanHops() {
    return hops.getAverage();
  }

  long lookups() {
    return hops.getCount();
  }

  /** The hash of everything sent so far, 32 hexadecimal digits. */
  String hash() {
    return HexFormat.of().toHexDigits(high) + HexFormat.of().toHexDigits(low);
  }

  @Override
  public String toString() {
    return "%d datagrams, %d MB, %d lost, rejected %s, %d lookups of %.2f hops and %.0f ms on average"
        .formatted(
            datagrams,
            bytes >> 20,
            lost,
            rejected,
            hops.getCount(),
            hops.getAverage(),
            lookupMillis.getAverage());
  }
}
