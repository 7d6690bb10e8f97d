package dev.wsn.crypto;

import java.io.Serial;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.security.SecureRandomSpi;
import java.util.Arrays;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.signers.BIP340Signer;
import org.bouncycastle.math.ec.ECPoint;
import org.bouncycastle.math.ec.FixedPointCombMultiplier;
import org.jspecify.annotations.Nullable;

/**
 * {@link Secp256k1} on Bouncy Castle: its {@code BIP340Signer}, which takes messages of any length
 * as they are, and its curve. Stateless and thread-safe. Secret scalars pass through {@code
 * BigInteger}, which cannot be wiped; they live until the collector takes them.
 */
final class Secp256k1Portable implements Secp256k1 {
  static final String NAME = "portable";
  static final Secp256k1Portable INSTANCE = new Secp256k1Portable();

  private static final ECDomainParameters DOMAIN = BIP340Signer.getDomain();

  private Secp256k1Portable() {}

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public PublicKey publicKey(SecretKey secret) {
    ECPoint point = new FixedPointCombMultiplier().multiply(DOMAIN.getG(), scalar(secret));
    return PublicKey.of(x(point));
  }

  @Override
  public Signature sign(byte[] message, SecretKey secret, byte[] auxiliaryRandom) {
    if (auxiliaryRandom.length != AUXILIARY_RANDOM_BYTES) {
      throw new IllegalArgumentException("auxiliary random data is 32 bytes");
    }
    BIP340Signer signer = new BIP340Signer();
    var key = new ECPrivateKeyParameters(scalar(secret), DOMAIN);
    signer.init(true, new ParametersWithRandom(key, new GivenRandom(auxiliaryRandom)));
    signer.update(message, 0, message.length);
    return Signature.of(signer.generateSignature());
  }

  @Override
  public boolean verify(Signature signature, byte[] message, PublicKey key) {
    @Nullable ECPublicKeyParameters point = BIP340Signer.decodePublicKey(key.bytes());
    if (point == null) {
      return false;
    }
    BIP340Signer verifier = new BIP340Signer();
    verifier.init(false, point);
    verifier.update(message, 0, message.length);
    return verifier.verifySignature(signature.bytes());
  }

  @Override
  public byte[] ecdh(SecretKey secret, PublicKey key) {
    @Nullable ECPublicKeyParameters point = BIP340Signer.decodePublicKey(key.bytes());
    if (point == null) {
      throw new MalformedKeyException("the public key is not a point of the curve");
    }
    return x(point.getQ().multiply(scalar(secret)));
  }

  private static BigInteger scalar(SecretKey secret) {
    byte[] bytes = secret.reveal();
    try {
      return new BigInteger(1, bytes);
    } finally {
      Arrays.fill(bytes, (byte) 0);
    }
  }

  private static byte[] x(ECPoint point) {
    return point.normalize().getAffineXCoord().getEncoded();
  }

  /** Hands the signer the auxiliary bytes of the caller: it takes them from a SecureRandom only. */
  private static final class GivenRandom extends SecureRandom {
    @Serial private static final long serialVersionUID = 1L;

    GivenRandom(byte[] bytes) {
      super(new Given(bytes), null);
    }

    private static final class Given extends SecureRandomSpi {
      @Serial private static final long serialVersionUID = 1L;
      private final byte[] bytes;

      Given(byte[] bytes) {
        this.bytes = bytes;
      }

      @Override
      protected void engineSetSeed(byte[] seed) {
        throw new UnsupportedOperationException();
      }

      @Override
      protected void engineNextBytes(byte[] target) {
        if (target.length != bytes.length) {
          throw new IllegalStateException("the signer asked for " + target.length + " bytes");
        }
        System.arraycopy(bytes, 0, target, 0, bytes.length);
      }

      @Override
      protected byte[] engineGenerateSeed(int count) {
        throw new UnsupportedOperationException();
      }
    }
  }
}
