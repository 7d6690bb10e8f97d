package dev.wsn.kademlia;

import dev.wsn.crypto.KeyedHash;
import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Proofs that this node gives out and recognises without keeping any: 64 bits of a {@link
 * KeyedHash} under a secret that is drawn anew every so often. The secret before it still counts,
 * so that a proof is good for one to two periods. Not thread-safe; one owner.
 */
public final class RotatingSecret {
  private final RandomGenerator random;
  private final long periodMillis;
  private KeyedHash current;
  private KeyedHash previous;
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
   * The proof for a text, never 0.
   *
   * @param nowMillis monotonic
   * @param text in an array
   * @param length how many bytes of it, from the first on
   */
  public long proof(long nowMillis, byte[] text, int length) {
    rotate(nowMillis);
    return proof(current, text, length);
  }

  /** Whether this node gave this proof for this text one to two periods ago, or later. */
  public boolean isOurs(long nowMillis, byte[] text, int length, long proof) {
    rotate(nowMillis);
    return proof == proof(current, text, length) || proof == proof(previous, text, length);
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

  private static long proof(KeyedHash hash, byte[] text, int length) {
    long bits = hash.of(text, length);
    return bits == 0 ? 1 : bits;
  }

  private KeyedHash fresh() {
    byte[] secret = new byte[KeyedHash.KEY_BYTES];
    random.nextBytes(secret);
    KeyedHash hash = new KeyedHash(secret);
    Arrays.fill(secret, (byte) 0);
    return hash;
  }

  /** Keeps the secrets out of logs. */
  @Override
  public String toString() {
    return "RotatingSecret(_)";
  }
}
