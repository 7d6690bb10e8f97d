package dev.wsn.crypto.noise;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * The side that opens an encrypted channel to the holder of a key, on secp256k1 with AES-256-GCM
 * and SHA-256: {@link #writeMessage}, {@link #readMessage}, {@link #session}, in this order. Not
 * thread-safe; one owner; one use.
 */
public final class Initiator {
  private final HandshakeState handshake;

  private Initiator(HandshakeState handshake) {
    this.handshake = handshake;
  }

  /**
   * {@code Noise_NK_secp256k1_AESGCM_SHA256}: this side stays anonymous.
   *
   * @param curve back end
   * @param responder key of the other side
   * @param prologue what both sides must agree on; not sent
   * @param random source of the ephemeral key
   */
  public static Initiator nk(
      Secp256k1 curve, PublicKey responder, byte[] prologue, SecureRandom random) {
    return start(HandshakePattern.NK, new Secp256k1Dh(curve), null, responder, prologue, random);
  }

  /**
   * {@code Noise_IK_secp256k1_AESGCM_SHA256}: the responder, and nobody else, learns and verifies
   * the key of this side.
   *
   * @param curve back end
   * @param self key of this side; stays the caller's to wipe, after the handshake
   * @param responder key of the other side
   * @param prologue what both sides must agree on; not sent
   * @param random source of the ephemeral key
   */
  public static Initiator ik(
      Secp256k1 curve, SecretKey self, PublicKey responder, byte[] prologue, SecureRandom random) {
    Secp256k1Dh dh = new Secp256k1Dh(curve);
    return start(HandshakePattern.IK, dh, dh.keyPair(self), responder, prologue, random);
  }

  private static Initiator start(
      HandshakePattern pattern,
      Secp256k1Dh dh,
      DhFunctions.@Nullable KeyPair self,
      PublicKey responder,
      byte[] prologue,
      SecureRandom random) {
    var suite = new HandshakeState.Suite(dh, new AesGcm());
    return new Initiator(
        new HandshakeState(pattern, suite, true, prologue, self, responder.bytes(), random));
  }

  /**
   * Message 1.
   *
   * @param payload sent along, encrypted to the responder's static key only: without forward
   *     secrecy, and a replay of it is possible
   * @throws dev.wsn.crypto.MalformedKeyException if the responder's key is not a point of the curve
   * @throws IllegalArgumentException if the message would exceed {@link Session#MAX_MESSAGE_BYTES}
   * @throws IllegalStateException out of turn
   */
  public byte[] writeMessage(byte[] payload) {
    return handshake.writeMessage(payload);
  }

  /**
   * The payload of message 2. When this returns, the other side is the holder of the key.
   *
   * @throws HandshakeException if the message is not the answer of the holder of the key to message
   *     1, whatever the cause; the state is as before
   * @throws IllegalStateException out of turn
   */
  public byte[] readMessage(byte[] message) {
    return handshake.readMessage(message);
  }

  /**
   * The session; wipes the ephemeral key.
   *
   * @throws IllegalStateException before message 2 was read, or the second time
   */
  public Session session() {
    return handshake.split();
  }

  @Override
  public String toString() {
    return "Initiator(_)";
  }
}
