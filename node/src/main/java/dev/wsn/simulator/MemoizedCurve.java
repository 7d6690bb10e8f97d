package dev.wsn.simulator;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.crypto.Signature;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * A real back end that verifies the same signature of the same message only once: a thousand nodes
 * look at the same few records.
 */
final class MemoizedCurve implements Secp256k1 {
  private record Claim(Signature signature, ByteBuffer message, PublicKey key) {}

  private final Secp256k1 curve;
  private final Map<Claim, Boolean> verified = new HashMap<>();

  MemoizedCurve(Secp256k1 curve) {
    this.curve = curve;
  }

  @Override
  public String name() {
    return curve.name();
  }

  @Override
  public PublicKey publicKey(SecretKey secret) {
    return curve.publicKey(secret);
  }

  @Override
  public Signature sign(byte[] message, SecretKey secret, byte[] auxiliaryRandom) {
    return curve.sign(message, secret, auxiliaryRandom);
  }

  @Override
  public boolean verify(Signature signature, byte[] message, PublicKey key) {
    return verified.computeIfAbsent(
        new Claim(signature, ByteBuffer.wrap(message.clone()), key),
        claim -> curve.verify(signature, message, key));
  }

  @Override
  public byte[] ecdh(SecretKey secret, PublicKey key) {
    return curve.ecdh(secret, key);
  }
}
