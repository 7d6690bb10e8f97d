package dev.wsn.gateway;

import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.gateway.channel.CloseStatus;
import dev.wsn.gateway.channel.Frame;
import java.util.function.Consumer;

/**
 * Joins two streams: every frame of one goes to the other, closes with their codes and reasons
 * included, and a stream is read only as fast as the other one is written.
 */
final class Pipe {
  private final FrameStream one;
  private final FrameStream other;
  private final Consumer<ChannelEnd> onEnd;
  private ChannelEnd end = ChannelEnd.CLOSED;
  private int ended;

  private Pipe(FrameStream one, FrameStream other, Consumer<ChannelEnd> onEnd) {
    this.one = one;
    this.other = other;
    this.onEnd = onEnd;
  }

  /**
   * Joins two paused streams and starts them.
   *
   * @param onEnd called when both have ended, with the first end that was not {@link
   *     ChannelEnd#CLOSED} if there was one
   */
  static Pipe join(FrameStream one, FrameStream other, Consumer<ChannelEnd> onEnd) {
    Pipe pipe = new Pipe(one, other, onEnd);
    pipe.connect(one, other);
    pipe.connect(other, one);
    one.onEnd(cause -> pipe.ended(cause, other));
    other.onEnd(cause -> pipe.ended(cause, one));
    one.resume();
    other.resume();
    return pipe;
  }

  private void connect(FrameStream from, FrameStream to) {
    from.onFrame(frame -> pass(frame, from, to));
    from.onBatch(to::flush);
    to.onDrain(from::resume);
  }

  private static void pass(Frame frame, FrameStream from, FrameStream to) {
    to.send(frame);
    if (to.isFull()) {
      from.pause();
    }
  }

  private void ended(ChannelEnd cause, FrameStream to) {
    if (end == ChannelEnd.CLOSED) {
      end = cause;
    }
    ended++;
    if (ended == 2) {
      onEnd.accept(end);
      return;
    }
    if (cause != ChannelEnd.CLOSED) {
      to.send(Frame.close(status(cause)));
    }
    // What the surviving side still sends has nowhere to go; its close must be seen.
    to.resume();
  }

  private static CloseStatus status(ChannelEnd cause) {
    return switch (cause) {
      case TOO_LARGE -> new CloseStatus(CloseStatus.TOO_BIG, "message too big");
      case STOPPED -> new CloseStatus(CloseStatus.GOING_AWAY, "the gateway stops");
      case IDLE, WRITE_STALLED -> new CloseStatus(CloseStatus.BAD_GATEWAY, "the far side is stuck");
      default -> new CloseStatus(CloseStatus.BAD_GATEWAY, "the far side was cut off");
    };
  }

  /** Says to both sides that this program goes away. */
  void stop() {
    CloseStatus status = status(ChannelEnd.STOPPED);
    one.send(Frame.close(status));
    other.send(Frame.close(status));
  }
}
