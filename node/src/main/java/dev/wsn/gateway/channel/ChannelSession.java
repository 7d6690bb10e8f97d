package dev.wsn.gateway.channel;

import dev.wsn.crypto.noise.AuthenticationException;
import dev.wsn.crypto.noise.Session;
import java.util.ArrayList;
import java.util.List;

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
   * @param frames at least one, and together at most {@link ChannelProtocol#MAX_PLAINTEXT_BYTES}
   * @throws IllegalArgumentException if they do not fit into one message
   */
  public byte[] seal(Frame... frames) {
    return seal(FrameBatch.of(frames)).payload();
  }

  /**
   * As {@link #seal(Frame...)}, as a frame of the carrier that lies in the batch, which is empty
   * then: to be written before the batch is used again.
   *
   * @param batch not empty
   */
  public Frame seal(FrameBatch batch) {
    byte[] bytes = batch.bytes();
    int sealedBytes = session.encrypt(bytes, 0, batch.length(), bytes, 0);
    batch.clear();
    if (isKeyUsedUp(session.sent())) {
      session.rekeySend();
    }
    return new Frame(Opcode.BINARY, true, bytes, 0, sealedBytes);
  }

  /**
   * The frames in the next message of the other side.
   *
   * @param message as it arrived
   * @throws ChannelException {@link ChannelEnd#BAD_TAG} if it is not the next message, whatever the
   *     cause; another end if the other side, authenticated, broke the protocol
   */
  public List<Frame> open(byte[] message) throws ChannelException {
    open(new Frame(Opcode.BINARY, true, message), new byte[message.length]);
    List<Frame> all = new ArrayList<>();
    while (hasFrame()) {
      all.add(nextFrame());
    }
    return all;
  }

  /**
   * Opens the next message of the other side; {@link #nextFrame} gives its frames. All of the one
   * before must have been taken.
   *
   * @param message as the carrier delivered it
   * @param plaintext where the frames are put, as long as the message at least
   * @throws ChannelException as {@link #open(byte[])}
   */
  public void open(Frame message, byte[] plaintext) throws ChannelException {
    if (hasEnded) {
      throw new ChannelException(end);
    }
    try {
      int plainBytes =
          session.decrypt(message.bytes(), message.offset(), message.length(), plaintext, 0);
      if (isKeyUsedUp(session.received())) {
        session.rekeyReceive();
      }
      frames.begin(plaintext, 0, plainBytes);
    } catch (AuthenticationException notAuthentic) {
      throw over(ChannelEnd.BAD_TAG);
    } catch (ChannelException broken) {
      throw over(broken.end());
    }
  }

  /** Whether the message that was opened has one more frame. */
  public boolean hasFrame() {
    return !hasEnded && frames.hasNext();
  }

  /**
   * The next frame of the message that was opened, which lies in the array that was given.
   *
   * @throws ChannelException if it is none, or may not come here
   */
  public Frame nextFrame() throws ChannelException {
    try {
      return frames.next();
    } catch (ChannelException broken) {
      throw over(broken.end());
    }
  }

  /** Copies the frames that were not yet taken out of the array that was given. */
  public void keepFrames() {
    frames.keep();
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
