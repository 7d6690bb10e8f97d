package dev.wsn.crypto;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * A secp256k1 secret key: a scalar from 1 to n - 1, 32 bytes big-endian. Never printed; compared in
 * constant time; {@link #close} wipes it.
 */
public final class SecretKey implements AutoCloseable {
  /** Length of the encoding. */
  public static final int BYTES = 32;

  private static final BigInteger ORDER =
      new BigInteger("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", 16);

  private final byte[] scalar;
  private boolean wiped;

  private SecretKey(byte[] scalar) {
    this.scalar = scalar;
  }

  /**
   * The value with this encoding.
   *
   * @param bytes 32 bytes, copied; the caller wipes its own array
   * @throws MalformedKeyException if the length is not 32 or the scalar is not in 1..n-1
   */
  public static SecretKey of(byte[] bytes) {
    if (bytes.length != BYTES) {
      throw new MalformedKeyException("a secret key is 32 bytes, not " + bytes.length);
    }
    if (!isInRange(bytes)) {
      throw new MalformedKeyException("the secret key is zero or not below the order of the curve");
    }
    return new SecretKey(bytes.clone());
  }

  /**
   * A fresh key.
   *
   * @param random source of the scalar; asked again until it is in range
   */
  public static SecretKey generate(SecureRandom random) {
    byte[] candidate = new byte[BYTES];
    do {
      random.nextBytes(candidate);
    } while (!isInRange(candidate));
    return new SecretKey(candidate);
  }

  private static boolean isInRange(byte[] bytes) {
    BigInteger value = new BigInteger(1, bytes);
    return value.signum() > 0 && value.compareTo(ORDER) < 0;
  }

  /**
   * The 32 bytes, a fresh copy that the caller wipes.
   *
   * @throws IllegalStateException after {@link #close}
   */
  public byte[] reveal() {
    if (wiped) {
      throw new IllegalStateException("this secret key was wiped");
    }
    return scalar.clone();
  }

  /** Overwrites the scalar; the key cannot be used afterwards. */
  @Override
  public void close() {
    Arrays.fill(scalar, (byte) 0);
    wiped = true;
  }

  /** Takes the same time whatever the bytes are. */
  @Override
  public boolean equals(Object other) {
    return other instanceof SecretKey key && MessageDigest.isEqual(scalar, key.scalar);
  }

  /** The same for all keys, so that a hash never tells one from another. */
  @Override
  public int hashCode() {
    return BYTES;
  }

  @Override
  public String toString() {
    return "SecretKey(_)";
  }
}
