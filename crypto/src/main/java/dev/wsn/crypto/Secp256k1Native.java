package dev.wsn.crypto;

import fr.acinq.secp256k1.Secp256k1Exception;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** {@link Secp256k1} on libsecp256k1 through ACINQ's JNI binding. Stateless and thread-safe. */
final class Secp256k1Native implements Secp256k1 {
  static final String NAME = "native";

  private static final int HASH_BYTES = 32;
  private static final byte EVEN_Y = 2;

  private final fr.acinq.secp256k1.Secp256k1 library;

  private Secp256k1Native(fr.acinq.secp256k1.Secp256k1 library) {
    this.library = library;
  }

  /** The back end, or empty where the library does not load. */
  static Optional<Secp256k1> loaded() {
    return Optional.ofNullable(Loading.BACK_END);
  }

  /**
   * The back end.
   *
   * @throws IllegalStateException where the library does not load; the cause says why
   */
  static Secp256k1 required() {
    return loaded()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "the native secp256k1 library was asked for and does not load here",
                    Loading.FAILURE));
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

  /** Loads the library once, when the back end is first asked for. */
  private static final class Loading {
    static final @Nullable Secp256k1 BACK_END;
    static final @Nullable Throwable FAILURE;

    static {
      Secp256k1 backEnd = null;
      Throwable failure = null;
      try {
        backEnd = new Secp256k1Native(fr.acinq.secp256k1.Secp256k1.get());
      } catch (LinkageError | RuntimeException unavailable) {
        failure = unavailable;
      }
      BACK_END = backEnd;
      FAILURE = failure;
    }

    private Loading() {}
  }
}
