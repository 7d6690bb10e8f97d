package dev.wsn.gateway.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

final class ChannelSessionTest {
  private static final long MAX_MESSAGE = 200_000;

  private final Secp256k1 curve = Secp256k1.preferred();
  private final SecureRandom random = new SecureRandom();
  private final SecretKey gatewayKey = SecretKey.generate(random);
  private final PublicKey gatewayPublic = curve.publicKey(gatewayKey);
  private final GatewaySession gateway = new GatewaySession(curve, gatewayKey, random, MAX_MESSAGE);
  private final ClientSession client =
      ClientSession.anonymous(curve, gatewayPublic, random, MAX_MESSAGE);

  private static void assertEnds(ChannelEnd end, ThrowingRun run) {
    assertThatThrownBy(run::run)
        .isInstanceOfSatisfying(
            ChannelException.class, thrown -> assertThat(thrown.end()).isEqualTo(end));
  }

  private interface ThrowingRun {
    void run() throws Exception;
  }

  private static Frame text(String text) {
    return new Frame(Opcode.TEXT, true, text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
  }

  private static Frame head() {
    return HeadJson.encode(RequestHead.webSocket("/", List.of()));
  }

  private static Frame only(ChannelSession session, byte[] message) throws ChannelException {
    List<Frame> frames = session.open(message);
    assertThat(frames).hasSize(1);
    return frames.get(0);
  }

  private void shakeHands() throws ChannelException {
    client.finish(gateway.answer(client.hello()));
  }

  @Test
  void framesCrossBothWaysAfterTheHandshake() throws ChannelException {
    byte[] hello = client.hello();
    byte[] answer = gateway.answer(hello);
    client.finish(answer);

    assertThat(hello).hasSize(1 + 32 + 16).startsWith(ChannelProtocol.NK);
    assertThat(answer).hasSize(32 + 16);
    assertThat(gateway.client()).isEmpty();
    assertThat(gateway.session().binding()).isEqualTo(client.session().binding());
    Frame there = only(gateway.session(), client.session().seal(head()));
    assertThat(HeadJson.decodeRequest(there).path()).isEqualTo("/");
    Frame back =
        only(client.session(), gateway.session().seal(HeadJson.encode(ResponseHead.switched(""))));
    assertThat(HeadJson.decodeResponse(back).isSwitched()).isTrue();
    assertThat(only(gateway.session(), client.session().seal(text("hi"))).payload())
        .asString()
        .isEqualTo("hi");
  }

  @Test
  void anAuthenticatedClientIsKnownToTheGateway() throws ChannelException {
    SecretKey clientKey = SecretKey.generate(random);
    ClientSession named =
        ClientSession.authenticated(curve, clientKey, gatewayPublic, random, MAX_MESSAGE);

    byte[] hello = named.hello();
    named.finish(gateway.answer(hello));

    assertThat(hello).hasSize(1 + 32 + 48 + 16).startsWith(ChannelProtocol.IK);
    assertThat(gateway.client()).hasValue(curve.publicKey(clientKey));
    assertThat(only(gateway.session(), named.session().seal(head())).opcode())
        .isEqualTo(Opcode.HEAD);
  }

  @Test
  void aGatewayWithAnotherKeyCannotAnswer() {
    SecretKey other = SecretKey.generate(random);
    GatewaySession impostor = new GatewaySession(curve, other, random, MAX_MESSAGE);

    assertEnds(ChannelEnd.HANDSHAKE_REFUSED, () -> impostor.answer(client.hello()));
  }

  @Test
  void anAnswerMadeUpOnTheWayIsRefused() throws ChannelException {
    SecretKey other = SecretKey.generate(random);
    GatewaySession impostor = new GatewaySession(curve, other, random, MAX_MESSAGE);
    ClientSession lured =
        ClientSession.anonymous(curve, curve.publicKey(other), random, MAX_MESSAGE);
    byte[] answer = impostor.answer(lured.hello());
    var unused = client.hello();

    assertEnds(ChannelEnd.HANDSHAKE_REFUSED, () -> client.finish(answer));
  }

  @Test
  void aHelloCannotChangeItsPatternOnTheWay() throws ChannelException {
    byte[] hello = client.hello();
    hello[0] = ChannelProtocol.IK;

    assertEnds(ChannelEnd.HANDSHAKE_REFUSED, () -> gateway.answer(hello));
  }

  @Test
  void aReplayedHelloMakesAChannelThatNobodyCanUse() throws ChannelException {
    byte[] hello = client.hello();
    client.finish(gateway.answer(hello.clone()));
    byte[] first = client.session().seal(head());
    GatewaySession again = new GatewaySession(curve, gatewayKey, random, MAX_MESSAGE);

    byte[] answer = again.answer(hello);

    assertThat(answer).hasSize(48);
    assertEnds(ChannelEnd.BAD_TAG, () -> again.session().open(first));
  }

  @Test
  void aTamperedReplayedReorderedOrReflectedMessageEndsTheChannel() throws ChannelException {
    shakeHands();
    byte[] one = client.session().seal(head());
    byte[] two = client.session().seal(text("two"));
    byte[] reflected = gateway.session().seal(HeadJson.encode(ResponseHead.switched("")));

    assertThat(only(gateway.session(), one.clone()).opcode()).isEqualTo(Opcode.HEAD);
    assertEnds(ChannelEnd.BAD_TAG, () -> gateway.session().open(one));
    assertEnds(ChannelEnd.BAD_TAG, () -> gateway.session().open(two));
    assertEnds(ChannelEnd.BAD_TAG, () -> gateway.session().open(reflected));
  }

  @Test
  void aMessageThatIsMissingIsNoticed() throws ChannelException {
    shakeHands();
    byte[] lost = client.session().seal(head());
    byte[] next = client.session().seal(text("next"));

    assertThat(lost).isNotEmpty();
    assertEnds(ChannelEnd.BAD_TAG, () -> gateway.session().open(next));
  }

  @Test
  void everyBitOfAMessageCounts() throws ChannelException {
    shakeHands();
    byte[] message = client.session().seal(head());

    for (int bit = 0; bit < 8 * message.length; bit += 37) {
      GatewaySession fresh = new GatewaySession(curve, gatewayKey, random, MAX_MESSAGE);
      ClientSession other = ClientSession.anonymous(curve, gatewayPublic, random, MAX_MESSAGE);
      other.finish(fresh.answer(other.hello()));
      byte[] flipped = other.session().seal(head());
      flipped[bit / 8] ^= (byte) (1 << (bit % 8));
      assertEnds(ChannelEnd.BAD_TAG, () -> fresh.session().open(flipped));
    }
  }

  @Test
  void aFrameThatMayNotComeEndsTheChannelForGood() throws ChannelException {
    shakeHands();
    byte[] early = client.session().seal(text("no head"));
    byte[] late = client.session().seal(head());

    assertEnds(ChannelEnd.OUT_OF_ORDER, () -> gateway.session().open(early));
    assertEnds(ChannelEnd.OUT_OF_ORDER, () -> gateway.session().open(late));
  }

  @Test
  void keysChangeOnTheWayAndNothingIsLost() throws ChannelException {
    shakeHands();
    ChannelSession from = client.session();
    ChannelSession to = gateway.session();
    var unused = to.open(from.seal(head()));
    byte[] small = {1, 2, 3};

    for (int i = 1; i <= ChannelProtocol.MESSAGES_PER_KEY + 10; i++) {
      Frame frame = only(to, from.seal(new Frame(Opcode.BINARY, true, small)));
      assertThat(frame.payload()).isEqualTo(small);
    }
  }

  @Test
  void theLongestFramePassesAndALongerOneIsNotSealed() throws ChannelException {
    shakeHands();
    var unused = gateway.session().open(client.session().seal(head()));
    Frame longest = new Frame(Opcode.BINARY, true, new byte[ChannelProtocol.MAX_PAYLOAD_BYTES]);
    Frame tooLong = new Frame(Opcode.BINARY, true, new byte[ChannelProtocol.MAX_PAYLOAD_BYTES + 1]);

    byte[] message = client.session().seal(longest);

    assertThat(message).hasSize(ChannelProtocol.MAX_NOISE_MESSAGE_BYTES);
    assertThat(only(gateway.session(), message).payload()).isEqualTo(longest.payload());
    assertThatThrownBy(() -> client.session().seal(tooLong))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void severalFramesCrossInOneMessage() throws ChannelException {
    shakeHands();
    byte[] message = client.session().seal(head(), text("one"), Frame.ping(), text("two"));
    int before = message.length;

    List<Frame> frames = gateway.session().open(message);

    assertThat(before).isEqualTo(2 + 12 + 2 + 3 + 2 + 2 + 3 + 16);
    assertThat(frames).hasToString("[HEAD(12 bytes), TEXT(3 bytes), PING(0 bytes), TEXT(3 bytes)]");
    assertThat(frames.get(3).payload()).asString().isEqualTo("two");
  }

  @Test
  void aBatchIsSealedWhereItLiesAndUsedAgain() throws ChannelException {
    shakeHands();
    FrameBatch batch = FrameBatch.empty();
    for (int i = 0; i < 3; i++) {
      batch.append(i == 0 ? head() : Frame.ping());
      batch.append(text("number " + i));
      byte[] message = client.session().seal(batch).payload();

      List<Frame> frames = gateway.session().open(message);

      assertThat(batch.isEmpty()).isTrue();
      assertThat(frames).hasSize(2);
      assertThat(frames.get(1).payload()).asString().isEqualTo("number " + i);
    }
  }

  @Test
  void framesThatWereKeptOutliveTheArrayOfTheirMessage() throws ChannelException {
    shakeHands();
    byte[] plaintext = new byte[1000];
    byte[] message = client.session().seal(head(), text("first"), text("second"));
    ChannelSession session = gateway.session();
    session.open(new Frame(Opcode.BINARY, true, message), plaintext);

    assertThat(session.nextFrame().opcode()).isEqualTo(Opcode.HEAD);
    session.keepFrames();
    Arrays.fill(plaintext, (byte) 0);

    assertThat(session.nextFrame().payload()).asString().isEqualTo("first");
    assertThat(session.nextFrame().payload()).asString().isEqualTo("second");
    assertThat(session.hasFrame()).isFalse();
  }

  /** Only the holder of the keys can say such a thing, and even then it ends the channel. */
  @Test
  void aMessageWithoutAFrameEndsTheChannelForGood() throws ChannelException {
    shakeHands();
    byte[] empty = client.session().seal();
    byte[] good = client.session().seal(head());

    assertThat(empty).hasSize(ChannelProtocol.TAG_BYTES);
    assertEnds(ChannelEnd.BAD_FRAME, () -> gateway.session().open(empty));
    assertEnds(ChannelEnd.BAD_FRAME, () -> gateway.session().open(good));
    assertThat(gateway.session().hasFrame()).isFalse();
  }

  @Test
  void aLengthThatLiesEndsTheChannel() throws ChannelException {
    shakeHands();
    FrameBatch batch = FrameBatch.empty();
    batch.append(head());
    batch.append(text("cut off"));
    batch.bytes()[batch.length() - 8]++;
    byte[] message = client.session().seal(batch).payload();

    assertEnds(ChannelEnd.BAD_FRAME, () -> gateway.session().open(message));
    assertEnds(ChannelEnd.BAD_FRAME, () -> gateway.session().open(message));
  }

  @Property(tries = 500)
  void arbitraryHellosAreRefusedAlike(@ForAll byte[] bytes, @ForAll boolean isPlausible) {
    byte[] hello = bytes.clone();
    if (isPlausible && hello.length > 0) {
      hello[0] = (byte) (1 + (hello[0] & 1));
    }
    assertEnds(
        ChannelEnd.HANDSHAKE_REFUSED,
        () -> new GatewaySession(curve, gatewayKey, random, MAX_MESSAGE).answer(hello));
  }

  @Property(tries = 500)
  void arbitraryAnswersAreRefusedAlike(@ForAll @Size(max = 100) byte[] answer)
      throws ChannelException {
    ClientSession fresh = ClientSession.anonymous(curve, gatewayPublic, random, MAX_MESSAGE);
    assertThat(fresh.hello()).isNotEmpty();

    assertEnds(ChannelEnd.HANDSHAKE_REFUSED, () -> fresh.finish(answer));
  }

  @Property(tries = 300)
  void arbitraryMessagesEndTheChannel(@ForAll List<byte[]> messages) throws ChannelException {
    GatewaySession fresh = new GatewaySession(curve, gatewayKey, random, MAX_MESSAGE);
    ClientSession other = ClientSession.anonymous(curve, gatewayPublic, random, MAX_MESSAGE);
    other.finish(fresh.answer(other.hello()));

    for (byte[] message : messages) {
      assertEnds(ChannelEnd.BAD_TAG, () -> fresh.session().open(message.clone()));
    }
  }

  @Property(tries = 1000)
  void whateverAnAuthenticatedPeerSendsThrowsNothingButTheChannelsException(
      @ForAll List<byte[]> payloads, @ForAll List<Opcode> opcodes, @ForAll boolean isFinal)
      throws ChannelException {
    GatewaySession fresh = new GatewaySession(curve, gatewayKey, random, 100);
    ClientSession other = ClientSession.anonymous(curve, gatewayPublic, random, 100);
    other.finish(fresh.answer(other.hello()));
    var unused = fresh.session().open(other.session().seal(head()));

    try {
      for (int i = 0; i < Math.min(payloads.size(), opcodes.size()); i++) {
        Frame frame = new Frame(opcodes.get(i), isFinal, payloads.get(i));
        assertThat(only(fresh.session(), other.session().seal(frame)).payload())
            .isEqualTo(payloads.get(i));
      }
    } catch (ChannelException refused) {
      assertThat(refused.end()).isNotEqualTo(ChannelEnd.BAD_TAG);
    }
  }
}
