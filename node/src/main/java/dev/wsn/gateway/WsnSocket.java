package dev.wsn.gateway;

import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.gateway.channel.ChannelException;
import dev.wsn.gateway.channel.ChannelProtocol;
import dev.wsn.gateway.channel.CloseStatus;
import dev.wsn.gateway.channel.Frame;
import dev.wsn.gateway.channel.Opcode;
import io.vertx.core.Context;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * A WebSocket whose other side is the holder of a key. Handlers run on one event loop; set them
 * before {@link #start}. The other methods are for any thread.
 */
public final class WsnSocket {
  private final Context context;
  private final ChannelSocket channel;
  private final String protocol;
  private final ByteArrayOutputStream message = new ByteArrayOutputStream();
  private final long maxMessageBytes;
  private Consumer<String> onText = text -> {};
  private Consumer<byte[]> onBinary = bytes -> {};
  private Consumer<CloseStatus> onClose = status -> {};
  private Opcode kind = Opcode.TEXT;
  private CloseStatus closed = new CloseStatus(CloseStatus.BAD_GATEWAY, "the line was cut off");

  WsnSocket(Context context, ChannelSocket channel, String protocol, long maxMessageBytes) {
    this.context = context;
    this.channel = channel;
    this.protocol = protocol;
    this.maxMessageBytes = maxMessageBytes;
  }

  /** The subprotocol that the server chose, or empty. */
  public String protocol() {
    return protocol;
  }

  /** Takes whole text messages. */
  public WsnSocket onText(Consumer<String> handler) {
    onText = handler;
    return this;
  }

  /** Takes whole binary messages. */
  public WsnSocket onBinary(Consumer<byte[]> handler) {
    onBinary = handler;
    return this;
  }

  /**
   * Told once how the WebSocket ended: what the other side said, or code 1014 when it was cut off
   * without a word.
   */
  public WsnSocket onClose(Consumer<CloseStatus> handler) {
    onClose = handler;
    return this;
  }

  /** Begins to deliver. */
  public void start() {
    context.runOnContext(
        go -> {
          channel.onFrame(this::take);
          channel.onBatch(channel::flush);
          channel.onEnd(end -> onClose.accept(closed));
          channel.resume();
        });
  }

  private void take(Frame frame) {
    try {
      switch (frame.opcode()) {
        case PING -> channel.send(Frame.pong(frame));
        case PONG -> {}
        case CLOSE -> {
          closed = CloseStatus.decode(frame.payload());
          channel.send(Frame.close(CloseStatus.of(closed.code())));
        }
        default -> receive(frame);
      }
    } catch (ChannelException broken) {
      channel.fail(broken.end());
    }
  }

  private void receive(Frame frame) throws ChannelException {
    if (message.size() + frame.length() > maxMessageBytes) {
      throw new ChannelException(ChannelEnd.TOO_LARGE);
    }
    kind = frame.opcode() == Opcode.CONTINUATION ? kind : frame.opcode();
    frame.writeTo(message::write);
    if (!frame.isFinal()) {
      return;
    }
    byte[] whole = message.toByteArray();
    message.reset();
    if (kind == Opcode.TEXT) {
      onText.accept(new String(whole, StandardCharsets.UTF_8));
    } else {
      onBinary.accept(whole);
    }
  }

  /** Sends a text message. */
  public void send(String text) {
    send(Opcode.TEXT, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Sends a binary message.
   *
   * @param bytes copied
   */
  public void send(byte[] bytes) {
    send(Opcode.BINARY, bytes.clone());
  }

  private void send(Opcode opcode, byte[] bytes) {
    context.runOnContext(
        go -> {
          int from = 0;
          do {
            int end = Math.min(bytes.length, from + ChannelProtocol.PIECE_BYTES);
            Opcode next = from == 0 ? opcode : Opcode.CONTINUATION;
            byte[] piece = Arrays.copyOfRange(bytes, from, end);
            channel.send(new Frame(next, end == bytes.length, piece));
            from = end;
          } while (from < bytes.length);
          channel.flush();
        });
  }

  /** Says close; {@link #onClose} is told when it is over. */
  public void close(CloseStatus status) {
    context.runOnContext(
        go -> {
          closed = status;
          channel.send(Frame.close(status));
          channel.flush();
        });
  }
}
