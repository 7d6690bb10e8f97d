package dev.wsn.crypto.noise;

import dev.wsn.crypto.Aead;
import java.nio.ByteBuffer;
import java.util.OptionalInt;

/**
 * AESGCM of the Noise specification (section 12.4): the nonce is 32 zero bits and n, big-endian.
 */
final class AesGcm implements CipherFunctions {
  @Override
  public String name() {
    return "AESGCM";
  }

  @Override
  public Keyed keyed(byte[] key) {
    return new KeyedAesGcm(key);
  }

  private static final class KeyedAesGcm implements Keyed {
    private final Aead aead;
    private final byte[] nonce = new byte[Aead.NONCE_BYTES];

    KeyedAesGcm(byte[] key) {
      this.aead = new Aead(key);
    }

    @Override
    public int encrypt(
        long n,
        byte[] associatedData,
        byte[] plaintext,
        int offset,
        int length,
        byte[] ciphertext,
        int ciphertextOffset) {
      ByteBuffer.wrap(nonce).putLong(Integer.BYTES, n);
      return aead.seal(
          nonce, associatedData, plaintext, offset, length, ciphertext, ciphertextOffset);
    }

    @Override
    public OptionalInt decrypt(
        long n,
        byte[] associatedData,
        byte[] ciphertext,
        int offset,
        int length,
        byte[] plaintext,
        int plaintextOffset) {
      ByteBuffer.wrap(nonce).putLong(Integer.BYTES, n);
      return aead.open(
          nonce, associatedData, ciphertext, offset, length, plaintext, plaintextOffset);
    }
  }
}
