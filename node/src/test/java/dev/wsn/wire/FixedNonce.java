package dev.wsn.wire;

import java.util.random.RandomGenerator;

/** Gives the same nonce every time, which nothing but a test vector may do. */
final class FixedNonce implements RandomGenerator {
  private final byte[] nonce;

  FixedNonce(byte[] nonce) {
    this.nonce = nonce.clone();
  }

  @Override
  public void nextBytes(byte[] bytes) {
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = nonce[i % nonce.length];
    }
  }

  @Override
  public long nextLong() {
    return 1;
  }
}
