package dev.wsn.crypto;

import java.util.Optional;

/**
 * The curve operations of Nostr keys, by one of two back ends: {@link Secp256k1Native}
 * (libsecp256k1) or {@link Secp256k1Portable} (Bouncy Castle). Implementations are stateless and
 * thread-safe.
 */
public interface Secp256k1 {
  /** Length of a shared secret. */
  int SHARED_BYTES = 32;

  /** Length of BIP-340's auxiliary random data. */
  int AUXILIARY_RANDOM_BYTES = 32;

  /**
   * System property that forces a back end: {@code native} or {@code portable}. Without it {@link
   * #preferred} decides.
   */
  String PROPERTY = "wsn.secp256k1";

  /**
   * The back end to use: what the system property {@value #PROPERTY} asks for; without it the
   * native library where it loads, else the portable one. Chosen once at start and passed on.
   *
   * @throws IllegalStateException if the property asks for the native library and that does not
   *     load here, or if it has any other value than the two
   */
  static Secp256k1 preferred() {
    String forced = System.getProperty(PROPERTY, "");
    return switch (forced) {
      case "" -> nativeLibrary().orElseGet(Secp256k1::portable);
      case Secp256k1Portable.NAME -> portable();
      case Secp256k1Native.NAME -> NativeLibrary.required();
      default ->
          throw new IllegalStateException(
              "system property "
                  + PROPERTY
                  + " is \"native\" or \"portable\", not \""
                  + forced
                  + "\"");
    };
  }

  /** The back end on Bouncy Castle: runs everywhere, three to four times slower. */
  static Secp256k1 portable() {
    return Secp256k1Portable.INSTANCE;
  }

  /** The back end on libsecp256k1, or empty where the library does not load. */
  static Optional<Secp256k1> nativeLibrary() {
    return NativeLibrary.loaded();
  }

  /** {@code "native"} or {@code "portable"}, for the start-up log. */
  String name();

  /** The x-only public key of a secret key. */
  PublicKey publicKey(SecretKey secret);

  /**
   * Signs by BIP-340.
   *
   * @param message any length; Nostr signs 32-byte event ids
   * @param auxiliaryRandom 32 fresh random bytes (BIP-340 "auxiliary random data")
   * @throws IllegalArgumentException if {@code auxiliaryRandom} is not 32 bytes
   */
  Signature sign(byte[] message, SecretKey secret, byte[] auxiliaryRandom);

  /** Verifies by BIP-340; false for any key, message or signature that does not verify. */
  boolean verify(Signature signature, byte[] message, PublicKey key);

  /**
   * Unhashed x coordinate of {@code secret * lift_x(key)}, 32 bytes (the convention of NIP-44).
   *
   * <p>Not constant-time on either back end: libsecp256k1's constant-time multiplication is reached
   * from Java only through a function that hashes the result, so the native one uses {@code
   * secp256k1_ec_pubkey_tweak_mul}, which is variable-time, and Bouncy Castle's multiplication is
   * variable-time too. Someone who can time very many exchanges with one long-lived secret very
   * precisely (a process on the same core rather than a peer across the Internet) may learn about
   * that secret.
   *
   * @throws MalformedKeyException if the key is not the x coordinate of a point
   */
  byte[] ecdh(SecretKey secret, PublicKey key);
}
