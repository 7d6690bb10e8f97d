package dev.wsn.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.gateway.channel.Frame;
import dev.wsn.gateway.channel.Opcode;
import dev.wsn.gateway.channel.WebSocketEncoder;
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
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a WebSocket ends when its connection does, on both transports. */
final class FrameSocketTest {
  private static final int MAX_MESSAGE_BYTES = 1 << 20;
  private static final Duration NEVER = Duration.ZERO;

  private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
  private final Promise<FrameSocket> accepted = Promise.promise();
  private final Promise<Context> context = Promise.promise();

  private void accept(Vertx vertx, NetSocket socket, Duration writeTimeout) {
    FrameSocket frames =
        new FrameSocket(
            vertx,
            socket,
            WebSocketSide.SERVER,
            FrameSocket.Use.PIPED,
            1024,
            MAX_MESSAGE_BYTES,
            new SocketTiming(NEVER, NEVER, writeTimeout),
            TestRelay::millis,
            TestRelay.RANDOM);
    frames.onFrame(frame -> events.add(new String(frame.payload(), StandardCharsets.US_ASCII)));
    frames.onEnd(end -> events.add(end.name()));
    frames.onGone(() -> events.add("gone"));
    context.complete(vertx.getOrCreateContext());
    accepted.complete(frames);
  }

  private int listen(Vertx vertx, Duration writeTimeout) {
    NetServer server =
        vertx.createNetServer().connectHandler(socket -> accept(vertx, socket, writeTimeout));
    return Awaiting.result(server.listen(0, "127.0.0.1")).actualPort();
  }

  private static Vertx vertx(boolean isNative) {
    return Vertx.vertx(new VertxOptions().setPreferNativeTransport(isNative));
  }

  /** What the socket says on its event loop. */
  private <T> T onLoop(Function<FrameSocket, T> call) {
    Promise<T> said = Promise.promise();
    FrameSocket socket = Awaiting.result(accepted.future());
    Awaiting.result(context.future()).runOnContext(go -> said.complete(call.apply(socket)));
    return Awaiting.result(said.future());
  }

  private void resume() {
    boolean unused =
        onLoop(
            socket -> {
              socket.resume();
              return true;
            });
  }

  private static byte[] frame(String text) {
    byte[] payload = text.getBytes(StandardCharsets.US_ASCII);
    return WebSocketEncoder.of(WebSocketSide.CLIENT, TestRelay.RANDOM)
        .encode(new Frame(Opcode.TEXT, true, payload));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatCameBeforeTheEndIsDeliveredBeforeIt(boolean isNative) throws IOException {
    Vertx vertx = vertx(isNative);
    int port = listen(vertx, Duration.ofMinutes(1));
    byte[] first = frame("first");
    byte[] second = frame("second");
    try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), port)) {
      peer.getOutputStream().write(first);
      Awaiting.until(() -> onLoop(FrameSocket::receivedBytes) == first.length);
      peer.getOutputStream().write(second);
    }
    resume();
    List<String> said = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      said.add(Awaiting.next(events));
    }
    // The connection may be no more before anybody reads what came over it.
    assertThat(said).contains("gone");
    assertThat(said)
        .filteredOn(each -> !each.equals("gone"))
        .containsExactly("first", "second", "TRUNCATED");
    Awaiting.done(vertx.close());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void resetEndsTheSocket(boolean isNative) throws IOException {
    Vertx vertx = vertx(isNative);
    int port = listen(vertx, Duration.ofMinutes(1));
    reset(port);
    resume();
    assertThat(new String[] {Awaiting.next(events), Awaiting.next(events)})
        .containsExactlyInAnyOrder("TRUNCATED", "gone");
    boolean unused =
        onLoop(
            socket -> {
              socket.onEnd(end -> events.add("told later " + end));
              return true;
            });
    assertThat(Awaiting.next(events)).isEqualTo("told later TRUNCATED");
    Awaiting.done(vertx.close());
  }

  private static void reset(int port) throws IOException {
    try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), port)) {
      peer.setSoLinger(true, 0);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whoDoesNotReadIsGivenUp(boolean isNative) throws IOException {
    Vertx vertx = vertx(isNative);
    int port = listen(vertx, Duration.ofMillis(300));
    try (Socket peer = new Socket(InetAddress.getLoopbackAddress(), port)) {
      Awaiting.until(() -> onLoop(FrameSocketTest::fill));
      assertThat(peer.isConnected()).isTrue();
      assertThat(Awaiting.next(events)).isEqualTo("WRITE_STALLED");
      assertThat(Awaiting.next(events)).isEqualTo("gone");
    }
    Awaiting.done(vertx.close());
  }

  /** Sends until the socket is full, or a while; whether it is full. */
  private static boolean fill(FrameSocket socket) {
    for (int i = 0; i < 1000 && !socket.isFull(); i++) {
      socket.send(new Frame(Opcode.BINARY, true, new byte[16 * 1024]));
      socket.flush();
    }
    return socket.isFull();
  }
}
