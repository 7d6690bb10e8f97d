package dev.wsn.kademlia;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Sha256;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.AddressScope;
import dev.wsn.record.IpAddress;
import dev.wsn.record.Topic;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/**
 * A point of the 256-bit key space, big-endian: the id of a node, or the place of a record or a
 * topic.
 *
 * <p>A node does not choose its id. The leading 21 bits follow from its IP address, as in BEP 42,
 * and the rest from its key, so that whoever wants a place next to a record needs an address that
 * leads there. Loopback and private addresses say nothing about who is behind them, so there the
 * whole id follows from the key.
 *
 * @param a bits 255..192
 * @param b bits 191..128
 * @param c bits 127..64
 * @param d bits 63..0
 */
public record NodeId(long a, long b, long c, long d) {
  /** Length of the encoding. */
  public static final int BYTES = 32;

  private static final byte[] NODE = "wsn/node/1".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] TOPIC = "wsn/topic/1".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] RECORD = "wsn/record/1".getBytes(StandardCharsets.US_ASCII);

  /** The masks of BEP 42, which keep the bits of an address that are costly to choose. */
  private static final byte[] IPV4_MASK = HexFormat.of().parseHex("030f3fff");

  private static final byte[] IPV6_MASK = HexFormat.of().parseHex("0103070f1f3f7fff");

  private static final int R_MASK = 0x07;

  /**
   * The id of a node: 21 leading bits of {@code SHA-256("wsn/node/1" || masked address || r)}, then
   * the remaining 235 bits of {@code SHA-256(key)}; {@code r} is one byte, the low three bits of
   * the last byte of {@code SHA-256(key)}. Not so for addresses that are not public, see {@link
   * #unplaced}.
   */
  public static NodeId of(PublicKey key, IpAddress address) {
    byte[] ofKey = Sha256.digest().digest(key.bytes());
    if (address.scope() != AddressScope.PUBLIC) {
      return of(ofKey);
    }
    MessageDigest sha256 = Sha256.digest();
    sha256.update(NODE);
    sha256.update(masked(address));
    sha256.update((byte) (ofKey[BYTES - 1] & R_MASK));
    byte[] ofAddress = sha256.digest();
    int whole = Protocol.ADDRESS_BITS / 8;
    System.arraycopy(ofAddress, 0, ofKey, 0, whole);
    int fromAddress = (0xff << (8 - Protocol.ADDRESS_BITS % 8)) & 0xff;
    ofKey[whole] = (byte) ((ofAddress[whole] & fromAddress) | (ofKey[whole] & ~fromAddress));
    return of(ofKey);
  }

  /** The id of a node whose public address is not known or does not exist: {@code SHA-256(key)}. */
  public static NodeId unplaced(PublicKey key) {
    return of(Sha256.digest().digest(key.bytes()));
  }

  /** The place of a key's record: {@code SHA-256("wsn/record/1" || kind as u16 || key)}. */
  public static NodeId ofRecord(PublicKey key) {
    MessageDigest sha256 = Sha256.digest();
    sha256.update(RECORD);
    sha256.update((byte) (AddressRecord.KIND >>> 8));
    sha256.update((byte) AddressRecord.KIND);
    return of(sha256.digest(key.bytes()));
  }

  /** The place of a topic: {@code SHA-256("wsn/topic/1" || name in ASCII)}. */
  public static NodeId ofTopic(Topic topic) {
    MessageDigest sha256 = Sha256.digest();
    sha256.update(TOPIC);
    return of(sha256.digest(topic.name().getBytes(StandardCharsets.US_ASCII)));
  }

  /**
   * The id with this encoding.
   *
   * @param bytes 32 bytes, big-endian
   * @throws IllegalArgumentException if the length is not 32
   */
  public static NodeId of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new IllegalArgumentException("an id is 32 bytes, not " + bytes.length);
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    return new NodeId(buffer.getLong(), buffer.getLong(), buffer.getLong(), buffer.getLong());
  }

  /** The 32 bytes, big-endian. */
  public byte[] bytes() {
    return ByteBuffer.allocate(BYTES).putLong(a).putLong(b).putLong(c).putLong(d).array();
  }

  /** A random id that shares exactly so many leading bits with this one. */
  NodeId beside(int sharedBits, RandomGenerator random) {
    byte[] beside = new byte[BYTES];
    random.nextBytes(beside);
    byte[] own = bytes();
    int at = sharedBits / 8;
    int bit = 0x80 >>> (sharedBits % 8);
    System.arraycopy(own, 0, beside, 0, at);
    // The bits before stay the own ones, the bit itself differs, those after are random.
    beside[at] = (byte) ((own[at] & ~(2 * bit - 1)) | (~own[at] & bit) | (beside[at] & (bit - 1)));
    return of(beside);
  }

  /** 64 lower-case hexadecimal digits. */
  public String hex() {
    return HexFormat.of().formatHex(bytes());
  }

  /** The exclusive or of the two ids. */
  public Distance distanceTo(NodeId other) {
    return new Distance(a ^ other.a, b ^ other.b, c ^ other.c, d ^ other.d);
  }

  /** The first 8 hexadecimal digits. */
  @Override
  public String toString() {
    return HexFormat.of().toHexDigits((int) (a >>> 32));
  }

  private static byte[] masked(IpAddress address) {
    byte[] bytes = address.bytes();
    byte[] mask = address.isIpv4() ? IPV4_MASK : IPV6_MASK;
    byte[] masked = new byte[mask.length];
    for (int i = 0; i < mask.length; i++) {
      masked[i] = (byte) (bytes[i] & mask[i]);
    }
    return masked;
  }
}
