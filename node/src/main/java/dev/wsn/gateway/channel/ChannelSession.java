package dev.wsn.gateway.channel;

import dev.wsn.crypto.noise.AuthenticationException;
import dev.wsn.crypto.noise.Session;

/**
 * The channel after its handshake: frames to Noise transport messages and back, each direction with
 * its own key, which changes every {@link ChannelProtocol#MESSAGES_PER_KEY} messages. Not
 * thread-safe; one owner. Once {@link #open} has thrown, the channel is over: it throws the same
 * again, whatever comes.
 */
public final class ChannelSession {
  private final Session session;
  private final ChannelFrames frames;
  private ChannelEnd end = ChannelEnd.CLOSED;
  private boolean hasEnded;

  ChannelSession(Session session, long maxMessageBytes) {
    this.session = session;
    this.frames = new ChannelFrames(maxMessageBytes);
  }

  /**
   * The next message of this side.
   *
   * @param frame with at most {@link ChannelProtocol#MAX_PAYLOAD_BYTES} of payload
   * @throws IllegalArgumentException if the payload is longer
   */
  public byte[] seal(Frame frame) {
    byte[] message = ChannelFrames.encode(frame, ChannelProtocol.TAG_BYTES);
    int plainBytes = message.length - ChannelProtocol.TAG_BYTES;
    var unused = session.encrypt(message, 0, plainBytes, message, 0);
    if (isKeyUsedUp(session.sent())) {
      session.rekeySend();
    }
    return message;
  }

  /**
   * The frame in the next message of the other side.
   *
   * @param message as it arrived; overwritten
   * @throws ChannelException {@link ChannelEnd#BAD_TAG} if it is not the next message, whatever the
   *     cause; another end if the other side, authenticated, broke the protocol
   */
  public Frame open(byte[] message) throws ChannelException {
    if (hasEnded) {
      throw new ChannelException(end);
    }
    try {
      int plainBytes = session.decrypt(message, 0, message.length, message, 0);
      if (isKeyUsedUp(session.received())) {
        session.rekeyReceive();
      }
      return frames.decode(message, plainBytes);
    } catch (AuthenticationException notAuthentic) {
      throw over(ChannelEnd.BAD_TAG);
    } catch (ChannelException broken) {
      throw over(broken.end());
    }
  }

  private ChannelException over(ChannelEnd cause) {
    hasEnded = true;
    end = cause;
    return new ChannelException(cause);
  }

  private static boolean isKeyUsedUp(long messages) {
    return Long.remainderUnsigned(messages, ChannelProtocol.MESSAGES_PER_KEY) == 0;
  }

  /** Lets messages of any length through: bodies of HTTP are streamed, never held. */
  public void streamBodies() {
    frames.lift();
  }

  /**
   * 32 bytes, the same on both sides and unique to this channel: what to sign to bind something to
   * it (Noise 11.2).
   */
  public byte[] binding() {
    return session.handshakeHash();
  }

  @Override
  public String toString() {
    return "ChannelSession(_)";
  }
}
