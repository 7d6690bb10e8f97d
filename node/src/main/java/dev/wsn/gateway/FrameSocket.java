package dev.wsn.gateway;

import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.gateway.channel.ChannelException;
import dev.wsn.gateway.channel.CloseStatus;
import dev.wsn.gateway.channel.Frame;
import dev.wsn.gateway.channel.Opcode;
import dev.wsn.gateway.channel.WebSocketDecoder;
import dev.wsn.gateway.channel.WebSocketEncoder;
import dev.wsn.gateway.channel.WebSocketSide;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetSocket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A WebSocket over a TCP connection that was already upgraded. Owned by the event loop of its
 * socket.
 *
 * <p>Vert.x has a WebSocket of its own, which this is not, for four reasons: it answers pings by
 * itself, so that a ping never reaches the far end; it writes those answers even when the other
 * side does not read, without a bound; it holds up to 24 whole frames per direction when paused; it
 * turns text into characters on the way.
 *
 * <p>Bounds: two reads of the socket and one piece are held while paused; {@link
 * TcpSocket#FULL_BYTES} and the frames of one read of the other side are held while the peer does
 * not read.
 */
final class FrameSocket implements FrameStream {
  /** How long the answer to a close may take. */
  static final long CLOSE_MILLIS = 5_000;

  /** How long what still arrives is read and dropped, so that our last frame is not lost. */
  static final long LINGER_MILLIS = 1_000;

  /** What a socket is used for. */
  enum Use {
    /** Frames are passed on as they are: the peer's pings are answered by the far end. */
    PIPED,
    /** Carries Noise messages: pings keep it alive, and the reason of an end is not told. */
    CARRIER
  }

  private final Vertx vertx;
  private final TcpSocket socket;
  private final WebSocketSide side;
  private final Use use;
  private final WebSocketDecoder decoder;
  private final WebSocketEncoder encoder;
  private final SocketTiming timing;
  private final LongSupplier clock;
  private final long checkTimer;
  private final Alarm closeAlarm;
  private final Alarm paceAlarm;
  private Consumer<Frame> onFrame = frame -> {};
  private Runnable onBatch = () -> {};
  private Consumer<ChannelEnd> onEnd = end -> {};
  private Runnable onDrain = () -> {};
  private Runnable onGone = () -> {};
  private LongUnaryOperator pace = bytes -> 0;
  private boolean wasFull;
  private boolean isPaused;
  private boolean isPacing;
  private boolean isDelivering;
  private boolean isDeaf;
  private boolean isCloseSent;
  private boolean isCloseReceived;
  private @Nullable ChannelEnd ended;
  private boolean isGone;
  private long lastHeard;
  private long lastPing;
  private long receivedBytes;

  /**
   * A WebSocket that just opened, paused until {@link #resume}.
   *
   * @param maxPieceBytes longest payload of a frame that is delivered
   */
  FrameSocket(
      Vertx vertx,
      NetSocket socket,
      WebSocketSide side,
      Use use,
      int maxPieceBytes,
      long maxMessageBytes,
      SocketTiming timing,
      LongSupplier clock,
      SecureRandom random) {
    this.vertx = vertx;
    this.side = side;
    this.use = use;
    this.decoder =
        new WebSocketDecoder(side == WebSocketSide.SERVER, maxPieceBytes, maxMessageBytes);
    this.encoder = WebSocketEncoder.of(side, random);
    this.timing = timing;
    this.clock = clock;
    this.lastHeard = clock.getAsLong();
    this.lastPing = lastHeard;
    this.isPaused = true;
    this.closeAlarm = new Alarm(vertx);
    this.paceAlarm = new Alarm(vertx);
    this.checkTimer = vertx.setPeriodic(timing.checkMillis(), id -> check());
    this.socket = TcpSocket.take(vertx, socket, new FromSocket());
  }

  /** What the connection says. */
  private final class FromSocket implements TcpSocket.Owner {
    @Override
    public void received(byte[] bytes, int length) {
      receive(bytes, length);
    }

    @Override
    public void paused() {
      finishBatch();
    }

    @Override
    public void drained() {
      if (wasFull) {
        wasFull = false;
        onDrain.run();
      }
    }

    @Override
    public void gone() {
      forget();
    }
  }

  @Override
  public void onFrame(Consumer<Frame> handler) {
    onFrame = handler;
  }

  @Override
  public void onBatch(Runnable handler) {
    onBatch = handler;
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
    onDrain = handler;
  }

  /** Called once when the TCP connection is no more, which may be after or before the end. */
  void onGone(Runnable handler) {
    onGone = handler;
  }

  /**
   * Reads no faster than this allows.
   *
   * @param pauseAfter gives the milliseconds to wait after so many bytes
   */
  void pace(LongUnaryOperator pauseAfter) {
    pace = pauseAfter;
  }

  /** Takes bytes that came together with the end of the upgrade. */
  void read(byte[] bytes) {
    receive(bytes, bytes.length);
    finishBatch();
  }

  private void receive(byte[] bytes, int length) {
    receivedBytes += length;
    lastHeard = clock.getAsLong();
    if (!isDeaf && !isCloseReceived) {
      decoder.append(bytes, length);
      deliver();
      decoder.keep();
    }
    long pause = pace.applyAsLong(length);
    if (pause > 0 && !isPacing && !isDeaf) {
      isPacing = true;
      paceAlarm.set(pause, this::goOn);
    }
    if (isPaused || isPacing) {
      socket.read(false);
    }
  }

  long receivedBytes() {
    return receivedBytes;
  }

  long sentBytes() {
    return socket.sentBytes();
  }

  /** The other end, {@code ip:port}. */
  String remote() {
    return socket.remote();
  }

  private void deliver() {
    if (isDelivering) {
      return;
    }
    isDelivering = true;
    try {
      while (!isPaused && !isDeaf && !isCloseReceived) {
        Optional<Frame> frame = decoder.next();
        if (frame.isEmpty()) {
          break;
        }
        take(frame.get());
      }
    } catch (ChannelException broken) {
      isDeaf = true;
      fail(broken.end());
    } finally {
      isDelivering = false;
    }
    if (isGone && !isPaused) {
      end();
    }
  }

  private void finishBatch() {
    onBatch.run();
    socket.flush();
  }

  private void take(Frame frame) throws ChannelException {
    if (ended != null) {
      // All that is left to see is that the peer has read our close.
      if (frame.opcode() == Opcode.CLOSE) {
        cut();
      }
    } else if (frame.opcode() == Opcode.CLOSE) {
      CloseStatus status = CloseStatus.decode(frame.payload());
      isCloseReceived = true;
      onFrame.accept(frame);
      if (isCloseSent) {
        closed();
      } else {
        closeAlarm.set(CLOSE_MILLIS, () -> send(Frame.close(CloseStatus.of(status.code()))));
      }
    } else if (use == Use.CARRIER && frame.opcode() == Opcode.PING) {
      // A peer that pings and does not read gets no answers rather than our memory.
      if (!isFull()) {
        send(Frame.pong(frame));
      }
    } else if (use == Use.PIPED || frame.opcode() != Opcode.PONG) {
      onFrame.accept(frame);
    }
  }

  @Override
  public void send(Frame frame) {
    if (isCloseSent || ended != null) {
      return;
    }
    encoder.encode(frame, socket::append);
    if (frame.opcode() == Opcode.CLOSE) {
      isCloseSent = true;
      flush();
      if (isCloseReceived) {
        closed();
      } else {
        closeAlarm.set(CLOSE_MILLIS, () -> abort(ChannelEnd.TRUNCATED));
      }
    } else {
      socket.flushIfMuch();
    }
  }

  @Override
  public void flush() {
    socket.flush();
  }

  @Override
  public boolean isFull() {
    boolean isFull = ended == null && socket.isFull();
    wasFull |= isFull;
    return isFull;
  }

  private void goOn() {
    isPacing = false;
    lastHeard = clock.getAsLong();
    if (!isPaused) {
      socket.read(true);
    }
  }

  @Override
  public void pause() {
    isPaused = true;
  }

  @Override
  public void resume() {
    if (!isPaused) {
      return;
    }
    isPaused = false;
    lastHeard = clock.getAsLong();
    deliver();
    finishBatch();
    if (!isPaused && !isPacing) {
      socket.read(true);
    }
  }

  /** Both sides said close: the server ends the connection, the client waits for that. */
  private void closed() {
    finish(ChannelEnd.CLOSED);
    if (side == WebSocketSide.SERVER) {
      socket.close();
    } else {
      linger();
    }
  }

  /** Says close, with a code that tells nothing on a carrier, and ends. */
  void fail(ChannelEnd end) {
    boolean isTooBig = use == Use.PIPED && end == ChannelEnd.TOO_LARGE;
    send(Frame.close(CloseStatus.of(isTooBig ? CloseStatus.TOO_BIG : CloseStatus.PROTOCOL_ERROR)));
    finish(end);
    linger();
  }

  private void linger() {
    resume();
    closeAlarm.set(LINGER_MILLIS, this::cut);
  }

  @Override
  public void abort(ChannelEnd end) {
    finish(end);
    isDeaf = true;
    socket.abort();
  }

  /** Ends when what is queued is written, or when that takes too long. */
  private void cut() {
    isDeaf = true;
    socket.close();
  }

  private void finish(ChannelEnd end) {
    if (ended == null) {
      ended = end;
      onEnd.accept(end);
      onDrain.run();
    }
  }

  private void forget() {
    boolean unused = vertx.cancelTimer(checkTimer);
    closeAlarm.cancel();
    paceAlarm.cancel();
    isGone = true;
    if (!isPaused || !decoder.holdsBytes()) {
      end();
    }
    onGone.run();
  }

  private void end() {
    finish(isCloseReceived ? ChannelEnd.CLOSED : ChannelEnd.TRUNCATED);
  }

  private void check() {
    long now = clock.getAsLong();
    long silence = now - lastHeard;
    if (socket.hasStalled(now, timing.writeTimeout().toMillis())) {
      abort(ChannelEnd.WRITE_STALLED);
    } else if (isOver(timing.idleAfter(), silence) && !isPaused && !isPacing) {
      abort(ChannelEnd.IDLE);
    } else if (isOver(timing.pingAfter(), Math.min(silence, now - lastPing))) {
      lastPing = now;
      send(Frame.ping());
      flush();
    }
  }

  private static boolean isOver(Duration limit, long millis) {
    return !limit.isZero() && millis >= limit.toMillis();
  }
}
