package dev.wsn.gateway;

import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.gateway.channel.ChannelException;
import dev.wsn.gateway.channel.Upgrade;
import dev.wsn.gateway.channel.UpgradeRefusedException;
import dev.wsn.gateway.channel.UpgradeResponse;
import dev.wsn.gateway.channel.WebSocketSide;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** Opens WebSockets as a client. Thread-safe; sockets belong to the event loop that dialled. */
final class Dialer {
  /** What a dialled WebSocket is for. */
  record Purpose(
      FrameSocket.Use use, int maxPieceBytes, long maxMessageBytes, SocketTiming timing) {}

  /**
   * A WebSocket that just opened, paused.
   *
   * @param protocol the subprotocol that the server chose, or empty
   */
  record Opened(FrameSocket socket, String protocol) {}

  private final Vertx vertx;
  private final NetClient client;
  private final Supplier<Purpose> purpose;
  private final Duration timeout;
  private final LongSupplier clock;
  private final SecureRandom random;

  /**
   * A dialer of sockets of one purpose.
   *
   * @param purpose asked for each socket, because its limits may change; its use may not
   * @param timeout how long connecting may take, and upgrading again
   */
  Dialer(
      Vertx vertx,
      Supplier<Purpose> purpose,
      Duration timeout,
      LongSupplier clock,
      SecureRandom random) {
    this.vertx = vertx;
    this.purpose = purpose;
    this.timeout = timeout;
    this.clock = clock;
    this.random = random;
    NetClientOptions options =
        new NetClientOptions().setConnectTimeout((int) timeout.toMillis()).setTcpNoDelay(true);
    this.client = vertx.createNetClient(options);
  }

  /**
   * Connects and upgrades.
   *
   * @param host an IP literal, or a name where the operator configured one
   * @param path origin-form target
   * @param fields further fields of the request, {@code Name: value}
   * @return fails with {@link UpgradeRefusedException} or {@link ChannelException} when the server
   *     does not agree, and with what Vert.x says when it cannot be reached
   */
  Future<Opened> open(
      String host, int port, String path, List<String> protocols, List<String> fields) {
    String authority = (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    Upgrade upgrade;
    try {
      upgrade = Upgrade.request(authority, path, protocols, fields, random);
    } catch (IllegalArgumentException badCharacter) {
      return Future.failedFuture(badCharacter);
    }
    return client.connect(port, host).compose(socket -> upgrade(socket, upgrade));
  }

  private Future<Opened> upgrade(NetSocket socket, Upgrade upgrade) {
    Promise<Opened> opened = Promise.promise();
    Alarm alarm = new Alarm(vertx);
    alarm.set(timeout.toMillis(), () -> refuse(opened, socket, late()));
    Future<Opened> done = opened.future().onComplete(any -> alarm.cancel());
    byte[][] head = {new byte[0]};
    NetSocket unused =
        socket
            .handler(
                bytes -> {
                  head[0] = Buffer.buffer(head[0]).appendBuffer(bytes).getBytes();
                  try {
                    Optional<UpgradeResponse> response = UpgradeResponse.parse(head[0]);
                    if (response.isPresent()) {
                      opened.complete(accept(socket, upgrade, response.get(), head[0]));
                    }
                  } catch (ChannelException | UpgradeRefusedException refused) {
                    refuse(opened, socket, refused);
                  }
                })
            .exceptionHandler(broken -> refuse(opened, socket, cutOff()))
            .closeHandler(closed -> refuse(opened, socket, cutOff()));
    return socket.write(Buffer.buffer(upgrade.bytes())).compose(written -> done);
  }

  private Opened accept(
      NetSocket socket, Upgrade upgrade, UpgradeResponse response, byte[] received)
      throws ChannelException, UpgradeRefusedException {
    String protocol = upgrade.accept(response);
    Purpose now = purpose.get();
    FrameSocket frames =
        new FrameSocket(
            vertx,
            socket,
            WebSocketSide.CLIENT,
            now.use(),
            now.maxPieceBytes(),
            now.maxMessageBytes(),
            now.timing(),
            clock,
            random);
    byte[] rest = Arrays.copyOfRange(received, response.headBytes(), received.length);
    if (rest.length > 0) {
      frames.read(rest);
    }
    return new Opened(frames, protocol);
  }

  private static ChannelException late() {
    return new ChannelException(ChannelEnd.HANDSHAKE_TIMEOUT);
  }

  private static ChannelException cutOff() {
    return new ChannelException(ChannelEnd.TRUNCATED);
  }

  private static void refuse(Promise<Opened> opened, NetSocket socket, Exception cause) {
    if (opened.tryFail(cause)) {
      Future<Void> unused = socket.close();
    }
  }

  Future<Void> close() {
    return client.close();
  }
}
