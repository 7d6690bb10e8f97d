package dev.wsn.gateway;

import dev.wsn.gateway.channel.ChannelException;
import dev.wsn.gateway.channel.Frame;
import dev.wsn.gateway.channel.WebSocketDecoder;
import dev.wsn.gateway.channel.WebSocketEncoder;
import dev.wsn.gateway.channel.WebSocketSide;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** A line to a gateway in the hands of somebody who reads its WebSocket and rewrites it. */
final class TamperedLine {
  private static final int MAX_PIECE = 70_000;

  /** Which way a frame goes. */
  enum Way {
    UP,
    DOWN
  }

  /** What happens to a frame. */
  @FunctionalInterface
  interface Tamper {
    /**
     * The frames that go on in the place of one.
     *
     * @param number 0 for the handshake, 1 for the head, 2 for the first message
     */
    List<Frame> pass(Way way, int number, Frame frame);
  }

  private final NetServer server;
  private final Tamper tamper;
  private final UnaryOperator<String> upgrade;

  /**
   * A line to a port of this machine.
   *
   * @param upgrade rewrites the answer to the upgrade
   */
  TamperedLine(Vertx vertx, int port, Tamper tamper, UnaryOperator<String> upgrade) {
    this.tamper = tamper;
    this.upgrade = upgrade;
    server =
        LineBetween.listen(
            vertx,
            port,
            (near, far) -> {
              Direction unusedUp = new Direction(Way.UP, near, far);
              Direction unusedDown = new Direction(Way.DOWN, far, near);
            });
  }

  int port() {
    return server.actualPort();
  }

  private final class Direction {
    private final Way way;
    private final NetSocket to;
    private final WebSocketDecoder decoder;
    private final WebSocketEncoder encoder;
    private Buffer head = Buffer.buffer();
    private boolean isUpgraded;
    private int number;

    Direction(Way way, NetSocket from, NetSocket to) {
      this.way = way;
      this.to = to;
      this.decoder = new WebSocketDecoder(way == Way.UP, MAX_PIECE, MAX_PIECE);
      WebSocketSide side = way == Way.UP ? WebSocketSide.CLIENT : WebSocketSide.SERVER;
      this.encoder = WebSocketEncoder.of(side, TestRelay.RANDOM);
      Awaiting.nothing(
          from.handler(this::take).closeHandler(closed -> Awaiting.nothing(to.close())));
    }

    private void take(Buffer bytes) {
      byte[] rest = bytes.getBytes();
      if (!isUpgraded) {
        head = head.appendBuffer(bytes);
        String text = head.toString(StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n") + 4;
        if (end < 4) {
          return;
        }
        isUpgraded = true;
        String passed = text.substring(0, end);
        Awaiting.nothing(to.write(way == Way.DOWN ? upgrade.apply(passed) : passed, "ISO-8859-1"));
        rest = head.getBytes(end, head.length());
      }
      decoder.append(rest);
      try {
        for (Optional<Frame> next = decoder.next(); next.isPresent(); next = decoder.next()) {
          for (Frame frame : tamper.pass(way, number, next.get())) {
            Awaiting.nothing(to.write(Buffer.buffer(encoder.encode(frame))));
          }
          number++;
        }
      } catch (ChannelException broken) {
        Awaiting.nothing(to.close());
      }
    }
  }
}
