package dev.wsn.gateway;

import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.gateway.channel.ChannelException;
import dev.wsn.gateway.channel.ChannelSession;
import dev.wsn.gateway.channel.CloseStatus;
import dev.wsn.gateway.channel.Frame;
import dev.wsn.gateway.channel.FrameBatch;
import dev.wsn.gateway.channel.MessageAssembler;
import dev.wsn.gateway.channel.Opcode;
import io.vertx.core.Vertx;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An encrypted channel whose handshake is over: the frames inside a carrier WebSocket. The first
 * frame that is delivered is the other side's head. Owned by the event loop of its carrier.
 *
 * <p>Frames that are sent together are sealed together, when the batch ends, a flush is asked for,
 * or 16 KiB are full. Bounds: one batch, and while paused what is left of one message, besides
 * those of the carrier.
 */
final class ChannelSocket implements FrameStream {
  private final FrameSocket carrier;
  private final ChannelSession session;
  private final Alarm closeAlarm;
  private final MessageAssembler messages = new MessageAssembler();

  private Consumer<Frame> onFrame = frame -> {};
  private Runnable onBatch = () -> {};
  private Consumer<ChannelEnd> onEnd = end -> {};
  private @Nullable FrameBatch batch;
  private Optional<ChannelEnd> carrierEnd = Optional.empty();
  private boolean isPaused = true;
  private boolean isDelivering;
  private boolean isCloseSent;
  private boolean isCloseReceived;
  private @Nullable ChannelEnd ended;

  /** Takes the carrier over, which must be paused; {@link #resume} starts it. */
  ChannelSocket(Vertx vertx, FrameSocket carrier, ChannelSession session) {
    this.closeAlarm = new Alarm(vertx);
    this.carrier = carrier;
    this.session = session;
    carrier.onFrame(this::receive);
    carrier.onBatch(this::finishBatch);
    carrier.onEnd(this::carrierEnded);
  }

  @Override
  public void onFrame(Consumer<Frame> handler) {
    onFrame = handler;
  }

  @Override
  public void onBatch(Runnable handler) {
    onBatch = handler;
  }

  private void finishBatch() {
    onBatch.run();
    sealBatch();
  }

  @Override
  public void onEnd(Consumer<ChannelEnd> handler) {
    onEnd = handler;
    ChannelEnd end = ended;
    if (end != null) {
      handler.accept(end);
    }
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
    if (ended != null || isCloseReceived) {
      return;
    }
    if (outer.opcode() == Opcode.CLOSE) {
      carrier.send(Frame.close(CloseStatus.of(CloseStatus.NORMAL)));
      finish(ChannelEnd.TRUNCATED);
      return;
    }
    try {
      Optional<Frame> message = messages.take(outer);
      if (message.isPresent()) {
        open(message.get());
      }
    } catch (ChannelException broken) {
      fail(broken.end());
    }
  }

  private void open(Frame message) throws ChannelException {
    byte[] plaintext = Scratch.here().takePlaintext();
    try {
      session.open(message, plaintext);
      deliver();
    } finally {
      session.keepFrames();
      Scratch.here().give(plaintext);
    }
  }

  /** Hands over what was opened, and takes more from the carrier unless somebody said pause. */
  private void deliver() throws ChannelException {
    isDelivering = true;
    try {
      while (!isPaused && ended == null && session.hasFrame()) {
        pass(session.nextFrame());
      }
    } finally {
      isDelivering = false;
    }
    if (!isPaused) {
      carrier.resume();
      carrierEnd.ifPresent(this::finish);
    }
  }

  private void pass(Frame frame) throws ChannelException {
    if (frame.opcode() != Opcode.CLOSE) {
      onFrame.accept(frame);
      return;
    }
    isCloseReceived = true;
    CloseStatus status = CloseStatus.decode(frame.payload());
    onFrame.accept(frame);
    closedOneWay(() -> send(Frame.close(CloseStatus.of(status.code()))));
  }

  @Override
  public void send(Frame frame) {
    if (isCloseSent || ended != null) {
      return;
    }
    collect(frame);
    if (frame.opcode() == Opcode.CLOSE) {
      isCloseSent = true;
      flush();
      closedOneWay(() -> abort(ChannelEnd.TRUNCATED));
    }
  }

  private void collect(Frame frame) {
    FrameBatch collected = batch;
    if (collected != null && !collected.hasRoomFor(frame)) {
      sealBatch();
      collected = null;
    }
    if (collected == null) {
      collected = Scratch.here().takeBatch();
      batch = collected;
    }
    if (collected.hasRoomFor(frame)) {
      collected.append(frame);
    } else {
      // Only a head is that long.
      carrier.send(new Frame(Opcode.BINARY, true, session.seal(frame)));
    }
  }

  private void sealBatch() {
    FrameBatch collected = batch;
    if (collected != null) {
      batch = null;
      if (!collected.isEmpty()) {
        carrier.send(session.seal(collected));
      }
      Scratch.here().give(collected);
    }
  }

  /** Ends when both sides said close; else waits a while for the second. */
  private void closedOneWay(Runnable late) {
    if (isCloseSent && isCloseReceived) {
      finish(ChannelEnd.CLOSED);
      carrier.send(Frame.close(CloseStatus.of(CloseStatus.NORMAL)));
    } else if (ended == null) {
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
      collect(Frame.close(CloseStatus.of(code)));
      sealBatch();
      isCloseSent = true;
    }
    finish(end);
    carrier.fail(end);
  }

  private void carrierEnded(ChannelEnd end) {
    boolean isClean = end == ChannelEnd.CLOSED && isCloseReceived;
    ChannelEnd cause = end == ChannelEnd.CLOSED && !isClean ? ChannelEnd.TRUNCATED : end;
    if (cause == ChannelEnd.TRUNCATED && isPaused && session.hasFrame()) {
      // What came before the end is delivered before it.
      carrierEnd = Optional.of(cause);
    } else {
      finish(cause);
    }
  }

  private void finish(ChannelEnd end) {
    if (ended == null) {
      ended = end;
      closeAlarm.cancel();
      drop();
      onEnd.accept(end);
    }
  }

  /** What was collected for who is gone. */
  private void drop() {
    FrameBatch collected = batch;
    if (collected != null) {
      batch = null;
      Scratch.here().give(collected);
    }
  }

  @Override
  public void flush() {
    sealBatch();
    carrier.flush();
  }

  @Override
  public boolean isFull() {
    return carrier.isFull();
  }

  @Override
  public void pause() {
    isPaused = true;
    carrier.pause();
  }

  @Override
  public void resume() {
    isPaused = false;
    if (isDelivering) {
      return;
    }
    try {
      deliver();
      session.keepFrames();
    } catch (ChannelException broken) {
      fail(broken.end());
    }
  }

  @Override
  public void abort(ChannelEnd end) {
    finish(end);
    carrier.abort(end);
  }
}
