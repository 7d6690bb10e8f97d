package dev.wsn.gateway.channel;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.crypto.noise.HandshakeException;
import dev.wsn.crypto.noise.HandshakePattern;
import dev.wsn.crypto.noise.Responder;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;

/**
 * The gateway's side of the handshake: {@link #answer} to the client's first message, and then the
 * {@link #session}. One use; not thread-safe.
 */
public final class GatewaySession {
  private final Secp256k1 curve;
  private final SecretKey self;
  private final SecureRandom random;
  private final long maxMessageBytes;
  private Optional<ChannelSession> session = Optional.empty();
  private Optional<PublicKey> client = Optional.empty();

  /**
   * A side that waits for the first message.
   *
   * @param curve back end
   * @param self key of the gateway; stays the caller's
   * @param random source of the ephemeral key
   * @param maxMessageBytes longest message that the client may send
   */
  public GatewaySession(
      Secp256k1 curve, SecretKey self, SecureRandom random, long maxMessageBytes) {
    this.curve = curve;
    this.self = self;
    this.random = random;
    this.maxMessageBytes = maxMessageBytes;
  }

  /**
   * The second message of the handshake.
   *
   * @param message the client's first one
   * @throws ChannelException {@link ChannelEnd#HANDSHAKE_REFUSED}, the same for every cause
   * @throws IllegalStateException the second time
   */
  public byte[] answer(byte[] message) throws ChannelException {
    if (session.isPresent()) {
      throw new IllegalStateException("this handshake is over");
    }
    if (message.length == 0) {
      throw refused();
    }
    HandshakePattern pattern =
        switch (message[0]) {
          case ChannelProtocol.NK -> HandshakePattern.NK;
          case ChannelProtocol.IK -> HandshakePattern.IK;
          default -> throw refused();
        };
    byte[] prologue = ChannelProtocol.prologue(message[0]);
    Responder responder = Responder.accept(pattern, curve, self, prologue, random);
    try {
      byte[] payload = responder.readMessage(Arrays.copyOfRange(message, 1, message.length));
      if (payload.length > 0) {
        throw refused();
      }
    } catch (HandshakeException notForThisKey) {
      throw refused();
    }
    byte[] reply = responder.writeMessage(new byte[0]);
    session = Optional.of(new ChannelSession(responder.session(), maxMessageBytes));
    if (pattern.authenticatesInitiator()) {
      client = Optional.of(responder.initiator());
    }
    return reply;
  }

  private static ChannelException refused() {
    return new ChannelException(ChannelEnd.HANDSHAKE_REFUSED);
  }

  /**
   * The channel.
   *
   * @throws IllegalStateException before {@link #answer}
   */
  public ChannelSession session() {
    return session.orElseThrow(() -> new IllegalStateException("the handshake is not over"));
  }

  /**
   * The key of a client that named one; proved only when its first frame has opened. Empty for an
   * anonymous client.
   */
  public Optional<PublicKey> client() {
    return client;
  }
}
