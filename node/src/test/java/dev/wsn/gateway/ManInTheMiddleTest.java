package dev.wsn.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.SecretKey;
import dev.wsn.gateway.TamperedLine.Tamper;
import dev.wsn.gateway.TamperedLine.Way;
import dev.wsn.gateway.channel.ChannelEnd;
import dev.wsn.gateway.channel.CloseStatus;
import dev.wsn.gateway.channel.Frame;
import dev.wsn.gateway.channel.Opcode;
import dev.wsn.record.Endpoint;
import dev.wsn.record.IpPort;
import dev.wsn.record.RecordRules;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Somebody owns the line between the Java client and the gateway, and the answer of the resolver,
 * which leads there. What the client sent reaches the backend in order and unchanged up to some
 * point and no further, and so do the answers; both sides are told that the channel was cut.
 */
final class ManInTheMiddleTest {
  private static final int MESSAGES = 6;
  private static final int ATTACKED = 4;
  private static final CloseStatus CUT_OFF = new CloseStatus(1014, "the line was cut off");

  private final Vertx vertx = Vertx.vertx();
  private final RecordRules rules = new RecordRules(TestRelay.CURVE, true);
  private final MemoryResolver resolver = new MemoryResolver(rules, InstantSource.system());
  private final TestBackend backend = new TestBackend(vertx);
  private final TestRelay relay =
      new TestRelay(
          vertx, SecretKey.generate(TestRelay.RANDOM), backend.uri(), GatewayLimits.defaults());
  private final WsnClient client =
      WsnClient.authenticated(
          vertx,
          resolver,
          TestRelay.CURVE,
          SecretKey.generate(TestRelay.RANDOM),
          true,
          InstantSource.system(),
          TestRelay::millis,
          TestRelay.RANDOM);
  private final BlockingQueue<String> texts = new LinkedBlockingQueue<>();
  private final BlockingQueue<CloseStatus> closes = new LinkedBlockingQueue<>();
  private final List<Frame> up = new CopyOnWriteArrayList<>();
  private final List<Frame> down = new CopyOnWriteArrayList<>();

  @AfterEach
  void stop() {
    client.close();
    Awaiting.done(vertx.close());
  }

  /** What is done to the frames from the attacked one on. */
  enum Attack {
    FORGED,
    REPLAYED,
    DROPPED,
    REORDERED,
    OLDER,
    TRUNCATED,
    EMPTY,
    REFLECTED,
    CARRIER_CLOSED,
    PLAIN_TEXT
  }

  private static Frame copy(Frame frame) {
    return new Frame(frame.opcode(), frame.isFinal(), frame.payload().clone());
  }

  private static Frame changed(Frame frame, int length, int flip) {
    byte[] payload = Arrays.copyOf(frame.payload(), length);
    if (payload.length > 0) {
      payload[payload.length - 1] ^= (byte) flip;
    }
    return new Frame(frame.opcode(), frame.isFinal(), payload);
  }

  /** Keeps a copy of what passes, and does this to frames in one direction. */
  private Tamper tampering(Way attacked, Attack attack) {
    return (way, number, frame) -> {
      List<Frame> seen = way == Way.UP ? up : down;
      seen.add(copy(frame));
      if (way != attacked || number < ATTACKED) {
        return List.of(frame);
      }
      Frame before = copy(seen.get(seen.size() - 2));
      List<Frame> others = way == Way.UP ? down : up;
      boolean isFirst = number == ATTACKED;
      return switch (attack) {
        case FORGED -> List.of(changed(frame, frame.length(), 1));
        case REPLAYED -> List.of(copy(frame), frame);
        case DROPPED -> isFirst ? List.of() : List.of(frame);
        case REORDERED -> isFirst ? List.of() : List.of(frame, before);
        case OLDER -> List.of(before);
        case TRUNCATED -> List.of(changed(frame, frame.length() - 1, 0));
        case EMPTY -> List.of(changed(frame, 0, 0));
        case REFLECTED -> List.of(copy(others.get(others.size() - 1)));
        case CARRIER_CLOSED -> List.of(Frame.close(CloseStatus.of(CloseStatus.NORMAL)));
        case PLAIN_TEXT ->
            List.of(new Frame(Opcode.TEXT, true, "m3".getBytes(StandardCharsets.UTF_8)));
      };
    };
  }

  private void lead(TamperedLine line) {
    Endpoint endpoint = Endpoint.of(new IpPort(TestRelay.LOOPBACK, line.port()), Endpoint.WSN);
    long now = InstantSource.system().instant().getEpochSecond();
    resolver.records.put(
        relay.publicKey,
        rules.sign(relay.key, List.of(endpoint), now, Duration.ofHours(2), new byte[32]));
  }

  private WsnSocket connect() {
    WsnSocket socket =
        Awaiting.result(client.connect("wsn://" + Nip19.npub(relay.publicKey), List.of()));
    socket.onText(texts::add).onClose(closes::add).start();
    return socket;
  }

  private void assertIsHonest(BlockingQueue<String> received) {
    int number = 0;
    for (String text : received) {
      assertThat(text).isEqualTo("m" + number++);
    }
    assertThat(number).isLessThan(MESSAGES);
  }

