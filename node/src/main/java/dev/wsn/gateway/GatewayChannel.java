package dev.wsn.gateway;

import dev.wsn.crypto.PublicKey;
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
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import java.util.ArrayList;
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
  private static final int FORBIDDEN = 403;
  private static final int NOT_FOUND = 404;
  private static final int BAD_GATEWAY = 502;

  private final Vertx vertx;
  private final Gateway.Shared shared;
  private final Dialer dialer;
  private final HttpClient http;
  private final FrameSocket carrier;
  private final IpAddress client;
  private final Alarm deadline;
  private Consumer<ChannelEnd> onEnd = end -> {};
  private Optional<Runnable> stopping = Optional.empty();
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
      HttpClient http,
      FrameSocket carrier,
      IpAddress client,
      Alarm deadline) {
    this.vertx = vertx;
    this.shared = shared;
    this.dialer = dialer;
    this.http = http;
    this.carrier = carrier;
    this.client = client;
    this.deadline = deadline;
  }

  /** Begins; {@code whenEnded} is called once. */
  void start(Consumer<ChannelEnd> whenEnded) {
    onEnd = whenEnded;
    deadline.set(
        shared.limits().handshakeTimeout().toMillis(),
        () -> carrier.fail(ChannelEnd.HANDSHAKE_TIMEOUT));
    GatewaySession session =
        new GatewaySession(
            shared.curve(), shared.self(), shared.random(), shared.limits().maxMessageBytes());
    long began = shared.clock().getAsLong();
    Future<ChannelSocket> unused =
        Handshakes.answer(vertx, carrier, session)
            .onSuccess(
                channel -> {
                  shared.counters().shookHands(shared.clock().getAsLong() - began);
                  readHead(channel, session);
                })
            .onFailure(refused -> ended(endOf(refused)));
  }

  private static ChannelEnd endOf(Throwable cause) {
    return cause instanceof ChannelException broken ? broken.end() : ChannelEnd.HANDSHAKE_REFUSED;
  }

  private void readHead(ChannelSocket channel, GatewaySession session) {
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
            check(channel, HeadJson.decodeRequest(frame), session.client());
          } catch (ChannelException broken) {
            channel.fail(broken.end());
          }
        });
    channel.resume();
  }

  private void check(ChannelSocket channel, RequestHead head, Optional<PublicKey> key) {
    // A policy may answer on another thread.
    Context context = vertx.getOrCreateContext();
    Future<Boolean> unused =
        shared
            .access()
            .admits(new AccessPolicy.Caller(key, client))
            .onComplete(
                said ->
                    context.runOnContext(
                        go -> {
                          if (said.succeeded() && said.result()) {
                            serve(channel, head, key);
                          } else {
                            outcome = ChannelEnd.CLIENT_REFUSED;
                            shared.counters().refusedClient();
                            refuse(channel, head, FORBIDDEN, "this gateway does not serve you");
                          }
                        }));
  }

  /**
   * Answers what the client asks for.
   *
   * @param key the client's, proved by the frame with the head
   */
  private void serve(ChannelSocket channel, RequestHead head, Optional<PublicKey> key) {
    if (hasEnded) {
      return;
    }
    Optional<Backend> backend = shared.options().backend(head);
    if (backend.isEmpty()) {
      refuse(channel, head, NOT_FOUND, "this gateway has no such service");
    } else if (head.isHttp()) {
      exchange(channel, head, backend.get(), key);
    } else {
      dial(channel, head, backend.get(), key);
    }
  }

  private void exchange(
      ChannelSocket channel, RequestHead head, Backend backend, Optional<PublicKey> key) {
    shared.counters().opened();
    BackendHealth health = shared.health(backend);
    GatewayExchange exchange = new GatewayExchange(channel, head, health, this::ended);
    stopping = Optional.of(exchange::stop);
    exchange.start(http, backend, client, key);
  }

  private void dial(
      ChannelSocket channel, RequestHead head, Backend backend, Optional<PublicKey> key) {
    List<String> fields = new ArrayList<>();
    fields.add("X-Forwarded-For: " + client);
    fields.add("X-Forwarded-Proto: wsn");
    key.ifPresent(known -> fields.add("X-Wsn-Client: " + known.hex()));
    Future<Dialer.Opened> unused =
        dialer
            .open(
                backend.host(),
                backend.port(),
                backend.target(head.path()),
                head.protocols(),
                fields)
            .onSuccess(opened -> join(channel, opened, shared.health(backend)))
            .onFailure(cause -> explain(channel, head, cause, shared.health(backend)));
  }

  private void join(ChannelSocket channel, Dialer.Opened backend, BackendHealth health) {
    health.up();
    if (hasEnded) {
      backend.socket().abort(ChannelEnd.STOPPED);
      return;
    }
    shared.counters().opened();
    channel.send(HeadJson.encode(ResponseHead.switched(backend.protocol())));
    channel.flush();
    stopping = Optional.of(Pipe.join(channel, backend.socket(), this::ended)::stop);
  }

  private void explain(
      ChannelSocket channel, RequestHead head, Throwable cause, BackendHealth health) {
    outcome = ChannelEnd.BACKEND_DOWN;
    if (cause instanceof UpgradeRefusedException refused) {
      health.up();
      int status = refused.status() >= 400 ? refused.status() : BAD_GATEWAY;
      refuse(channel, head, status, "the backend refused with HTTP status " + refused.status());
    } else {
      health.down(cause);
      refuse(channel, head, BAD_GATEWAY, "the backend of this gateway cannot be reached");
    }
  }

  /** Says why not and closes; what the client still sends is dropped. */
  private void refuse(ChannelSocket channel, RequestHead head, int status, String detail) {
    channel.onFrame(dropped -> {});
    channel.send(HeadJson.encode(ResponseHead.failed(status, detail)));
    if (head.isHttp()) {
      channel.streamBodies();
      channel.send(new Frame(Opcode.BINARY, true, new byte[0]));
    }
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
    if (stopping.isPresent()) {
      stopping.get().run();
    } else {
      carrier.send(new Frame(Opcode.CLOSE, true, new byte[0]));
    }
  }

  /** Ends at once. */
  void abort(ChannelEnd end) {
    carrier.abort(end);
  }
}
