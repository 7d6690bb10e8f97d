package dev.wsn.gateway;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.gateway.channel.ChannelException;
import dev.wsn.gateway.channel.ChannelProtocol;
import dev.wsn.gateway.channel.ClientSession;
import dev.wsn.gateway.channel.CloseStatus;
import dev.wsn.gateway.channel.Frame;
import dev.wsn.gateway.channel.HeadJson;
import dev.wsn.gateway.channel.Opcode;
import dev.wsn.gateway.channel.RequestHead;
import dev.wsn.gateway.channel.ResponseHead;
import dev.wsn.record.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;

/** Opens a channel to one endpoint of a key: dial, handshake, heads. Thread-safe. */
final class EndpointDialer {
  /**
   * A channel whose other side is the holder of the key, paused.
   *
   * @param answer its head
   */
  record Channel(ChannelSocket socket, ResponseHead answer) {}

  private final Vertx vertx;
  private final Dialer dialer;
  private final Secp256k1 curve;
  private final SecureRandom random;
  private final Duration timeout;
  private final long maxMessageBytes;

  EndpointDialer(
      Vertx vertx,
      Dialer dialer,
      Secp256k1 curve,
      SecureRandom random,
      Duration timeout,
      long maxMessageBytes) {
    this.vertx = vertx;
    this.dialer = dialer;
    this.curve = curve;
    this.random = random;
    this.timeout = timeout;
    this.maxMessageBytes = maxMessageBytes;
  }

  /**
   * Connects.
   *
   * @param endpoint with a literal address
   * @return fails when there is no gateway at the endpoint, or one that does not hold the key
   */
  Future<Channel> open(PublicKey key, Endpoint endpoint, RequestHead head) {
    return dialer
        .open(endpoint.host(), endpoint.port(), "/", List.of(ChannelProtocol.NAME), List.of())
        .compose(
            carrier -> {
              if (!carrier.protocol().equals(ChannelProtocol.NAME)) {
                carrier.socket().abort(ChannelEnd.BAD_WEBSOCKET);
                return Future.failedFuture(new ChannelException(ChannelEnd.BAD_WEBSOCKET));
              }
              return shakeHands(key, carrier.socket()).compose(channel -> ask(channel, head));
            });
  }

  private Future<ChannelSocket> shakeHands(PublicKey key, FrameSocket carrier) {
    Alarm alarm = new Alarm(vertx);
    alarm.set(timeout.toMillis(), () -> carrier.fail(ChannelEnd.HANDSHAKE_TIMEOUT));
    ClientSession session = ClientSession.anonymous(curve, key, random, maxMessageBytes);
    return Handshakes.ask(vertx, carrier, session).onComplete(done -> alarm.cancel());
  }

  private Future<Channel> ask(ChannelSocket socket, RequestHead head) {
    Promise<Channel> answered = Promise.promise();
    Alarm alarm = new Alarm(vertx);
    alarm.set(timeout.toMillis(), () -> socket.abort(ChannelEnd.HANDSHAKE_TIMEOUT));
    socket.onEnd(
        end -> {
          boolean unused = answered.tryFail(new ChannelException(end));
        });
    socket.onFrame(
        frame -> {
          if (frame.opcode() == Opcode.CLOSE) {
            socket.send(Frame.close(CloseStatus.of(CloseStatus.NORMAL)));
            return;
          }
          socket.pause();
          try {
            ResponseHead answer = HeadJson.decodeResponse(frame);
            boolean wasOffered =
                answer.protocol().isEmpty() || head.protocols().contains(answer.protocol());
            if (!wasOffered) {
              throw new ChannelException(ChannelEnd.BAD_HEAD);
            }
            answered.complete(new Channel(socket, answer));
          } catch (ChannelException broken) {
            socket.fail(broken.end());
          }
        });
    socket.send(HeadJson.encode(head));
    socket.flush();
    socket.resume();
    return answered.future().onComplete(done -> alarm.cancel());
  }
}
