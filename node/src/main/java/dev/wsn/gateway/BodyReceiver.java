package dev.wsn.gateway;

import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.gateway.channel.ChannelException;
import dev.wsn.gateway.channel.Frame;
import dev.wsn.gateway.channel.Opcode;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.WriteStream;
import java.util.OptionalLong;

/**
 * Writes the one binary message that is the body of an HTTP message, and reads the channel only as
 * fast as that is taken. Owned by the event loop of the channel.
 */
final class BodyReceiver {
  private final WriteStream<Buffer> body;
  private final ChannelSocket channel;
  private final OptionalLong length;
  private long receivedBytes;
  private boolean isComplete;

  /**
   * A receiver that waits for its first frame.
   *
   * @param length how long the body must be: a longer or shorter one could be read as something
   *     else by who is told the length
   */
  BodyReceiver(WriteStream<Buffer> body, ChannelSocket channel, OptionalLong length) {
    this.body = body;
    this.channel = channel;
    this.length = length;
    WriteStream<Buffer> unused = body.drainHandler(drained -> channel.resume());
  }

  /**
   * Takes the next data frame.
   *
   * @throws ChannelException if it is no part of a body
   */
  void take(Frame frame) throws ChannelException {
    if (isComplete || frame.opcode() == Opcode.TEXT) {
      throw new ChannelException(ChannelEnd.OUT_OF_ORDER);
    }
    receivedBytes += frame.length();
    boolean isTooLong = length.isPresent() && receivedBytes > length.getAsLong();
    boolean isTooShort =
        frame.isFinal() && length.isPresent() && receivedBytes < length.getAsLong();
    if (isTooLong || isTooShort) {
      throw new ChannelException(ChannelEnd.BAD_HEAD);
    }
    if (frame.length() > 0) {
      Buffer bytes = Buffer.buffer(frame.length());
      frame.writeTo(
          (array, offset, count) -> {
            Buffer unused = bytes.appendBytes(array, offset, count);
          });
      Future<Void> unused = body.write(bytes);
    }
    if (frame.isFinal()) {
      isComplete = true;
      Future<Void> unused = body.end();
    } else if (body.writeQueueFull()) {
      channel.pause();
    }
  }

  /** Whether all of it came. */
  boolean isComplete() {
    return isComplete;
  }
}
