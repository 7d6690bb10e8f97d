package dev.wsn.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.SecretKey;
import dev.wsn.gateway.channel.ChannelException;
import dev.wsn.gateway.channel.Frame;
import dev.wsn.gateway.channel.HeadJson;
import dev.wsn.gateway.channel.Opcode;
import dev.wsn.gateway.channel.RequestHead;
import dev.wsn.gateway.channel.ResponseHead;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * A backend that refuses an upload before all of it came, and keeps its connection open: what is
 * left of the body must never be where the next client's request is sent.
 */
final class EarlyAnswerTest {
  private static final String REFUSAL = "HTTP/1.1 401 Unauthorized\r\nContent-Length: 2\r\n\r\nno";

  private final Vertx vertx = Vertx.vertx();
  private final BlockingQueue<NetSocket> connections = new LinkedBlockingQueue<>();
  private final BlockingQueue<String> received = new LinkedBlockingQueue<>();
  private final NetServer backend =
      Awaiting.result(vertx.createNetServer().connectHandler(this::serve).listen(0, "127.0.0.1"));
  private final TestRelay relay =
      new TestRelay(
          vertx,
          SecretKey.generate(TestRelay.RANDOM),
          URI.create("http://127.0.0.1:" + backend.actualPort()),
          GatewayLimits.defaults());

  @AfterEach
  void stop() {
    Awaiting.done(vertx.close());
  }

  private void serve(NetSocket socket) {
    connections.add(socket);
    NetSocket unused =
        socket.handler(
            bytes -> {
              String text = bytes.toString(StandardCharsets.ISO_8859_1);
              received.add(text);
              if (text.contains(" HTTP/1.1\r\n")) {
                Future<Void> unusedWrite = socket.write(Buffer.buffer(REFUSAL));
              }
            });
  }

  private RawClient upload() throws ChannelException {
    RawClient client =
        Awaiting.result(RawClient.connect(vertx, relay.gateway.port(), relay.publicKey));
    client.shakeHands();
    client.session.session().streamBodies();
    RequestHead head = RequestHead.http("PUT", "/upload", List.of());
    client.send(client.seal(HeadJson.encode(head)));
    client.send(client.seal(new Frame(Opcode.BINARY, false, new byte[1000])));
    return client;
  }

  @Test
  void theConnectionOfAnUnfinishedRequestIsNotUsedAgain() throws ChannelException {
    for (int attempt = 1; attempt <= 3; attempt++) {
      RawClient client = upload();

      ResponseHead answer = HeadJson.decodeResponse(client.next());

      assertThat(answer.status()).isEqualTo(401);
      assertThat(client.next().payload()).asString().isEqualTo("no");
      assertThat(client.next().payload()).isEmpty();
      assertThat(client.next().opcode()).isEqualTo(Opcode.CLOSE);
      assertThat(connections).hasSize(attempt);
    }
  }

  @Test
  void aPingBeforeTheAnswerIsNotAnsweredBeforeIt() throws ChannelException {
    RawClient client =
        Awaiting.result(RawClient.connect(vertx, relay.gateway.port(), relay.publicKey));
    client.shakeHands();
    client.session.session().streamBodies();
    client.send(client.seal(HeadJson.encode(RequestHead.http("PUT", "/later", List.of()))));
    client.send(client.seal(Frame.ping()));
    client.send(client.seal(new Frame(Opcode.BINARY, true, new byte[10])));

    assertThat(HeadJson.decodeResponse(client.next()).status()).isEqualTo(401);
    assertThat(received).isNotEmpty();
  }
}
