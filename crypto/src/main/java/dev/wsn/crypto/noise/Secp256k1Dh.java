package dev.wsn.crypto.noise;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import java.security.SecureRandom;

/**
 * DH on secp256k1 with x-only public keys: DHLEN is 32, and the output is the unhashed x coordinate
 * of the shared point, so the parity of a key never matters.
 */
final class Secp256k1Dh implements DhFunctions {
  private final Secp256k1 curve;

  Secp256k1Dh(Secp256k1 curve) {
    this.curve = curve;
  }

  @Override
  public String name() {
    return "secp256k1";
  }

  @Override
  public int length() {
    return PublicKey.BYTES;
  }

  @Override
  public KeyPair generate(SecureRandom random) {
    return keyPair(SecretKey.generate(random));
  }

  /** The key pair of this secret key, which {@link KeyPair#close} wipes. */
  KeyPair keyPair(SecretKey secret) {
    byte[] publicKey = curve.publicKey(secret).bytes();
    return new KeyPair() {
      @Override
      public byte[] publicKey() {
        return publicKey.clone();
      }

      @Override
      public byte[] agree(byte[] remotePublicKey) {
        return curve.ecdh(secret, PublicKey.of(remotePublicKey));
      }

      @Override
      public void close() {
        secret.close();
      }
    };
  }
}
