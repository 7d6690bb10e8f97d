package dev.wsn.crypto;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 (FIPS 180-4). Stateless and thread-safe. */
public final class Sha256 {
  /** Length of a hash. */
  public static final int BYTES = 32;

  // Cloned for each hash: a clone of an unused digest is cheaper than a look-up of the provider.
  private static final MessageDigest UNUSED = newDigest();

  private Sha256() {}

  /**
   * The hash of the parts one after the other, 32 bytes.
   *
   * @param parts hashed without separators or lengths: the caller makes the sequence unambiguous
   */
  public static byte[] hash(byte[]... parts) {
    MessageDigest digest = digest();
    for (byte[] part : parts) {
      digest.update(part);
    }
    return digest.digest();
  }

  /** A fresh incremental digest, for input that is not at hand as whole arrays. */
  public static MessageDigest digest() {
    try {
      return (MessageDigest) UNUSED.clone();
    } catch (CloneNotSupportedException notCloneable) {
      return newDigest();
    }
  }

  private static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }
}
