package dev.wsn.crypto.noise;

import dev.wsn.crypto.Hkdf;
import dev.wsn.crypto.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The chaining key, the transcript hash and the cipher of a handshake (Noise section 5.2), with
 * SHA-256. Not thread-safe; one owner.
 */
final class SymmetricState {
  private static final byte[] NOTHING = {};

  private final CipherFunctions functions;
  private byte[] chainingKey;
  private byte[] hash;
  private @Nullable CipherState cipher;

  /** InitializeSymmetric. */
  SymmetricState(String protocolName, CipherFunctions functions) {
    this.functions = functions;
    byte[] name = protocolName.getBytes(StandardCharsets.US_ASCII);
    this.hash = name.length <= Sha256.BYTES ? Arrays.copyOf(name, Sha256.BYTES) : Sha256.hash(name);
    this.chainingKey = hash.clone();
  }

  private SymmetricState(SymmetricState other) {
    this.functions = other.functions;
    this.chainingKey = other.chainingKey.clone();
    this.hash = other.hash.clone();
    this.cipher = other.cipher == null ? null : other.cipher.copy();
  }

  /**
   * The same state, going on on its own: a message is tried on a copy and kept when it verified.
   */
  SymmetricState copy() {
    return new SymmetricState(this);
  }

  /** MixKey; wipes its argument. */
  void mixKey(byte[] inputKeyMaterial) {
    byte[][] outputs = hkdf(inputKeyMaterial);
    Arrays.fill(inputKeyMaterial, (byte) 0);
    Arrays.fill(chainingKey, (byte) 0);
    chainingKey = outputs[0];
    cipher = new CipherState(functions, outputs[1]);
    Arrays.fill(outputs[1], (byte) 0);
  }

  /** MixHash. */
  void mixHash(byte[] data) {
    hash = Sha256.hash(hash, data);
  }

  /** GetHandshakeHash. */
  byte[] hash() {
    return hash.clone();
  }

  /** How much longer {@link #encryptAndHash} makes a message now. */
  int overhead() {
    return cipher == null ? 0 : CipherFunctions.TAG_BYTES;
  }

  /** EncryptAndHash: the plaintext itself before the first MixKey. */
  byte[] encryptAndHash(byte[] plaintext) {
    byte[] out = plaintext.clone();
    if (cipher != null) {
      out = new byte[plaintext.length + CipherFunctions.TAG_BYTES];
      cipher.encryptWithAd(hash, plaintext, 0, plaintext.length, out, 0);
    }
    mixHash(out);
    return out;
  }

  /** DecryptAndHash, or empty if the ciphertext is not authentic. */
  Optional<byte[]> decryptAndHash(byte[] ciphertext) {
    byte[] out = ciphertext.clone();
    if (cipher != null) {
      out = new byte[Math.max(0, ciphertext.length - CipherFunctions.TAG_BYTES)];
      if (cipher.decryptWithAd(hash, ciphertext, 0, ciphertext.length, out, 0).isEmpty()) {
        return Optional.empty();
      }
    }
    mixHash(ciphertext);
    return Optional.of(out);
  }

  /** Split: the initiator's sending CipherState and the responder's. */
  CipherState[] split() {
    byte[][] outputs = hkdf(NOTHING);
    CipherState[] states = {
      new CipherState(functions, outputs[0]), new CipherState(functions, outputs[1])
    };
    Arrays.fill(outputs[0], (byte) 0);
    Arrays.fill(outputs[1], (byte) 0);
    return states;
  }

  /** Overwrites the chaining key and forgets the cipher. */
  void wipe() {
    Arrays.fill(chainingKey, (byte) 0);
    cipher = null;
  }

  /** HKDF of section 4.3 with two outputs. */
  private byte[][] hkdf(byte[] inputKeyMaterial) {
    byte[] key = Hkdf.extract(chainingKey, inputKeyMaterial);
    byte[] output = Hkdf.expand(key, NOTHING, 2 * Sha256.BYTES);
    byte[][] outputs = {
      Arrays.copyOf(output, Sha256.BYTES),
      Arrays.copyOfRange(output, Sha256.BYTES, 2 * Sha256.BYTES)
    };
    Arrays.fill(key, (byte) 0);
    Arrays.fill(output, (byte) 0);
    return outputs;
  }
}
