package dev.wsn.crypto;

import fr.acinq.secp256k1.Secp256k1Exception;
import java.util.Arrays;

/** {@link Secp256k1} on libsecp256k1 through ACINQ's JNI binding. Stateless and thread-safe. */
final class Secp256k1Native implements Secp256k1 {
  static final String NAME = "native";

  private static final int HASH_BYTES = 32;
  private static final byte EVEN_Y = 2;

  /** The public key of the secret key 1: x of the generator (SEC 2, 2.4.1). */
  private static final String GENERATOR =
      "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";

  private final fr.acinq.secp256k1.Secp256k1 library;

  private Secp256k1Native(fr.acinq.secp256k1.Secp256k1 library) {
    this.library = library;
  }

  /**
   * Loads the library and tries it; throws whatever its binding and the linker throw where that
   * fails.
   */
  static Secp256k1 load() {
    Secp256k1Native loaded = new Secp256k1Native(fr.acinq.secp256k1.Secp256k1.get());
    // The binding answers even where its library did not load, and fails at the first call.
    byte[] one = new byte[SecretKey.BYTES];
    one[SecretKey.BYTES - 1] = 1;
    try (SecretKey secret = SecretKey.of(one)) {
      if (!loaded.publicKey(secret).hex().equals(GENERATOR)) {
        throw new IllegalStateException("the library computes another public key");
      }
    }
    return loaded;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public PublicKey publicKey(SecretKey secret) {
    byte[] scalar = secret.reveal();
    try {
      return PublicKey.of(x(library.pubkeyCreate(scalar)));
    } finally {
      Arrays.fill(scalar, (byte) 0);
    }
  }

  @Override
  public Signature sign(byte[] message, SecretKey secret, byte[] auxiliaryRandom) {
    if (message.length != HASH_BYTES) {
      // The binding passes 32 bytes to secp256k1_schnorrsig_sign32 and rejects any other length.
      return Secp256k1Portable.INSTANCE.sign(message, secret, auxiliaryRandom);
    }
    if (auxiliaryRandom.length != AUXILIARY_RANDOM_BYTES) {
      throw new IllegalArgumentException("auxiliary random data is 32 bytes");
    }
    byte[] scalar = secret.reveal();
    try {
      return Signature.of(library.signSchnorr(message, scalar, auxiliaryRandom));
    } finally {
      Arrays.fill(scalar, (byte) 0);
    }
  }

  @Override
  public boolean verify(Signature signature, byte[] message, PublicKey key) {
    if (message.length != HASH_BYTES) {
      // As in sign: the binding has no length argument.
      return Secp256k1Portable.INSTANCE.verify(signature, message, key);
    }
    try {
      return library.verifySchnorr(signature.bytes(), message, key.bytes());
    } catch (Secp256k1Exception malformed) {
      // The binding throws instead of answering when the key is not a point of the curve.
      return false;
    }
  }

  @Override
  public byte[] ecdh(SecretKey secret, PublicKey key) {
    byte[] point = new byte[1 + PublicKey.BYTES];
    point[0] = EVEN_Y;
    System.arraycopy(key.bytes(), 0, point, 1, PublicKey.BYTES);
    byte[] scalar = secret.reveal();
    try {
      // The binding's own ecdh hashes the point; multiplying a public key by a scalar does not.
      byte[] product = library.pubKeyTweakMul(point, scalar);
      byte[] shared = x(product);
      Arrays.fill(product, (byte) 0);
      return shared;
    } catch (Secp256k1Exception malformed) {
      throw new MalformedKeyException("the public key is not a point of the curve");
    } finally {
      Arrays.fill(scalar, (byte) 0);
    }
  }

  /** The x coordinate of a point in either encoding of SEC 1, which both begin with a tag and x. */
  private static byte[] x(byte[] point) {
    return Arrays.copyOfRange(point, 1, 1 + PublicKey.BYTES);
  }
}
