package dev.wsn.gateway;

import dev.wsn.crypto.PublicKey;
import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.gateway.channel.ChannelException;
import dev.wsn.gateway.channel.CloseStatus;
import dev.wsn.gateway.channel.Frame;
import dev.wsn.gateway.channel.HeadJson;
import dev.wsn.gateway.channel.Opcode;
import dev.wsn.gateway.channel.RequestHead;
import dev.wsn.gateway.channel.ResponseHead;
import dev.wsn.record.IpAddress;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * One HTTP request through a channel to a backend, streamed both ways. The channel ends with it.
 * Owned by the event loop of the channel.
 */
final class GatewayExchange {
  private static final int NO_CONTENT = 204;
  private static final int NOT_MODIFIED = 304;
  private static final int BAD_GATEWAY = 502;
  private static final CloseStatus CUT_OFF =
      new CloseStatus(CloseStatus.BAD_GATEWAY, "the backend was cut off");

  private final ChannelSocket channel;
  private final RequestHead head;
  private final BackendHealth health;
  private final Consumer<ChannelEnd> onEnd;
  private Optional<HttpClientRequest> request = Optional.empty();
  private Optional<BodyReceiver> body = Optional.empty();
  private ChannelEnd outcome = ChannelEnd.CLOSED;
  private boolean isAnswered;
  private boolean hasEnded;

  /**
   * An exchange whose head was read; the channel is paused.
   *
   * @param onEnd called once
   */
  GatewayExchange(
      ChannelSocket channel, RequestHead head, BackendHealth health, Consumer<ChannelEnd> onEnd) {
    this.channel = channel;
    this.head = head;
    this.health = health;
    this.onEnd = onEnd;
  }

  /** Asks the backend. */
  void start(HttpClient http, Backend backend, IpAddress from, Optional<PublicKey> client) {
    channel.streamBodies();
    channel.onEnd(this::ended);
    channel.onBatch(channel::flush);
    channel.onFrame(this::take);
    MultiMap fields;
    OptionalLong length;
    try {
      fields = HttpFields.received(head.fields());
      length = HttpFields.length(fields);
      if (length.isEmpty() && hasNoBody()) {
        length = OptionalLong.of(0);
      }
    } catch (IllegalArgumentException malformed) {
      channel.fail(ChannelEnd.BAD_HEAD);
      return;
    }
    OptionalLong announced = length;
    fields = fields.set("X-Forwarded-For", from.toString()).set("X-Forwarded-Proto", "wsn");
    if (client.isPresent()) {
      fields = fields.set(HttpFields.WSN_CLIENT, client.get().hex());
    }
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.valueOf(head.method()))
            .setHost(backend.host())
            .setPort(backend.port())
            .setURI(backend.target(head.path()))
            .setHeaders(fields);
    Future<HttpClientRequest> unused =
        http.request(options).onSuccess(opened -> send(opened, announced)).onFailure(this::refuse);
  }

  private boolean hasNoBody() {
    return head.method().equals("GET") || head.method().equals("HEAD");
  }

  private void send(HttpClientRequest opened, OptionalLong length) {
    health.up();
    if (hasEnded) {
      Future<?> unused = opened.connection().close();
      return;
    }
    HttpClientRequest sending = length.isEmpty() ? opened.setChunked(true) : opened;
    request = Optional.of(sending);
    body = Optional.of(new BodyReceiver(sending, channel, length));
    Future<HttpClientResponse> unused =
        sending.response().onSuccess(this::answer).onFailure(this::refuse);
    HttpClientRequest unusedRequest = sending.exceptionHandler(this::refuse);
    channel.resume();
  }

  private void take(Frame frame) {
    try {
      switch (frame.opcode()) {
        case CLOSE -> {
          reset();
          channel.send(Frame.close(CloseStatus.of(CloseStatus.NORMAL)));
        }
        case PING -> {
          // The first frame of a direction is its head.
          if (isAnswered) {
            channel.send(Frame.pong(frame));
          }
        }
        case PONG -> {}
        default -> {
          if (body.isPresent() && !hasEnded) {
            body.get().take(frame);
          }
        }
      }
    } catch (ChannelException broken) {
      channel.fail(broken.end());
    }
  }

  private void answer(HttpClientResponse response) {
    HttpClientResponse paused = response.pause();
    if (hasEnded || isAnswered) {
      return;
    }
    Frame answer;
    OptionalLong length;
    try {
      ResponseHead built =
          ResponseHead.http(response.statusCode(), HttpFields.passed(response.headers()));
      answer = HeadJson.encode(built);
      length = hasBody(response) ? HttpFields.length(response.headers()) : OptionalLong.of(0);
    } catch (IllegalArgumentException unusable) {
      refuse(unusable);
      return;
    }
    if (!HeadJson.fits(answer)) {
      refuse(new IllegalArgumentException("the head of the answer is too long"));
      return;
    }
    isAnswered = true;
    channel.send(answer);
    channel.flush();
    BodySender.start(
        paused,
        channel,
        length,
        () -> close(CloseStatus.of(CloseStatus.NORMAL)),
        () -> {
          outcome = ChannelEnd.BACKEND_DOWN;
          close(CUT_OFF);
        });
  }

  private boolean hasBody(HttpClientResponse response) {
    int status = response.statusCode();
    return !head.method().equals("HEAD") && status != NO_CONTENT && status != NOT_MODIFIED;
  }

  /** The backend cannot be asked, or broke off: said with a status while nothing else was. */
  private void refuse(Throwable cause) {
    if (hasEnded || outcome == ChannelEnd.BACKEND_DOWN) {
      return;
    }
    outcome = ChannelEnd.BACKEND_DOWN;
    if (isAnswered) {
      close(CUT_OFF);
      return;
    }
    health.down(cause);
    isAnswered = true;
    String detail = "the backend of this gateway cannot be reached";
    channel.send(HeadJson.encode(ResponseHead.failed(BAD_GATEWAY, detail)));
    channel.send(new Frame(Opcode.BINARY, true, new byte[0]));
    close(CloseStatus.of(CloseStatus.NORMAL));
  }

  /** What the client still sends is dropped. */
  private void close(CloseStatus status) {
    channel.onFrame(dropped -> {});
    channel.send(Frame.close(status));
    channel.flush();
    reset();
    channel.resume();
  }

  /**
   * Ends an exchange that is not whole with its connection: a reset would give the connection back
   * once it has answered, and the next request would be sent where the backend still expects the
   * rest of this body.
   */
  private void reset() {
    boolean isUnderWay = body.isPresent() && !body.get().isComplete();
    if (request.isPresent() && (isUnderWay || !isAnswered || outcome != ChannelEnd.CLOSED)) {
      Future<?> unused = request.get().connection().close();
    }
  }

  private void ended(ChannelEnd end) {
    if (hasEnded) {
      return;
    }
    if (end != ChannelEnd.CLOSED && request.isPresent()) {
      Future<?> unused = request.get().connection().close();
    }
    hasEnded = true;
    onEnd.accept(end == ChannelEnd.CLOSED ? outcome : end);
  }

  /** Says close. */
  void stop() {
    outcome = ChannelEnd.STOPPED;
    close(new CloseStatus(CloseStatus.GOING_AWAY, "the gateway stops"));
  }
}
