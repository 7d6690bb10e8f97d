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
    System.arraycopy(nonce, 0, bytes, 0, bytes.length);
  }

  @Override
  public long nextLong() {
    throw new UnsupportedOperationException("only nonces are asked for");
  }
}