  @ParameterizedTest
  @EnumSource(Attack.class)
  void nothingUntrueReachesTheBackend(Attack attack) {
    lead(
        new TamperedLine(
            vertx, relay.gateway.port(), tampering(Way.UP, attack), UnaryOperator.identity()));
    WsnSocket socket = connect();
    for (int i = 0; i < MESSAGES; i++) {
      socket.send("m" + i);
    }

    assertThat(Awaiting.next(backend.closes)).isEqualTo("1014 the far side was cut off");
    assertThat(Awaiting.next(closes)).isEqualTo(CUT_OFF);
    assertIsHonest(backend.texts);
    assertIsHonest(texts);
    ChannelEnd end =
        switch (attack) {
          case CARRIER_CLOSED -> ChannelEnd.TRUNCATED;
          case PLAIN_TEXT -> ChannelEnd.BAD_WEBSOCKET;
          default -> ChannelEnd.BAD_TAG;
        };
    Awaiting.until(() -> relay.gateway.counters().channelsEnded(end) == 1);
  }

  @ParameterizedTest
  @EnumSource(Attack.class)
  void nothingUntrueReachesTheClient(Attack attack) {
    lead(
        new TamperedLine(
            vertx, relay.gateway.port(), tampering(Way.DOWN, attack), UnaryOperator.identity()));
    WsnSocket socket = connect();
    for (int i = 0; i < MESSAGES; i++) {
      socket.send("m" + i);
      // Answers that the gateway has together would be one message of the channel.
      int passed = 2 + i;
      Awaiting.until(() -> down.size() > passed || !closes.isEmpty());
    }

    assertThat(Awaiting.next(closes)).isEqualTo(CUT_OFF);
    assertIsHonest(texts);
    assertThat(Awaiting.next(backend.closes)).startsWith("1014 ");
  }

  @Test
  void aLineThatChangesNothingIsNotNoticed() {
    lead(
        new TamperedLine(
            vertx,
            relay.gateway.port(),
            (way, number, frame) -> List.of(frame),
            UnaryOperator.identity()));
    WsnSocket socket = connect();
    for (int i = 0; i < MESSAGES; i++) {
      socket.send("m" + i);
      assertThat(Awaiting.next(texts)).isEqualTo("m" + i);
    }
    socket.send("close 4000 bye");
    assertThat(Awaiting.next(closes)).isEqualTo(new CloseStatus(4000, "bye"));
  }

  @Test
  void anAnswerToAnotherHandshakeIsRefused() {
    List<Frame> answers = new CopyOnWriteArrayList<>();
    lead(
        new TamperedLine(
            vertx,
            relay.gateway.port(),
            (way, number, frame) -> {
              if (way == Way.UP || number > 0) {
                return List.of(frame);
              }
              answers.add(copy(frame));
              return List.of(copy(answers.get(0)));
            },
            UnaryOperator.identity()));
    WsnSocket first = connect();
    first.send("m0");
    assertThat(Awaiting.next(texts)).isEqualTo("m0");

    assertThat(Awaiting.failure(client.connect(Nip19.npub(relay.publicKey), List.of())))
        .isNotNull();
    assertThat(answers).hasSizeGreaterThan(1);
  }

  @Test
  void theGatewayOfAnotherKeyIsRefused() {
    try (TestRelay other =
        new TestRelay(
            vertx, SecretKey.generate(TestRelay.RANDOM), backend.uri(), GatewayLimits.defaults())) {
      lead(
          new TamperedLine(
              vertx,
              other.gateway.port(),
              (way, number, frame) -> List.of(frame),
              UnaryOperator.identity()));

      assertThat(Awaiting.failure(client.connect(Nip19.npub(relay.publicKey), List.of())))
          .isNotNull();
      assertThat(other.gateway.counters().channelsOpened()).isZero();
      // It closes first, and counts then.
      Awaiting.until(
          () -> other.gateway.counters().channelsEnded(ChannelEnd.HANDSHAKE_REFUSED) > 0);
    }
  }

  /** Whatever the answer to the upgrade says, nothing goes over the line that is not sealed. */
  @ParameterizedTest
  @ValueSource(strings = {"none", "nostr", "deflate", "200", "302"})
  void aDowngradeIsRefused(String kind) {
    UnaryOperator<String> upgrade =
        head ->
            switch (kind) {
              case "none" -> head.replaceAll("(?i)sec-websocket-protocol:[^\r]*\r\n", "");
              case "nostr" -> head.replaceAll("(?i)wsn\\.v1", "nostr");
              case "deflate" ->
                  head.replaceFirst(
                      "\r\n\r\n", "\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n");
              case "200" -> "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n";
              default -> "HTTP/1.1 302 Found\r\nLocation: ws://127.0.0.1:1/\r\n\r\n";
            };
    lead(
        new TamperedLine(
            vertx,
            relay.gateway.port(),
            (way, number, frame) -> {
              (way == Way.UP ? up : down).add(copy(frame));
              return List.of(frame);
            },
            upgrade));

    assertThat(Awaiting.failure(client.connect(Nip19.npub(relay.publicKey), List.of())))
        .isNotNull();
    assertThat(up.stream().filter(frame -> !frame.opcode().isControl())).isEmpty();
    assertThat(backend.accepted).isEmpty();
  }

  /** A plain server in the gateway's place gets a hello, which says nothing, and no message. */
  @Test
  void aPlainServerInThePlaceOfTheGatewayLearnsNothing() {
    lead(
        new TamperedLine(
            vertx,
            backend.uri().getPort(),
            (way, number, frame) -> {
              (way == Way.UP ? up : down).add(copy(frame));
              return List.of(frame);
            },
            head -> head.replaceFirst("\r\n\r\n", "\r\nSec-WebSocket-Protocol: wsn.v1\r\n\r\n")));

    assertThat(Awaiting.failure(client.connect(Nip19.npub(relay.publicKey), List.of())))
        .isNotNull();
    assertThat(up.stream().filter(frame -> !frame.opcode().isControl()))
        .allSatisfy(frame -> assertThat(frame.length()).isEqualTo(97));
  }
}
