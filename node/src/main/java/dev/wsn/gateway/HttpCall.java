package dev.wsn.gateway;

import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.gateway.channel.ChannelException;
import dev.wsn.gateway.channel.ChannelProtocol;
import dev.wsn.gateway.channel.CloseStatus;
import dev.wsn.gateway.channel.Frame;
import dev.wsn.gateway.channel.HeadJson;
import dev.wsn.gateway.channel.HttpField;
import dev.wsn.gateway.channel.Opcode;
import dev.wsn.gateway.channel.RequestHead;
import dev.wsn.gateway.channel.ResponseHead;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** One HTTP request through a channel whose bodies are held in memory. Owned by its event loop. */
final class HttpCall {
  private final ChannelSocket channel;
  private final byte[] body;
  private final long maxBytes;
  private final Promise<WsnClient.Answer> answer = Promise.promise();
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private Optional<ResponseHead> head = Optional.empty();
  private int sentBytes;

  private HttpCall(ChannelSocket channel, byte[] body, long maxBytes) {
    this.channel = channel;
    this.body = body;
    this.maxBytes = maxBytes;
  }

  /** The fields with the length of the body, where there is one. */
  static List<HttpField> withLength(String method, List<HttpField> fields, byte[] body) {
    List<HttpField> all = new ArrayList<>(fields);
    boolean hasNoBody = method.equals("GET") || method.equals("HEAD");
    if (!hasNoBody || body.length > 0) {
      all.add(new HttpField(HttpFields.CONTENT_LENGTH, Integer.toString(body.length)));
    }
    return all;
  }

  /**
   * Sends the request over a channel that just opened.
   *
   * @param maxBytes longest answer
   */
  static Future<WsnClient.Answer> send(
      ChannelSocket channel, RequestHead head, byte[] body, long maxBytes) {
    HttpCall call = new HttpCall(channel, body, maxBytes);
    channel.streamBodies();
    channel.onFrame(call::take);
    channel.onEnd(call::ended);
    channel.onDrain(call::pump);
    channel.send(HeadJson.encode(head));
    call.pump();
    channel.resume();
    return call.answer.future();
  }

  private void pump() {
    while (sentBytes >= 0 && !channel.isFull()) {
      int end = Math.min(body.length, sentBytes + ChannelProtocol.PIECE_BYTES);
      Opcode opcode = sentBytes == 0 ? Opcode.BINARY : Opcode.CONTINUATION;
      boolean isFinal = end == body.length;
      channel.send(new Frame(opcode, isFinal, Arrays.copyOfRange(body, sentBytes, end)));
      sentBytes = isFinal ? -1 : end;
    }
    channel.flush();
  }

  private void take(Frame frame) {
    try {
      switch (frame.opcode()) {
        case HEAD -> head = Optional.of(HeadJson.decodeResponse(frame));
        case PING -> channel.send(Frame.pong(frame));
        case PONG -> {}
        case CLOSE -> channel.send(Frame.close(CloseStatus.of(CloseStatus.NORMAL)));
        default -> receive(frame);
      }
    } catch (ChannelException broken) {
      channel.fail(broken.end());
    }
  }

  private void receive(Frame frame) throws ChannelException {
    if (received.size() + frame.length() > maxBytes) {
      throw new ChannelException(ChannelEnd.TOO_LARGE);
    }
    frame.writeTo(received::write);
    if (frame.isFinal()) {
      ResponseHead said = head.orElseThrow(() -> new ChannelException(ChannelEnd.OUT_OF_ORDER));
      boolean unused =
          answer.tryComplete(
              new WsnClient.Answer(said.status(), said.fields(), received.toByteArray()));
    }
  }

  private void ended(ChannelEnd end) {
    boolean isClean = end == ChannelEnd.CLOSED;
    boolean unused = answer.tryFail(new ChannelException(isClean ? ChannelEnd.TRUNCATED : end));
  }
}
