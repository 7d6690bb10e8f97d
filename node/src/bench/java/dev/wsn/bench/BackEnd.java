package dev.wsn.bench;

import dev.wsn.crypto.Secp256k1;

/** The two secp256k1 back ends as a benchmark parameter. */
public enum BackEnd {
  /** libsecp256k1. */
  NATIVE,
  /** Bouncy Castle. */
  PORTABLE;

  Secp256k1 curve() {
    return this == NATIVE ? Secp256k1.nativeLibrary().orElseThrow() : Secp256k1.portable();
  }
}
