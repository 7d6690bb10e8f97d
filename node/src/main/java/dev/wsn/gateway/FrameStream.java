package dev.wsn.gateway;

import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.gateway.channel.Frame;
import java.util.function.Consumer;

/**
 * Frames both ways: a plain WebSocket or an encrypted channel. Everything is called on the event
 * loop that owns the stream. Handlers are set before the first frame can arrive, or while paused.
 */
interface FrameStream {
  /** Takes every frame in order, a close included; nothing follows a close. */
  void onFrame(Consumer<Frame> handler);

  /** Called when the frames that came together were all taken: the time to flush. */
  void onBatch(Runnable handler);

  /** Called once, after the last frame; at once if the stream has ended already. */
  void onEnd(Consumer<ChannelEnd> handler);

  /** Called when the stream is no longer full. */
  void onDrain(Runnable handler);

  /** Queues a frame; dropped after a close and after the end. */
  void send(Frame frame);

  /** Writes what is queued. */
  void flush();

  /** Whether enough is queued: the sender should wait for {@link #onDrain}. */
  boolean isFull();

  /** Delivers no more frames until {@link #resume}; what arrives waits in bounded buffers. */
  void pause();

  /** Delivers frames again. */
  void resume();

  /** Ends at once, without a close. */
  void abort(ChannelEnd end);
}
