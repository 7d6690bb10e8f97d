package dev.wsn.gateway.channel;

import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.crypto.noise.HandshakeException;
import dev.wsn.crypto.noise.Initiator;
import java.security.SecureRandom;
import java.util.Optional;

/**
 * The client's side of the handshake: {@link #hello}, {@link #finish} with the gateway's answer,
 * and then the {@link #session}. When {@code finish} returns, the other side is the holder of the
 * key. One use; not thread-safe.
 */
public final class ClientSession {
  private final byte pattern;
  private final Initiator initiator;
  private final long maxMessageBytes;
  private Optional<ChannelSession> session = Optional.empty();

  private ClientSession(byte pattern, Initiator initiator, long maxMessageBytes) {
    this.pattern = pattern;
    this.initiator = initiator;
    this.maxMessageBytes = maxMessageBytes;
  }

  /**
   * A client that stays anonymous.
   *
   * @param curve back end
   * @param gateway key that must answer
   * @param random source of the ephemeral key
   * @param maxMessageBytes longest message that the gateway may send
   */
  public static ClientSession anonymous(
      Secp256k1 curve, PublicKey gateway, SecureRandom random, long maxMessageBytes) {
    byte[] prologue = ChannelProtocol.prologue(ChannelProtocol.NK);
    Initiator initiator = Initiator.nk(curve, gateway, prologue, random);
    return new ClientSession(ChannelProtocol.NK, initiator, maxMessageBytes);
  }

  /**
   * A client that proves its own key to the gateway, and to nobody else.
   *
   * @param curve back end
   * @param self key of the client; stays the caller's
   * @param gateway key that must answer
   * @param random source of the ephemeral key
   * @param maxMessageBytes longest message that the gateway may send
   */
  public static ClientSession authenticated(
      Secp256k1 curve,
      SecretKey self,
      PublicKey gateway,
      SecureRandom random,
      long maxMessageBytes) {
    byte[] prologue = ChannelProtocol.prologue(ChannelProtocol.IK);
    Initiator initiator = Initiator.ik(curve, self, gateway, prologue, random);
    return new ClientSession(ChannelProtocol.IK, initiator, maxMessageBytes);
  }

  /**
   * The first message of the handshake.
   *
   * @throws ChannelException {@link ChannelEnd#HANDSHAKE_REFUSED} if the gateway's key is no point
   *     of the curve
   * @throws IllegalStateException the second time
   */
  public byte[] hello() throws ChannelException {
    try {
      byte[] noise = initiator.writeMessage(new byte[0]);
      byte[] message = new byte[1 + noise.length];
      message[0] = pattern;
      System.arraycopy(noise, 0, message, 1, noise.length);
      return message;
    } catch (MalformedKeyException notOnCurve) {
      throw new ChannelException(ChannelEnd.HANDSHAKE_REFUSED);
    }
  }

  /**
   * Takes the gateway's answer.
   *
   * @throws ChannelException {@link ChannelEnd#HANDSHAKE_REFUSED} if it is not from the holder of
   *     the key, in answer to this hello
   * @throws IllegalStateException out of turn
   */
  public void finish(byte[] message) throws ChannelException {
    try {
      if (initiator.readMessage(message).length > 0) {
        throw new ChannelException(ChannelEnd.HANDSHAKE_REFUSED);
      }
    } catch (HandshakeException notTheHolder) {
      throw new ChannelException(ChannelEnd.HANDSHAKE_REFUSED);
    }
    session = Optional.of(new ChannelSession(initiator.session(), maxMessageBytes));
  }

  /**
   * The channel.
   *
   * @throws IllegalStateException before {@link #finish}
   */
  public ChannelSession session() {
    return session.orElseThrow(() -> new IllegalStateException("the handshake is not over"));
  }
}
