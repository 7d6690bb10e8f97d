package dev.wsn.bench;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.crypto.params.ECPublicKeyParameters;
import org.bouncycastle.crypto.signers.BIP340Signer;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * The limits of {@link CurveBenchmark}: the libraries called with plain arrays and nothing of ours
 * around them.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class BareCurve {
  private final fr.acinq.secp256k1.Secp256k1 library = fr.acinq.secp256k1.Secp256k1.get();
  private final byte[] message = new byte[32];
  private final byte[] auxiliary = new byte[32];
  private byte[] secret = new byte[0];
  private byte[] key = new byte[0];
  private byte[] signature = new byte[0];
  private byte[] point = new byte[0];

  /** Draws a key. */
  @Setup
  public void setUp() {
    SecureRandom random = new SecureRandom();
    random.nextBytes(message);
    random.nextBytes(auxiliary);
    SecretKey scalar = SecretKey.generate(random);
    PublicKey publicKey = Secp256k1.portable().publicKey(scalar);
    secret = scalar.reveal();
    key = publicKey.bytes();
    point = library.pubkeyCreate(secret);
    signature = library.signSchnorr(message, secret, auxiliary);
  }

  /** libsecp256k1 through JNI. */
  @Benchmark
  public byte[] nativeSign() {
    return library.signSchnorr(message, secret, auxiliary);
  }

  /** libsecp256k1 through JNI. */
  @Benchmark
  public boolean nativeVerify() {
    return library.verifySchnorr(signature, message, key);
  }

  /** libsecp256k1 through JNI: the point multiplication that ECDH is. */
  @Benchmark
  public byte[] nativeMultiply() {
    return library.pubKeyTweakMul(point, secret);
  }

  /** Bouncy Castle's signer. */
  @Benchmark
  public boolean portableVerify() {
    ECPublicKeyParameters parameters = BIP340Signer.decodePublicKey(key);
    BIP340Signer signer = new BIP340Signer();
    signer.init(false, parameters);
    signer.update(message, 0, message.length);
    return signer.verifySignature(signature);
  }
}
