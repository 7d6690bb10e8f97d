package dev.wsn.crypto.noise;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import java.security.SecureRandom;

/**
 * The side that answers for its key, on secp256k1 with AES-256-GCM and SHA-256: {@link
 * #readMessage}, {@link #writeMessage}, {@link #session}, in this order. Not thread-safe; one
 * owner; one use.
 */
public final class Responder {
  private final HandshakePattern pattern;
  private final HandshakeState handshake;

  private Responder(HandshakePattern pattern, HandshakeState handshake) {
    this.pattern = pattern;
    this.handshake = handshake;
  }

  /**
   * A responder of either pattern.
   *
   * @param pattern {@link HandshakePattern#NK} or {@link HandshakePattern#IK}, as the initiator
   * @param curve back end
   * @param self key of this side; stays the caller's
   * @param prologue what both sides must agree on; not sent
   * @param random source of the ephemeral key
   */
  public static Responder accept(
      HandshakePattern pattern,
      Secp256k1 curve,
      SecretKey self,
      byte[] prologue,
      SecureRandom random) {
    Secp256k1Dh dh = new Secp256k1Dh(curve);
    var suite = new HandshakeState.Suite(dh, new AesGcm());
    return new Responder(
        pattern,
        new HandshakeState(pattern, suite, false, prologue, dh.keyPair(self), null, random));
  }

  /**
   * The payload of message 1. It may be a replay: the initiator has proved nothing until its first
   * transport message is authentic.
   *
   * @throws HandshakeException if the message is not one to this key, whatever the cause; the state
   *     is as before
   * @throws IllegalStateException out of turn
   */
  public byte[] readMessage(byte[] message) {
    return handshake.readMessage(message);
  }

  /**
   * The key of the initiator, in IK, once message 1 was read. Proved only by the first transport
   * message: message 1 may be a replay, and who has this side's secret key can forge it.
   *
   * @throws IllegalStateException before that, and always in NK, whose initiator is anonymous
   */
  public PublicKey initiator() {
    byte[] key = handshake.remoteStatic();
    if (!pattern.authenticatesInitiator() || key == null) {
      throw new IllegalStateException("the initiator's key is not known");
    }
    return PublicKey.of(key);
  }

  /**
   * Message 2.
   *
   * @param payload sent along, encrypted with forward secrecy
   * @throws IllegalArgumentException if the message would exceed {@link Session#MAX_MESSAGE_BYTES}
   * @throws IllegalStateException out of turn
   */
  public byte[] writeMessage(byte[] payload) {
    return handshake.writeMessage(payload);
  }

  /**
   * The session; wipes the ephemeral key.
   *
   * @throws IllegalStateException before message 2 was written, or the second time
   */
  public Session session() {
    return handshake.split();
  }

  @Override
  public String toString() {
    return "Responder(_)";
  }
}
