package dev.wsn.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.SecretKey;
import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.gateway.channel.ChannelException;
import dev.wsn.gateway.channel.Frame;
import dev.wsn.gateway.channel.Opcode;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Limits that change while a gateway runs hold for the channels that open from then on. */
final class ChangedLimitsTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration SHORT = Duration.ofMillis(300);
  private static final int LITTLE = 1_000;

  private final Vertx vertx = Vertx.vertx();
  private final TestBackend backend = new TestBackend(vertx);
  private final TestRelay relay =
      new TestRelay(
          vertx, SecretKey.generate(TestRelay.RANDOM), backend.uri(), limits(1 << 20, LONG));

  @AfterEach
  void stop() {
    Awaiting.done(vertx.close());
  }

  private static GatewayLimits limits(long maxMessage, Duration write) {
    return new GatewayLimits(
        100, 100, 100, 100, LONG, LONG, LONG, LONG.plus(LONG), write, maxMessage, 1_000, 0);
  }

  private RawClient open() throws ChannelException {
    RawClient client =
        Awaiting.result(RawClient.connect(vertx, relay.gateway.port(), relay.publicKey));
    client.open();
    return client;
  }

  private static Frame message(int bytes) {
    return new Frame(Opcode.BINARY, true, new byte[bytes]);
  }

  @Test
  void longestMessageChangesBothWays() throws ChannelException {
    RawClient before = open();
    before.send(before.seal(message(2 * LITTLE)));
    assertThat(before.next().payload()).as("sent back").hasSize(2 * LITTLE);
    assertThat(Awaiting.next(backend.accepted).isClosed()).isFalse();

    relay.gateway.change(limits(LITTLE, LONG));

    RawClient client = open();
    ServerWebSocket ofClient = Awaiting.next(backend.accepted);
    client.send(client.seal(message(2 * LITTLE)));
    Awaiting.until(() -> relay.gateway.counters().channelsEnded(ChannelEnd.TOO_LARGE) == 1);
    Awaiting.until(ofClient::isClosed);

    RawClient fromBackend = open();
    ServerWebSocket sending = Awaiting.next(backend.accepted);
    Awaiting.nothing(sending.writeBinaryMessage(Buffer.buffer(new byte[2 * LITTLE])));
    assertThat(fromBackend.next().opcode()).isEqualTo(Opcode.CLOSE);
    Awaiting.until(() -> relay.gateway.counters().channelsEnded(ChannelEnd.TOO_LARGE) == 2);
  }

  @Test
  void timeOfWritesChanges() throws ChannelException {
    relay.gateway.change(limits(1 << 20, SHORT));
    RawClient client = open();

    Awaiting.nothing(client.socket.pause());
    ServerWebSocket atBackend = Awaiting.next(backend.accepted);
    for (int i = 0; i < 400; i++) {
      Awaiting.nothing(atBackend.writeBinaryMessage(Buffer.buffer(new byte[60_000])));
    }

    Awaiting.until(() -> relay.gateway.counters().channelsEnded(ChannelEnd.WRITE_STALLED) == 1);
  }
}
