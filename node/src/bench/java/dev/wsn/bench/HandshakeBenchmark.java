package dev.wsn.bench;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.crypto.noise.HandshakePattern;
import dev.wsn.crypto.noise.Initiator;
import dev.wsn.crypto.noise.Responder;
import dev.wsn.crypto.noise.Session;
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

/**
 * A whole handshake, both sides in one thread. The limits are the curve operations that the pattern
 * cannot do without: {@link #nkCurveOnly} and {@link #ikCurveOnly}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class HandshakeBenchmark {
  private static final byte[] NOTHING = new byte[0];
  private static final byte[] PROLOGUE = {'w', 's', 'n'};

  @Param private BackEnd backEnd = BackEnd.NATIVE;

  private final SecureRandom random = new SecureRandom();
  private final SecretKey client = SecretKey.generate(random);
  private final SecretKey server = SecretKey.generate(random);
  private Secp256k1 curve = Secp256k1.portable();
  private PublicKey clientKey = curve.publicKey(client);
  private PublicKey serverKey = curve.publicKey(server);

  /** Chooses the back end. */
  @Setup
  public void setUp() {
    curve = backEnd.curve();
    clientKey = curve.publicKey(client);
    serverKey = curve.publicKey(server);
  }

  /** Anonymous client. */
  @Benchmark
  public Session nk() {
    return run(HandshakePattern.NK, Initiator.nk(curve, serverKey, PROLOGUE, random));
  }

  /** Client with a key. */
  @Benchmark
  public Session ik() {
    return run(HandshakePattern.IK, Initiator.ik(curve, client, serverKey, PROLOGUE, random));
  }

  private Session run(HandshakePattern pattern, Initiator initiator) {
    Responder responder = Responder.accept(pattern, curve, server, PROLOGUE, random);
    responder.readMessage(initiator.writeMessage(NOTHING));
    initiator.readMessage(responder.writeMessage(NOTHING));
    Session session = responder.session();
    return initiator.session().sent() == 0 ? session : null;
  }

  /** NK needs two ephemeral keys, and es and ee on both sides. */
  @Benchmark
  public int nkCurveOnly() {
    return ephemeralKeys() + agreements(4);
  }

  /** IK needs two ephemeral keys, the own static key, and es, ss, ee and se on both sides. */
  @Benchmark
  public int ikCurveOnly() {
    return ephemeralKeys() + curve.publicKey(client).hashCode() + agreements(8);
  }

  private int ephemeralKeys() {
    return curve.publicKey(SecretKey.generate(random)).hashCode()
        + curve.publicKey(SecretKey.generate(random)).hashCode();
  }

  private int agreements(int count) {
    int sum = 0;
    for (int i = 0; i < count; i++) {
      sum += curve.ecdh(server, clientKey)[i];
    }
    return sum;
  }
}
