package dev.wsn.kademlia;

import java.nio.ByteBuffer;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.random.RandomGenerator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Proofs that this node gives out and recognises without keeping any: the first 8 bytes of an
 * HMAC-SHA-256 under a secret that is drawn anew every so often. The secret before it still counts,
 * so that a proof is good for one to two periods. Not thread-safe; one owner.
 */
public final class RotatingSecret {
  private static final int SECRET_BYTES = 32;
  private static final String ALGORITHM = "HmacSHA256";

  private final RandomGenerator random;
  private final long periodMillis;
  private Mac current;
  private Mac previous;
  private long rotatesAtMillis;
  private boolean isStarted;

  /**
   * A secret that nobody has seen.
   *
   * @param random unpredictable to others on a real network
   * @param periodMillis how long a secret makes proofs, from 1
   */
  public RotatingSecret(RandomGenerator random, long periodMillis) {
    this.random = random;
    this.periodMillis = periodMillis;
    this.current = fresh();
    this.previous = fresh();
  }

  /**
   * The proof for this text, never 0.
   *
   * @param nowMillis monotonic
   */
  public long proof(long nowMillis, byte[] text) {
    rotate(nowMillis);
    return proof(current, text);
  }

  /** Whether this node gave this proof for this text one to two periods ago, or later. */
  public boolean isOurs(long nowMillis, byte[] text, long proof) {
    rotate(nowMillis);
    return proof == proof(current, text) || proof == proof(previous, text);
  }

  private void rotate(long nowMillis) {
    if (!isStarted) {
      isStarted = true;
      rotatesAtMillis = nowMillis + periodMillis;
    }
    if (nowMillis < rotatesAtMillis) {
      return;
    }
    boolean isLongOver = nowMillis >= rotatesAtMillis + periodMillis;
    previous = isLongOver ? fresh() : current;
    current = fresh();
    rotatesAtMillis = isLongOver ? nowMillis + periodMillis : rotatesAtMillis + periodMillis;
  }

  private static long proof(Mac mac, byte[] text) {
    long bits = ByteBuffer.wrap(mac.doFinal(text)).getLong();
    return bits == 0 ? 1 : bits;
  }

  private Mac fresh() {
    byte[] secret = new byte[SECRET_BYTES];
    random.nextBytes(secret);
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret, ALGORITHM));
      return mac;
    } catch (NoSuchAlgorithmException | InvalidKeyException absent) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, absent);
    }
  }

  /** Keeps the secrets out of logs. */
  @Override
  public String toString() {
    return "RotatingSecret(_)";
  }
}
