package dev.wsn.store;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.crypto.Signature;

/** Verifies nothing: what passes was believed without its signature. */
final class NoCurve implements Secp256k1 {
  @Override
  public String name() {
    return "none";
  }

  @Override
  public PublicKey publicKey(SecretKey secret) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Signature sign(byte[] message, SecretKey secret, byte[] auxiliaryRandom) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean verify(Signature signature, byte[] message, PublicKey key) {
    return false;
  }

  @Override
  public byte[] ecdh(SecretKey secret, PublicKey key) {
    throw new UnsupportedOperationException();
  }
}
