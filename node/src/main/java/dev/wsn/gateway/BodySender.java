package dev.wsn.gateway;

import dev.wsn.gateway.channel.ChannelProtocol;
import dev.wsn.gateway.channel.Frame;
import dev.wsn.gateway.channel.Opcode;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import java.util.OptionalLong;

/**
 * Sends the body of an HTTP message as one binary message, only as fast as the channel takes it.
 * Owned by the event loop of the channel.
 */
final class BodySender {
  private final ReadStream<Buffer> body;
  private final ChannelSocket channel;
  private final OptionalLong length;
  private final Runnable whenSent;
  private final Runnable whenCut;
  private long sentBytes;
  private boolean hasBegun;
  private boolean isOver;

  private BodySender(
      ReadStream<Buffer> body,
      ChannelSocket channel,
      OptionalLong length,
      Runnable whenSent,
      Runnable whenCut) {
    this.body = body;
    this.channel = channel;
    this.length = length;
    this.whenSent = whenSent;
    this.whenCut = whenCut;
  }

  /**
   * Starts a paused stream.
   *
   * @param length how long the body should be
   * @param whenSent called when all of it was given to the channel
   * @param whenCut called instead when the body ended early, or is not as long as it should be
   */
  static void start(
      ReadStream<Buffer> body,
      ChannelSocket channel,
      OptionalLong length,
      Runnable whenSent,
      Runnable whenCut) {
    BodySender sender = new BodySender(body, channel, length, whenSent, whenCut);
    channel.onDrain(
        () -> {
          ReadStream<Buffer> unusedStream = body.resume();
        });
    ReadStream<Buffer> unused =
        body.handler(sender::pass)
            .exceptionHandler(broken -> sender.cut())
            .endHandler(end -> sender.end())
            .resume();
  }

  private void pass(Buffer bytes) {
    if (isOver) {
      return;
    }
    sentBytes += bytes.length();
    if (length.isPresent() && sentBytes > length.getAsLong()) {
      cut();
      return;
    }
    for (int at = 0; at < bytes.length(); at += ChannelProtocol.PIECE_BYTES) {
      int end = Math.min(bytes.length(), at + ChannelProtocol.PIECE_BYTES);
      send(bytes.getBytes(at, end), false);
    }
    channel.flush();
    if (channel.isFull()) {
      ReadStream<Buffer> unused = body.pause();
    }
  }

  private void send(byte[] payload, boolean isFinal) {
    channel.send(new Frame(hasBegun ? Opcode.CONTINUATION : Opcode.BINARY, isFinal, payload));
    hasBegun = true;
  }

  private void end() {
    if (isOver) {
      return;
    }
    if (length.isPresent() && sentBytes < length.getAsLong()) {
      cut();
      return;
    }
    isOver = true;
    send(new byte[0], true);
    channel.flush();
    whenSent.run();
  }

  private void cut() {
    if (!isOver) {
      isOver = true;
      whenCut.run();
    }
  }
}
