package dev.wsn.simulator;

import dev.wsn.crypto.Aead;
import dev.wsn.record.IpPort;
import dev.wsn.wire.RejectReason;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.LongSummaryStatistics;
import java.util.Map;

/** What a run did: a hash over every datagram sent, and counts. */
final class Trace {
  private final MessageDigest sha256;
  private final Map<RejectReason, Long> rejected = new EnumMap<>(RejectReason.class);
  private final LongSummaryStatistics hops = new LongSummaryStatistics();
  private final LongSummaryStatistics lookupMillis = new LongSummaryStatistics();
  private long datagrams;
  private long bytes;
  private long lost;

  Trace() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException absent) {
      throw new IllegalStateException("every Java platform has SHA-256", absent);
    }
  }

  /** The tag stands for the whole datagram, which it authenticates. */
  void sent(long atMillis, IpPort from, IpPort to, byte[] datagram) {
    datagrams++;
    bytes += datagram.length;
    sha256.update(ByteBuffer.allocate(8).putLong(atMillis).array());
    note(from);
    note(to);
    sha256.update(datagram, datagram.length - Aead.TAG_BYTES, Aead.TAG_BYTES);
  }

  private void note(IpPort address) {
    sha256.update(address.address().bytes());
    sha256.update((byte) (address.port() >> 8));
    sha256.update((byte) address.port());
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

  double meanHops() {
    return hops.getAverage();
  }

  long lookups() {
    return hops.getCount();
  }

  /** The hash of everything sent so far; ends the trace. */
  String hash() {
    return HexFormat.of().formatHex(sha256.digest());
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
