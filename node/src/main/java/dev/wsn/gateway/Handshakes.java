package dev.wsn.gateway;

import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.gateway.channel.ChannelException;
import dev.wsn.gateway.channel.ClientSession;
import dev.wsn.gateway.channel.Frame;
import dev.wsn.gateway.channel.GatewaySession;
import dev.wsn.gateway.channel.MessageAssembler;
import dev.wsn.gateway.channel.Opcode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.Optional;

/**
 * Runs a handshake over a carrier that just opened. The futures fail with {@link ChannelException}
 * only, and the carrier has then said close. How long it may take is the caller's to decide.
 */
final class Handshakes {
  private Handshakes() {}

  /** The gateway's side: waits for the client. The channel is paused. */
  static Future<ChannelSocket> answer(Vertx vertx, FrameSocket carrier, GatewaySession session) {
    return firstMessage(carrier)
        .compose(
            hello -> {
              try {
                carrier.send(new Frame(Opcode.BINARY, true, session.answer(hello)));
                carrier.flush();
                return Future.succeededFuture(new ChannelSocket(vertx, carrier, session.session()));
              } catch (ChannelException refused) {
                carrier.fail(refused.end());
                return Future.failedFuture(refused);
              }
            });
  }

  /** The client's side: asks, and waits for the holder of the key. The channel is paused. */
  static Future<ChannelSocket> ask(Vertx vertx, FrameSocket carrier, ClientSession session) {
    Future<byte[]> answer = firstMessage(carrier);
    try {
      carrier.send(new Frame(Opcode.BINARY, true, session.hello()));
      carrier.flush();
    } catch (ChannelException refused) {
      carrier.fail(refused.end());
    }
    return answer.compose(
        message -> {
          try {
            session.finish(message);
            return Future.succeededFuture(new ChannelSocket(vertx, carrier, session.session()));
          } catch (ChannelException refused) {
            carrier.fail(refused.end());
            return Future.failedFuture(refused);
          }
        });
  }

  /** The first message on a paused carrier, which is paused again when it is here. */
  private static Future<byte[]> firstMessage(FrameSocket carrier) {
    Promise<byte[]> message = Promise.promise();
    MessageAssembler messages = new MessageAssembler();
    carrier.onFrame(
        frame -> {
          try {
            if (frame.opcode() == Opcode.CLOSE) {
              throw new ChannelException(ChannelEnd.HANDSHAKE_REFUSED);
            }
            Optional<Frame> whole = messages.take(frame);
            if (whole.isPresent()) {
              carrier.pause();
              message.complete(whole.get().payload());
            }
          } catch (ChannelException broken) {
            carrier.fail(broken.end());
          }
        });
    carrier.onEnd(
        end -> {
          boolean isOurs = end != ChannelEnd.CLOSED && end != ChannelEnd.TRUNCATED;
          boolean unused =
              message.tryFail(new ChannelException(isOurs ? end : ChannelEnd.HANDSHAKE_REFUSED));
        });
    carrier.resume();
    return message.future();
  }
}
