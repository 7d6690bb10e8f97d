package dev.wsn.gateway;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
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
import java.util.Optional;

/** Opens a channel to one endpoint of a key: dial, handshake, heads. */
final class EndpointDialer {
  /**
   * A channel whose other side is the holder of the key, paused.
   *
   * @param answer its head
   */
  record Channel(ChannelSocket socket, ResponseHead answer) {}

  private static final int FIRST_FAILURE = 400;

  private final Vertx vertx;
  private final Dialer dialer;
  private final Secp256k1 curve;
  private final SecureRandom random;
  private final Optional<SecretKey> self;
  private final Duration timeout;
  private final long maxMessageBytes;

  /**
   * A dialer of endpoints.
   *
   * @param self proves this key to every gateway; without one the client stays anonymous
   */
  EndpointDialer(
      Vertx vertx,
      Dialer dialer,
      Secp256k1 curve,
      SecureRandom random,
      Optional<SecretKey> self,
      Duration timeout,
      long maxMessageBytes) {
    this.vertx = vertx;
    this.dialer = dialer;
    this.curve = curve;
    this.random = random;
    this.self = self;
    this.timeout = timeout;
    this.maxMessageBytes = maxMessageBytes;
  }

  /**
   * Connects; the channel is paused, and nothing was said in it.
   *
   * @param endpoint with a literal address
   * @return fails when there is no gateway at the endpoint, or one that does not hold the key
   */
  Future<ChannelSocket> open(PublicKey key, Endpoint endpoint) {
    return dialer
        .open(endpoint.host(), endpoint.port(), "/", List.of(ChannelProtocol.NAME), List.of())
        .compose(
            carrier -> {
              if (!carrier.protocol().equals(ChannelProtocol.NAME)) {
                carrier.socket().abort(ChannelEnd.BAD_WEBSOCKET);
                return Future.failedFuture(new ChannelException(ChannelEnd.BAD_WEBSOCKET));
              }
              return shakeHands(key, carrier.socket());
            });
  }

  private Future<ChannelSocket> shakeHands(PublicKey key, FrameSocket carrier) {
    Alarm alarm = new Alarm(vertx);
    alarm.set(timeout.toMillis(), () -> carrier.fail(ChannelEnd.HANDSHAKE_TIMEOUT));
    ClientSession session =
        self.map(own -> ClientSession.authenticated(curve, own, key, random, maxMessageBytes))
            .orElseGet(() -> ClientSession.anonymous(curve, key, random, maxMessageBytes));
    return Handshakes.ask(vertx, carrier, session).onComplete(done -> alarm.cancel());
  }

  /** Asks for a WebSocket; the channel is paused again when the answer is here. */
  Future<Channel> ask(ChannelSocket socket, RequestHead head) {
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
            boolean isAnswer = answer.isSwitched() || answer.status() >= FIRST_FAILURE;
            if (!wasOffered || !isAnswer) {
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
