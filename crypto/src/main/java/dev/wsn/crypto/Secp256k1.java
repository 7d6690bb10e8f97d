package dev.wsn.crypto;

/**
 * The curve operations of Nostr keys, by one of two back ends: {@code Secp256k1Native}
 * (libsecp256k1) or {@code Secp256k1Portable} (Bouncy Castle). Implementations are stateless and
 * thread-safe.
 */
public interface Secp256k1 {
  /** Length of a shared secret. */
  int SHARED_BYTES = 32;

  /** {@code "native"} or {@code "portable"}, for the start-up log. */
  String name();

  /** The x-only public key of a secret key. */
  PublicKey publicKey(SecretKey secret);

  /**
   * Signs by BIP-340.
   *
   * @param message any length; Nostr signs 32-byte event ids
   * @param auxiliaryRandom 32 fresh random bytes (BIP-340 "auxiliary random data")
   */
  Signature sign(byte[] message, SecretKey secret, byte[] auxiliaryRandom);

  /** Verifies by BIP-340; false for any key, message or signature that does not verify. */
  boolean verify(Signature signature, byte[] message, PublicKey key);

  /**
   * Unhashed x coordinate of {@code secret * lift_x(key)}, 32 bytes (the convention of NIP-44).
   *
   * @throws MalformedKeyException if the key is not the x coordinate of a point
   */
  byte[] ecdh(SecretKey secret, PublicKey key);
}
