package dev.wsn.record;

import dev.wsn.crypto.Hkdf;
import dev.wsn.crypto.SecretKey;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Marks the records that a node verified before it wrote them down, so that it need not verify a
 * million signatures at every start: the first 16 bytes of HMAC-SHA-256 over what the record is,
 * under a key that only the holder of the node's secret can make. Thread-safe.
 */
public final class RecordSeal {
  /** Length of a seal. */
  public static final int BYTES = 16;

  private static final byte[] INFO = "wsn/store/1".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] NO_SALT = {};
  private static final String ALGORITHM = "HmacSHA256";

  /** Never used, only cloned: to look the algorithm up costs more than the seal. */
  private final Mac unused;

  private RecordSeal(Mac unused) {
    this.unused = unused;
  }

  /** The seal of a node. */
  public static RecordSeal of(SecretKey node) {
    byte[] secret = node.reveal();
    byte[] derived = Hkdf.derive(NO_SALT, secret, INFO, SecretKey.BYTES);
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(derived, ALGORITHM));
      return new RecordSeal(mac);
    } catch (NoSuchAlgorithmException | InvalidKeyException absent) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, absent);
    } finally {
      Arrays.fill(secret, (byte) 0);
      Arrays.fill(derived, (byte) 0);
    }
  }

  /** The seal of a record, {@value #BYTES} bytes. */
  public byte[] seal(AddressRecord addressRecord) {
    return seal(addressRecord.stored());
  }

  /** Whether a seal is the one of this form, in constant time. */
  boolean fits(byte[] seal, RecordRules.StoredForm stored) {
    return MessageDigest.isEqual(seal, seal(stored));
  }

  private byte[] seal(RecordRules.StoredForm stored) {
    try {
      Mac mac = (Mac) unused.clone();
      mac.update(stored.id().bytes());
      mac.update(
          ByteBuffer.allocate(2 * Long.BYTES + 1)
              .putLong(stored.createdAt())
              .putLong(stored.expiresAt())
              .put((byte) (stored.isWithdrawal() ? 1 : 0))
              .array());
      return Arrays.copyOf(mac.doFinal(stored.compact()), BYTES);
    } catch (CloneNotSupportedException impossible) {
      throw new IllegalStateException("Java's own " + ALGORITHM + " can be cloned", impossible);
    }
  }

  /** Keeps the key out of logs. */
  @Override
  public String toString() {
    return "RecordSeal(_)";
  }
}
