package dev.wsn.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.gateway.channel.CloseStatus;
import dev.wsn.gateway.channel.WebSocketSide;
import io.vertx.core.Context;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Two WebSockets that are joined. */
final class PipeTest {
  private static final Duration LONG = Duration.ofMinutes(1);

  private final Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
  private final Promise<Context> context = Promise.promise();
  private final BlockingQueue<FrameSocket> accepted = new LinkedBlockingQueue<>();
  private final BlockingQueue<ChannelEnd> ends = new LinkedBlockingQueue<>();

  @AfterEach
  void stop() {
    Awaiting.done(vertx.close());
  }

  private void accept(NetSocket socket) {
    boolean unused = context.tryComplete(vertx.getOrCreateContext());
    accepted.add(
        new FrameSocket(
            vertx,
            socket,
            WebSocketSide.SERVER,
            FrameSocket.Use.PIPED,
            1024,
            1024,
            new SocketTiming(LONG, LONG.plus(LONG), LONG),
            TestRelay::millis,
            TestRelay.RANDOM));
  }

  private int listen() {
    NetServer server = vertx.createNetServer().connectHandler(this::accept);
    return Awaiting.result(server.listen(0, "127.0.0.1")).actualPort();
  }

  /** As where an application is accepted while the channel that it asked for is cut. */
  @Test
  void sideThatHadEndedClosesTheOther() throws IOException {
    int port = listen();
    try (Socket near = new Socket(InetAddress.getLoopbackAddress(), port)) {
      FrameSocket one = Awaiting.next(accepted);
      try (Socket far = new Socket(InetAddress.getLoopbackAddress(), port)) {
        far.setSoLinger(true, 0);
      }
      FrameSocket other = Awaiting.next(accepted);
      Context loop = Awaiting.result(context.future());
      loop.runOnContext(
          go -> {
            other.onEnd(end -> loop.runOnContext(ended -> join(one, other)));
            other.resume();
          });
      near.setSoTimeout(20_000);
      byte[] close = near.getInputStream().readNBytes(4);
      assertThat(close[0]).isEqualTo((byte) 0x88);
      assertThat(ByteBuffer.wrap(close).getShort(2)).isEqualTo((short) CloseStatus.BAD_GATEWAY);
    }
    assertThat(Awaiting.next(ends)).isEqualTo(ChannelEnd.TRUNCATED);
  }

  private void join(FrameSocket one, FrameSocket other) {
    Pipe unused = Pipe.join(one, other, ends::add);
  }
}
