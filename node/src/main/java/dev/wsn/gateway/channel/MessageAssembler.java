package dev.wsn.gateway.channel;

import java.util.Arrays;
import java.util.Optional;

/**
 * The frames of the outer WebSocket to Noise messages. A message is one frame as a rule, but a
 * proxy between the two sides may have fragmented it. Not thread-safe.
 */
public final class MessageAssembler {
  private static final byte[] NOTHING = new byte[0];

  private byte[] message = NOTHING;

  /**
   * Takes a text, binary or continuation frame; the decoder has checked their order and that their
   * sum is at most {@link ChannelProtocol#MAX_NOISE_MESSAGE_BYTES}.
   *
   * @return the message that ends with it, in one frame, or empty
   * @throws ChannelException {@link ChannelEnd#BAD_WEBSOCKET} for a text message
   */
  public Optional<Frame> take(Frame frame) throws ChannelException {
    if (frame.opcode() == Opcode.TEXT) {
      throw new ChannelException(ChannelEnd.BAD_WEBSOCKET);
    }
    if (message.length == 0 && frame.isFinal()) {
      return Optional.of(frame);
    }
    byte[] whole = Arrays.copyOf(message, message.length + frame.length());
    System.arraycopy(frame.bytes(), frame.offset(), whole, message.length, frame.length());
    message = frame.isFinal() ? NOTHING : whole;
    return frame.isFinal() ? Optional.of(new Frame(Opcode.BINARY, true, whole)) : Optional.empty();
  }
}
