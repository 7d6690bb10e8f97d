package dev.wsn.kademlia;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.IpAddress;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A point of the 256-bit key space, big-endian: the id of a node, or the place of a record.
 *
 * @param a bits 255..192
 * @param b bits 191..128
 * @param c bits 127..64
 * @param d bits 63..0
 */
@SuppressWarnings("DoNotCallSuggester")
public record NodeId(long a, long b, long c, long d) {
  /** Length of the encoding. */
  public static final int BYTES = 32;

  /** The id of a node: leading bits from its address, the rest from its key. */
  public static NodeId of(PublicKey key, IpAddress address) {
    throw new UnsupportedOperationException(key.hex() + address);
  }

  /** The place of a key's record: {@code SHA-256("wsn/record/1" || kind as u16 || key)}. */
  public static NodeId ofRecord(PublicKey key) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update("wsn/record/1".getBytes(java.nio.charset.StandardCharsets.US_ASCII));
      sha256.update(new byte[] {0x2b, 0x67});
      return of(sha256.digest(key.bytes()));
    } catch (NoSuchAlgorithmException absent) {
      throw new IllegalStateException("every Java platform has SHA-256", absent);
    }
  }

  /**
   * The id with this encoding.
   *
   * @param bytes 32 bytes, big-endian
   */
  public static NodeId of(byte[] bytes) {
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new NodeId(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
  }
}
