package dev.wsn.wire;

import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;

/**
 * The secret that this node shares with another. In production x-only ECDH; the simulator passes a
 * cheaper symmetric function.
 */
@FunctionalInterface
public interface KeyAgreement {
  /**
   * The secret shared with the holder of a key, which computes the same from this node's key.
   *
   * @return 32 bytes that the caller may overwrite
   * @throws MalformedKeyException if the key is not on the curve
   */
  byte[] shared(PublicKey peer);

  /** X-only ECDH (the convention of NIP-44) with one secret key. */
  static KeyAgreement ecdh(Secp256k1 curve, SecretKey self) {
    return peer -> curve.ecdh(self, peer);
  }
}
