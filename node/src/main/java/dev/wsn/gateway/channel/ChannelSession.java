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
    return wrap(frame).payload();
  }

  /**
   * As {@link #seal}, as a frame of the carrier, without a copy where that can be.
   *
   * @throws IllegalArgumentException if the payload is too long
   */
  public Frame wrap(Frame frame) {
    Frame encoded = ChannelFrames.encodeInPlace(frame);
    int from = encoded.offset() - 1;
    byte[] bytes = encoded.bytes();
    int sealedBytes = session.encrypt(bytes, from, 1 + encoded.length(), bytes, from);
    if (isKeyUsedUp(session.sent())) {
      session.rekeySend();
    }
    return new Frame(Opcode.BINARY, true, bytes, from, sealedBytes);
  }

  /**
   * The frame in the next message of the other side.
   *
   * @param message as it arrived; overwritten
   * @throws ChannelException {@link ChannelEnd#BAD_TAG} if it is not the next message, whatever the
   *     cause; another end if the other side, authenticated, broke the protocol
   */
  public Frame open(byte[] message) throws ChannelException {
    return unwrap(new Frame(Opcode.BINARY, true, message));
  }

  /**
   * As {@link #open}, of a message of the carrier.
   *
   * @param message whose array is overwritten
   * @throws ChannelException as {@link #open}
   */
  public Frame unwrap(Frame message) throws ChannelException {
    if (hasEnded) {
      throw new ChannelException(end);
    }
    try {
      byte[] bytes = message.bytes();
      int from = message.offset();
      int plainBytes = session.decrypt(bytes, from, message.length(), bytes, from);
      if (isKeyUsedUp(session.received())) {
        session.rekeyReceive();
      }
      return frames.decode(bytes, from, plainBytes);
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
