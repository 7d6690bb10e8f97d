package dev.wsn.crypto;

import java.security.GeneralSecurityException;
import java.security.InvalidAlgorithmParameterException;
import java.security.Provider;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256-GCM under one key (NIST SP 800-38D), on the JDK's cipher. Not thread-safe; one owner.
 * Reusable for any number of messages; takes about 1 KB of heap.
 *
 * <p>A nonce must never seal two messages under one key: the caller counts or draws its nonces. The
 * JDK keeps its own copies of the key, which cannot be wiped.
 */
public final class Aead {
  /** Length of a key. */
  public static final int KEY_BYTES = 32;

  /** Length of a nonce. */
  public static final int NONCE_BYTES = 12;

  /** How much longer a sealed message is than its plaintext. */
  public static final int TAG_BYTES = 16;

  private static final int TAG_BITS = 8 * TAG_BYTES;
  private static final String TRANSFORMATION = "AES/GCM/NoPadding";
  private static final Provider PROVIDER = provider();

  private final Cipher cipher;
  private final SecretKeySpec key;

  /**
   * A cipher under this key.
   *
   * @param key 32 bytes, copied; the caller wipes its own array
   */
  public Aead(byte[] key) {
    if (key.length != KEY_BYTES) {
      throw new IllegalArgumentException("a key of AES-256-GCM is 32 bytes, not " + key.length);
    }
    this.key = new SecretKeySpec(key, "AES");
    try {
      this.cipher = Cipher.getInstance(TRANSFORMATION, PROVIDER);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java platform has AES-GCM", impossible);
    }
  }

  private static Provider provider() {
    try {
      return Cipher.getInstance(TRANSFORMATION).getProvider();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java platform has AES-GCM", impossible);
    }
  }

  /**
   * Seals a message: ciphertext and tag, {@link #TAG_BYTES} longer than the plaintext.
   *
   * @param nonce 12 bytes, never used before under this key
   * @param associatedData authenticated and not sent; may be empty
   * @param plaintext may be empty
   * @throws IllegalStateException if the nonce is the one of the message before
   */
  public byte[] seal(byte[] nonce, byte[] associatedData, byte[] plaintext) {
    byte[] sealed = new byte[plaintext.length + TAG_BYTES];
    seal(nonce, associatedData, plaintext, 0, plaintext.length, sealed, 0);
    return sealed;
  }

  /**
   * As {@link #seal(byte[], byte[], byte[])}, from and into the caller's arrays, which may be the
   * same array and may overlap.
   *
   * @return bytes written: {@code length + TAG_BYTES}
   * @throws IndexOutOfBoundsException if a range does not lie within its array
   */
  public int seal(
      byte[] nonce,
      byte[] associatedData,
      byte[] plaintext,
      int offset,
      int length,
      byte[] sealed,
      int sealedOffset) {
    Objects.checkFromIndexSize(offset, length, plaintext.length);
    Objects.checkFromIndexSize(sealedOffset, length + TAG_BYTES, sealed.length);
    try {
      begin(Cipher.ENCRYPT_MODE, nonce, associatedData);
      return cipher.doFinal(plaintext, offset, length, sealed, sealedOffset);
    } catch (InvalidAlgorithmParameterException repeated) {
      throw new IllegalStateException("a nonce may seal only one message", repeated);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("AES-GCM cannot fail here", impossible);
    }
  }

  /**
   * The plaintext of a sealed message, or empty if it was not sealed with this key, nonce and
   * associated data, or is shorter than a tag. Says nothing about which.
   *
   * @param nonce 12 bytes
   * @param associatedData as it was sealed
   * @param sealed ciphertext and tag
   */
  public Optional<byte[]> open(byte[] nonce, byte[] associatedData, byte[] sealed) {
    byte[] plaintext = new byte[Math.max(0, sealed.length - TAG_BYTES)];
    OptionalInt opened = open(nonce, associatedData, sealed, 0, sealed.length, plaintext, 0);
    return opened.isPresent() ? Optional.of(plaintext) : Optional.empty();
  }

  /**
   * As {@link #open(byte[], byte[], byte[])}, from and into the caller's arrays, which may be the
   * same array and may overlap. Nothing is written unless the tag is right.
   *
   * @return bytes written: {@code length - TAG_BYTES}; or empty
   * @throws IndexOutOfBoundsException if a range does not lie within its array
   */
  public OptionalInt open(
      byte[] nonce,
      byte[] associatedData,
      byte[] sealed,
      int offset,
      int length,
      byte[] plaintext,
      int plaintextOffset) {
    Objects.checkFromIndexSize(offset, length, sealed.length);
    if (length < TAG_BYTES) {
      return OptionalInt.empty();
    }
    Objects.checkFromIndexSize(plaintextOffset, length - TAG_BYTES, plaintext.length);
    try {
      begin(Cipher.DECRYPT_MODE, nonce, associatedData);
      return OptionalInt.of(cipher.doFinal(sealed, offset, length, plaintext, plaintextOffset));
    } catch (AEADBadTagException forged) {
      return OptionalInt.empty();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("AES-GCM cannot fail here", impossible);
    }
  }

  private void begin(int mode, byte[] nonce, byte[] associatedData)
      throws GeneralSecurityException {
    cipher.init(mode, key, parameters(nonce));
    if (associatedData.length > 0) {
      cipher.updateAAD(associatedData);
    }
  }

  private static GCMParameterSpec parameters(byte[] nonce) {
    if (nonce.length != NONCE_BYTES) {
      throw new IllegalArgumentException("a nonce is 12 bytes, not " + nonce.length);
    }
    return new GCMParameterSpec(TAG_BITS, nonce);
  }

  @Override
  public String toString() {
    return "Aead(_)";
  }
}
