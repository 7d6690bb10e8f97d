package dev.wsn.crypto.noise;

import java.util.Arrays;
import java.util.OptionalInt;

/**
 * A key and its counting nonce (Noise section 5.1). A CipherState without a key is not represented
 * here: {@link SymmetricState} has none before its first MixKey. Not thread-safe; one owner.
 */
final class CipherState {
  /** 2^64-1, which only {@link #rekey} uses; as a signed long. */
  static final long RESERVED_NONCE = -1;

  private static final byte[] NOTHING = {};

  private final CipherFunctions functions;
  private CipherFunctions.Keyed cipher;
  private long nonce;

  CipherState(CipherFunctions functions, byte[] key) {
    this(functions, functions.keyed(key), 0);
  }

  private CipherState(CipherFunctions functions, CipherFunctions.Keyed cipher, long nonce) {
    this.functions = functions;
    this.cipher = cipher;
    this.nonce = nonce;
  }

  /** The same key and nonce, counting on their own. */
  CipherState copy() {
    return new CipherState(functions, cipher, nonce);
  }

  /** How many messages went through, unsigned: the nonce of the next one. */
  long nonce() {
    return nonce;
  }

  /** SetNonce, for messages that a transport may lose; here for tests of the counter's end. */
  void setNonce(long next) {
    nonce = next;
  }

  /**
   * EncryptWithAd, into the caller's array; returns how many bytes.
   *
   * @throws IllegalStateException when every nonce is used
   */
  int encryptWithAd(byte[] ad, byte[] plaintext, int offset, int length, byte[] out, int outAt) {
    requireNonce();
    int written = cipher.encrypt(nonce, ad, plaintext, offset, length, out, outAt);
    nonce++;
    return written;
  }

  /**
   * DecryptWithAd, into the caller's array; returns how many bytes, or empty if the message is not
   * authentic, which leaves this state as it was.
   *
   * @throws IllegalStateException when every nonce is used
   */
  OptionalInt decryptWithAd(
      byte[] ad, byte[] ciphertext, int offset, int length, byte[] out, int outAt) {
    requireNonce();
    OptionalInt written = cipher.decrypt(nonce, ad, ciphertext, offset, length, out, outAt);
    if (written.isPresent()) {
      nonce++;
    }
    return written;
  }

  /** Rekey (sections 4.2 and 11.3): a one-way function of the key; the nonce counts on. */
  void rekey() {
    byte[] zeros = new byte[CipherFunctions.KEY_BYTES];
    byte[] out = new byte[CipherFunctions.KEY_BYTES + CipherFunctions.TAG_BYTES];
    cipher.encrypt(RESERVED_NONCE, NOTHING, zeros, 0, zeros.length, out, 0);
    byte[] key = Arrays.copyOf(out, CipherFunctions.KEY_BYTES);
    cipher = functions.keyed(key);
    Arrays.fill(out, (byte) 0);
    Arrays.fill(key, (byte) 0);
  }

  private void requireNonce() {
    if (nonce == RESERVED_NONCE) {
      throw new IllegalStateException("every nonce of this key is used");
    }
  }
}
