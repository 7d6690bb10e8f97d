package dev.wsn.gateway;

import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.gateway.channel.ChannelException;
import dev.wsn.gateway.channel.CloseStatus;
import dev.wsn.gateway.channel.Frame;
import dev.wsn.gateway.channel.HeadJson;
import dev.wsn.gateway.channel.RequestHead;
import dev.wsn.gateway.channel.ResponseHead;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * One HTTP request of an application through a channel, streamed both ways. Owned by the event loop
 * of the channel.
 */
final class ProxyExchange {
  private static final int NO_CONTENT = 204;
  private static final int NOT_MODIFIED = 304;

  private final HttpServerRequest request;
  private final ChannelSocket channel;
  private final Consumer<ChannelEnd> onEnd;
  private Optional<BodyReceiver> body = Optional.empty();
  private boolean hasEnded;

  /**
   * An exchange over a channel that just opened, for a request that is paused.
   *
   * @param onEnd called once
   */
  ProxyExchange(HttpServerRequest request, ChannelSocket channel, Consumer<ChannelEnd> onEnd) {
    this.request = request;
    this.channel = channel;
    this.onEnd = onEnd;
  }

  /**
   * Sends the request.
   *
   * @param length how long its body is
   */
  void start(RequestHead head, OptionalLong length) {
    channel.streamBodies();
    channel.onEnd(this::ended);
    channel.onBatch(channel::flush);
    channel.onFrame(this::take);
    HttpServerResponse unused = request.response().closeHandler(gone -> abandon());
    channel.send(HeadJson.encode(head));
    channel.flush();
    BodySender.start(request, channel, length, () -> {}, this::abandon);
    channel.resume();
  }

  private void take(Frame frame) {
    try {
      switch (frame.opcode()) {
        case HEAD -> answer(HeadJson.decodeResponse(frame));
        case PING -> channel.send(Frame.pong(frame));
        case PONG -> {}
        case CLOSE -> {
          channel.send(Frame.close(CloseStatus.of(CloseStatus.NORMAL)));
          finish();
        }
        default -> receive(frame);
      }
    } catch (ChannelException broken) {
      channel.fail(broken.end());
    }
  }

  private void receive(Frame frame) throws ChannelException {
    if (body.isPresent() && !request.response().closed()) {
      body.get().take(frame);
    }
  }

  private void answer(ResponseHead head) throws ChannelException {
    HttpServerResponse response = request.response();
    if (head.isSwitched()) {
      throw new ChannelException(ChannelEnd.BAD_HEAD);
    }
    if (response.closed()) {
      return;
    }
    if (!head.detail().isEmpty()) {
      ProxyAnswers.problem(request, head.status(), "relay-refused", head.detail());
      return;
    }
    OptionalLong length;
    try {
      MultiMap fields = HttpFields.received(head.fields());
      boolean hasNoBody =
          request.method().name().equals("HEAD")
              || head.status() == NO_CONTENT
              || head.status() == NOT_MODIFIED;
      length = hasNoBody ? OptionalLong.of(0) : HttpFields.length(fields);
      response = response.setStatusCode(head.status());
      MultiMap unused = response.headers().addAll(fields);
    } catch (IllegalArgumentException malformed) {
      throw new ChannelException(ChannelEnd.BAD_HEAD);
    }
    response = length.isEmpty() ? response.setChunked(true) : response;
    body = Optional.of(new BodyReceiver(response, channel, length));
  }

  /** The application is gone, or what it sends is not what it announced. */
  private void abandon() {
    if (!hasEnded && !isAnswered()) {
      channel.send(Frame.close(CloseStatus.of(CloseStatus.GOING_AWAY)));
      channel.flush();
      cut();
    }
  }

  private boolean isAnswered() {
    return body.isPresent() ? body.get().isComplete() : request.response().ended();
  }

  /** An answer that is not whole must not look like one. */
  private void finish() {
    if (isAnswered()) {
      return;
    }
    if (body.isEmpty() && !request.response().closed()) {
      String detail = "The connection to the relay ended before its answer.";
      ProxyAnswers.problem(request, 502, "relay-unreachable", detail);
    } else {
      cut();
    }
  }

  private void cut() {
    Future<Void> unused = request.connection().close();
  }

  private void ended(ChannelEnd end) {
    if (!hasEnded) {
      hasEnded = true;
      finish();
      onEnd.accept(end);
    }
  }

  /** Says close. */
  void stop() {
    channel.send(Frame.close(CloseStatus.of(CloseStatus.GOING_AWAY)));
    channel.flush();
  }
}
