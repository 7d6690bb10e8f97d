package dev.wsn.bench;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.crypto.Signature;
import java.security.SecureRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** What each operation on the curve costs, by back end; the limits are in {@link BareCurve}. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class CurveBenchmark {
  @Param private BackEnd backEnd = BackEnd.NATIVE;

  private final byte[] message = new byte[32];
  private final byte[] auxiliary = new byte[32];
  private Secp256k1 curve = Secp256k1.portable();
  private SecretKey secret = SecretKey.generate(new SecureRandom());
  private PublicKey key = curve.publicKey(secret);
  private Signature signature = curve.sign(message, secret, auxiliary);

  /** Draws a key. */
  @Setup
  public void setUp() {
    SecureRandom random = new SecureRandom();
    curve = backEnd.curve();
    random.nextBytes(message);
    random.nextBytes(auxiliary);
    secret = SecretKey.generate(random);
    key = curve.publicKey(secret);
    signature = curve.sign(message, secret, auxiliary);
  }

  /** BIP-340. */
  @Benchmark
  public Signature sign() {
    return curve.sign(message, secret, auxiliary);
  }

  /** BIP-340. */
  @Benchmark
  public boolean verify() {
    return curve.verify(signature, message, key);
  }

  /** Unhashed x coordinate. */
  @Benchmark
  public byte[] ecdh() {
    return curve.ecdh(secret, key);
  }

  /** The x-only public key of a secret key. */
  @Benchmark
  public PublicKey publicKey() {
    return curve.publicKey(secret);
  }
}
