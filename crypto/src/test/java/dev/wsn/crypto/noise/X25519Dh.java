package dev.wsn.crypto.noise;

import dev.wsn.crypto.MalformedKeyException;
import java.security.SecureRandom;
import org.bouncycastle.math.ec.rfc7748.X25519;

/** The DH functions {@code 25519}, on which the official vectors are; ephemerals are given. */
final class X25519Dh implements DhFunctions {
  private final byte[] ephemeral;

  X25519Dh(byte[] ephemeral) {
    this.ephemeral = ephemeral;
  }

  @Override
  public String name() {
    return "25519";
  }

  @Override
  public int length() {
    return X25519.POINT_SIZE;
  }

  @Override
  public KeyPair generate(SecureRandom random) {
    return keyPair(ephemeral);
  }

  static KeyPair keyPair(byte[] scalar) {
    byte[] publicKey = new byte[X25519.POINT_SIZE];
    X25519.generatePublicKey(scalar, 0, publicKey, 0);
    return new KeyPair() {
      @Override
      public byte[] publicKey() {
        return publicKey.clone();
      }

      @Override
      public byte[] agree(byte[] remotePublicKey) {
        byte[] shared = new byte[X25519.POINT_SIZE];
        if (!X25519.calculateAgreement(scalar, 0, remotePublicKey, 0, shared, 0)) {
          throw new MalformedKeyException("a point of small order");
        }
        return shared;
      }

      @Override
      public void close() {}
    };
  }
}
