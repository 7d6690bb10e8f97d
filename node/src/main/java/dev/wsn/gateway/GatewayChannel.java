package dev.wsn.gateway;

import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.gateway.channel.ChannelException;
import dev.wsn.gateway.channel.CloseStatus;
import dev.wsn.gateway.channel.Frame;
import dev.wsn.gateway.channel.GatewaySession;
import dev.wsn.gateway.channel.HeadJson;
import dev.wsn.gateway.channel.Opcode;
import dev.wsn.gateway.channel.RequestHead;
import dev.wsn.gateway.channel.ResponseHead;
import dev.wsn.gateway.channel.UpgradeRefusedException;
import dev.wsn.record.IpAddress;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of one client's connection: handshake, request head, backend, and then frames both ways.
 * Owned by one event loop.
 */
final class GatewayChannel {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayChannel.class);
  private static final int NOT_FOUND = 404;
  private static final int NOT_IMPLEMENTED = 501;
  private static final int BAD_GATEWAY = 502;

  private final Vertx vertx;
  private final Gateway.Shared shared;
  private final Dialer dialer;
  private final FrameSocket carrier;
  private final IpAddress client;
  private final Alarm deadline;
  private Consumer<ChannelEnd> onEnd = end -> {};
  private Optional<Pipe> pipe = Optional.empty();
  private ChannelEnd outcome = ChannelEnd.CLOSED;
  private boolean hasEnded;

  /**
   * A connection that was just upgraded.
   *
   * @param deadline already set; rings when the request head is late
   */
  GatewayChannel(
      Vertx vertx,
      Gateway.Shared shared,
      Dialer dialer,
      FrameSocket carrier,
      IpAddress client,
      Alarm deadline) {
    this.vertx = vertx;
    this.shared = shared;
    this.dialer = dialer;
    this.carrier = carrier;
    this.client = client;
    this.deadline = deadline;
  }

  /** Begins; {@code whenEnded} is called once. */
  void start(Consumer<ChannelEnd> whenEnded) {
    onEnd = whenEnded;
    deadline.set(
        shared.options().limits().handshakeTimeout().toMillis(),
        () -> carrier.fail(ChannelEnd.HANDSHAKE_TIMEOUT));
    GatewaySession session =
        new GatewaySession(
            shared.curve(),
            shared.self(),
            shared.random(),
            shared.options().limits().maxMessageBytes());
    Future<ChannelSocket> unused =
        Handshakes.answer(vertx, carrier, session)
            .onSuccess(this::readHead)
            .onFailure(refused -> ended(endOf(refused)));
  }

  private static ChannelEnd endOf(Throwable cause) {
    return cause instanceof ChannelException broken ? broken.end() : ChannelEnd.HANDSHAKE_REFUSED;
  }

  private void readHead(ChannelSocket channel) {
    channel.onEnd(this::ended);
    channel.onFrame(
        frame -> {
          deadline.cancel();
          if (frame.opcode() == Opcode.CLOSE) {
            channel.send(Frame.close(CloseStatus.of(CloseStatus.NORMAL)));
            return;
          }
          channel.pause();
          try {
            dial(channel, HeadJson.decodeRequest(frame));
          } catch (ChannelException broken) {
            channel.fail(broken.end());
          }
        });
    channel.resume();
  }

  private void dial(ChannelSocket channel, RequestHead head) {
    if (!head.method().isEmpty()) {
      refuse(channel, NOT_IMPLEMENTED, "this gateway carries WebSockets only");
      return;
    }
    if (!head.service().isEmpty()) {
      refuse(channel, NOT_FOUND, "this gateway has no such service");
      return;
    }
    GatewayOptions options = shared.options();
    Future<Dialer.Opened> unused =
        dialer
            .open(
                options.backendHost(),
                options.backendPort(),
                options.backendTarget(head.path()),
                head.protocols(),
                List.of("X-Forwarded-For: " + client, "X-Forwarded-Proto: wsn"))
            .onSuccess(backend -> join(channel, backend))
            .onFailure(cause -> explain(channel, cause));
  }

  private void join(ChannelSocket channel, Dialer.Opened backend) {
    shared.health().up();
    if (hasEnded) {
      backend.socket().abort(ChannelEnd.STOPPED);
      return;
    }
    shared.counters().opened();
    channel.send(HeadJson.encode(ResponseHead.switched(backend.protocol())));
    channel.flush();
    pipe = Optional.of(Pipe.join(channel, backend.socket(), this::ended));
  }

  private void explain(ChannelSocket channel, Throwable cause) {
    outcome = ChannelEnd.BACKEND_DOWN;
    if (cause instanceof UpgradeRefusedException refused) {
      shared.health().up();
      int status = refused.status() >= 400 ? refused.status() : BAD_GATEWAY;
      refuse(channel, status, "the backend refused with HTTP status " + refused.status());
    } else {
      shared.health().down(cause);
      refuse(channel, BAD_GATEWAY, "the backend of this gateway cannot be reached");
    }
  }

  /** Says why not and closes; what the client still sends is dropped. */
  private void refuse(ChannelSocket channel, int status, String detail) {
    channel.onFrame(dropped -> {});
    channel.send(HeadJson.encode(ResponseHead.failed(status, detail)));
    channel.send(Frame.close(CloseStatus.of(CloseStatus.NORMAL)));
    channel.resume();
  }

  private void ended(ChannelEnd end) {
    if (hasEnded) {
      return;
    }
    hasEnded = true;
    deadline.cancel();
    ChannelEnd cause = end == ChannelEnd.CLOSED ? outcome : end;
    LOG.debug("channel ended: {}", cause);
    onEnd.accept(cause);
  }

  /** Says close to both sides. */
  void stop() {
    outcome = ChannelEnd.STOPPED;
    if (pipe.isPresent()) {
      pipe.get().stop();
    } else {
      carrier.send(new Frame(Opcode.CLOSE, true, new byte[0]));
    }
  }

  /** Ends at once. */
  void abort(ChannelEnd end) {
    carrier.abort(end);
  }
}
