package dev.wsn.gateway;

import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.gateway.channel.ChannelException;
import dev.wsn.gateway.channel.ChannelSession;
import dev.wsn.gateway.channel.CloseStatus;
import dev.wsn.gateway.channel.Frame;
import dev.wsn.gateway.channel.MessageAssembler;
import dev.wsn.gateway.channel.Opcode;
import io.vertx.core.Vertx;
import java.util.function.Consumer;

/**
 * An encrypted channel whose handshake is over: the frames inside a carrier WebSocket. The first
 * frame that is delivered is the other side's head. Owned by the event loop of its carrier.
 */
final class ChannelSocket implements FrameStream {
  private final FrameSocket carrier;
  private final ChannelSession session;
  private final Alarm closeAlarm;
  private final MessageAssembler messages = new MessageAssembler();

  private Consumer<Frame> onFrame = frame -> {};
  private Consumer<ChannelEnd> onEnd = end -> {};
  private boolean isCloseSent;
  private boolean isCloseReceived;
  private boolean hasEnded;

  /** Takes the carrier over, which must be paused; {@link #resume} starts it. */
  ChannelSocket(Vertx vertx, FrameSocket carrier, ChannelSession session) {
    this.closeAlarm = new Alarm(vertx);
    this.carrier = carrier;
    this.session = session;
    carrier.onFrame(this::receive);
    carrier.onEnd(this::carrierEnded);
  }

  @Override
  public void onFrame(Consumer<Frame> handler) {
    onFrame = handler;
  }

  @Override
  public void onBatch(Runnable handler) {
    carrier.onBatch(handler);
  }

  @Override
  public void onEnd(Consumer<ChannelEnd> handler) {
    onEnd = handler;
  }

  @Override
  public void onDrain(Runnable handler) {
    carrier.onDrain(handler);
  }

  /** Bytes of the carrier so far. */
  long receivedBytes() {
    return carrier.receivedBytes();
  }

  /** Bytes given to the carrier so far. */
  long sentBytes() {
    return carrier.sentBytes();
  }

  /** The other end of the carrier, {@code ip:port}. */
  String remote() {
    return carrier.remote();
  }

  /** Lets messages of any length through; for bodies of HTTP. */
  void streamBodies() {
    session.streamBodies();
  }

  private void receive(Frame outer) {
    if (hasEnded || isCloseReceived) {
      return;
    }
    if (outer.opcode() == Opcode.CLOSE) {
      carrier.send(Frame.close(CloseStatus.of(CloseStatus.NORMAL)));
      finish(ChannelEnd.TRUNCATED);
      return;
    }
    try {
      messages.take(outer).ifPresent(this::open);
    } catch (ChannelException broken) {
      fail(broken.end());
    }
  }

  private void open(Frame message) {
    try {
      Frame frame = session.unwrap(message);
      isCloseReceived = frame.opcode() == Opcode.CLOSE;
      onFrame.accept(frame);
      if (isCloseReceived) {
        CloseStatus status = CloseStatus.decode(frame.payload());
        closedOneWay(() -> send(Frame.close(CloseStatus.of(status.code()))));
      }
    } catch (ChannelException broken) {
      fail(broken.end());
    }
  }

  @Override
  public void send(Frame frame) {
    if (isCloseSent || hasEnded) {
      return;
    }
    carrier.send(session.wrap(frame));
    if (frame.opcode() == Opcode.CLOSE) {
      isCloseSent = true;
      carrier.flush();
      closedOneWay(() -> abort(ChannelEnd.TRUNCATED));
    }
  }

  /** Ends when both sides said close; else waits a while for the second. */
  private void closedOneWay(Runnable late) {
    if (isCloseSent && isCloseReceived) {
      finish(ChannelEnd.CLOSED);
      carrier.send(Frame.close(CloseStatus.of(CloseStatus.NORMAL)));
    } else if (!hasEnded) {
      closeAlarm.set(FrameSocket.CLOSE_MILLIS, late);
    }
  }

  /**
   * Ends because of what the other side sent. Only a side that is authenticated is told why, inside
   * the channel.
   */
  void fail(ChannelEnd end) {
    boolean isAuthenticated = end != ChannelEnd.BAD_TAG && end != ChannelEnd.BAD_WEBSOCKET;
    if (isAuthenticated && !isCloseSent) {
      boolean isTooBig = end == ChannelEnd.TOO_LARGE;
      int code = isTooBig ? CloseStatus.TOO_BIG : CloseStatus.PROTOCOL_ERROR;
      Frame close = Frame.close(CloseStatus.of(code));
      carrier.send(session.wrap(close));
      isCloseSent = true;
    }
    finish(end);
    carrier.fail(end);
  }

  private void carrierEnded(ChannelEnd end) {
    boolean isClean = end == ChannelEnd.CLOSED && isCloseReceived;
    finish(end == ChannelEnd.CLOSED && !isClean ? ChannelEnd.TRUNCATED : end);
  }

  private void finish(ChannelEnd end) {
    if (!hasEnded) {
      hasEnded = true;
      closeAlarm.cancel();
      onEnd.accept(end);
    }
  }

  @Override
  public void flush() {
    carrier.flush();
  }

  @Override
  public boolean isFull() {
    return carrier.isFull();
  }

  @Override
  public void pause() {
    carrier.pause();
  }

  @Override
  public void resume() {
    carrier.resume();
  }

  @Override
  public void abort(ChannelEnd end) {
    finish(end);
    carrier.abort(end);
  }
}
