package dev.wsn.crypto;

import java.security.GeneralSecurityException;
import java.util.Arrays;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** HKDF and HMAC with SHA-256 (RFC 5869, RFC 2104). Stateless and thread-safe. */
public final class Hkdf {
  /** Most bytes that one expansion gives: 255 hashes. */
  public static final int MAX_OUTPUT_BYTES = 255 * Sha256.BYTES;

  private static final String HMAC = "HmacSHA256";

  private Hkdf() {}

  /**
   * Extracts and expands in one step.
   *
   * @param salt may be empty
   * @param inputKeyMaterial the secret; the caller wipes its own array
   * @param info what the output is for; may be empty
   * @param length bytes wanted, at most {@link #MAX_OUTPUT_BYTES}
   */
  public static byte[] derive(byte[] salt, byte[] inputKeyMaterial, byte[] info, int length) {
    byte[] key = extract(salt, inputKeyMaterial);
    try {
      return expand(key, info, length);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
  }

  /**
   * The pseudorandom key of RFC 5869 section 2.2, 32 bytes.
   *
   * @param salt may be empty
   * @param inputKeyMaterial the secret
   */
  public static byte[] extract(byte[] salt, byte[] inputKeyMaterial) {
    return hmac(salt, inputKeyMaterial);
  }

  /**
   * Output keying material of RFC 5869 section 2.3.
   *
   * @param key a pseudorandom key of at least 32 bytes
   * @param info what the output is for; may be empty
   * @param length bytes wanted, at most {@link #MAX_OUTPUT_BYTES}
   * @throws IllegalArgumentException if the length is negative or above the maximum, or the key too
   *     short
   */
  public static byte[] expand(byte[] key, byte[] info, int length) {
    if (length < 0 || length > MAX_OUTPUT_BYTES) {
      throw new IllegalArgumentException("HKDF gives 0.." + MAX_OUTPUT_BYTES + " bytes");
    }
    if (key.length < Sha256.BYTES) {
      throw new IllegalArgumentException("the pseudorandom key has at least 32 bytes");
    }
    Mac mac = mac(key);
    byte[] output = new byte[length];
    byte[] block = {};
    for (int done = 0, counter = 1; done < length; done += block.length, counter++) {
      mac.update(block);
      mac.update(info);
      mac.update((byte) counter);
      Arrays.fill(block, (byte) 0);
      block = mac.doFinal();
      System.arraycopy(block, 0, output, done, Math.min(block.length, length - done));
    }
    Arrays.fill(block, (byte) 0);
    return output;
  }

  /**
   * HMAC-SHA-256, 32 bytes.
   *
   * @param key any length; one of 32 random bytes is right
   * @param message what is authenticated
   */
  public static byte[] hmac(byte[] key, byte[] message) {
    return mac(key).doFinal(message);
  }

  private static Mac mac(byte[] key) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      // HMAC pads a short key with zeros, so a zero byte stands for the empty key, which the JDK's
      // key type refuses.
      mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, HMAC));
      return mac;
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java platform has HMAC-SHA-256", impossible);
    }
  }
}
