package dev.wsn.crypto.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsn.crypto.BackEnds;
import dev.wsn.crypto.MalformedKeyException;
import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** NK and IK on secp256k1, on every pair of back ends, and what they must refuse. */
class HandshakeTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final byte[] PROLOGUE = "wsn test".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] WELCOME = "welcome".getBytes(StandardCharsets.US_ASCII);
  private static final SecretKey CLIENT = SecretKey.generate(RANDOM);
  private static final SecretKey RELAY = SecretKey.generate(RANDOM);
  private static final Secp256k1 CURVE = Secp256k1.preferred();
  private static final PublicKey RELAY_KEY = CURVE.publicKey(RELAY);

  static Stream<Arguments> pairs() {
    return Stream.of(HandshakePattern.NK, HandshakePattern.IK)
        .flatMap(
            pattern ->
                BackEnds.all()
                    .flatMap(
                        one -> BackEnds.all().map(other -> Arguments.of(pattern, one, other))));
  }

  static Stream<HandshakePattern> patterns() {
    return Stream.of(HandshakePattern.NK, HandshakePattern.IK);
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void bothSidesAgree(HandshakePattern pattern, Secp256k1 one, Secp256k1 other) {
    Initiator initiator = initiator(pattern, one);
    Responder responder = responder(pattern, other);
    byte[] first = initiator.writeMessage(HELLO);
    assertThat(responder.readMessage(first)).isEqualTo(HELLO);
    byte[] second = responder.writeMessage(WELCOME);
    assertThat(initiator.readMessage(second)).isEqualTo(WELCOME);
    Session client = initiator.session();
    Session relay = responder.session();
    assertThat(client.handshakeHash()).isEqualTo(relay.handshakeHash()).hasSize(32);
    assertThat(relay.decrypt(client.encrypt(HELLO))).isEqualTo(HELLO);
    assertThat(client.decrypt(relay.encrypt(WELCOME))).isEqualTo(WELCOME);
    int staticKey = pattern == HandshakePattern.IK ? 48 : 0;
    assertThat(first).hasSize(32 + staticKey + HELLO.length + 16);
    assertThat(second).hasSize(32 + WELCOME.length + 16);
  }

  @Test
  void onlyIkTellsWhoTheInitiatorIs() {
    Responder ik = responder(HandshakePattern.IK, CURVE);
    assertThatThrownBy(ik::initiator).isInstanceOf(IllegalStateException.class);
    ik.readMessage(initiator(HandshakePattern.IK, CURVE).writeMessage(HELLO));
    assertThat(ik.initiator()).isEqualTo(CURVE.publicKey(CLIENT));
    Responder nk = responder(HandshakePattern.NK, CURVE);
    nk.readMessage(initiator(HandshakePattern.NK, CURVE).writeMessage(HELLO));
    assertThatThrownBy(nk::initiator).isInstanceOf(IllegalStateException.class);
  }

  @ParameterizedTest
  @MethodSource("patterns")
  void aChangedMessageIsRefusedAndTheRightOneStillWorks(HandshakePattern pattern) {
    Initiator initiator = initiator(pattern, CURVE);
    Responder responder = responder(pattern, CURVE);
    byte[] first = initiator.writeMessage(HELLO);
    for (int i = 0; i < first.length; i++) {
      byte[] changed = first.clone();
      changed[i] ^= 1;
      assertRefused(() -> responder.readMessage(changed));
    }
    for (int length = 0; length < first.length; length++) {
      byte[] cut = Arrays.copyOf(first, length);
      assertRefused(() -> responder.readMessage(cut));
    }
    assertRefused(() -> responder.readMessage(Arrays.copyOf(first, first.length + 1)));
    assertRefused(() -> responder.readMessage(new byte[Session.MAX_MESSAGE_BYTES + 1]));
    assertThat(responder.readMessage(first)).isEqualTo(HELLO);
    byte[] second = responder.writeMessage(WELCOME);
    for (int i = 0; i < second.length; i++) {
      byte[] changed = second.clone();
      changed[i] ^= 1;
      assertRefused(() -> initiator.readMessage(changed));
    }
    assertThat(initiator.readMessage(second)).isEqualTo(WELCOME);
    Session client = initiator.session();
    assertThat(responder.session().decrypt(client.encrypt(HELLO))).isEqualTo(HELLO);
  }

  @ParameterizedTest
  @MethodSource("patterns")
  void anotherKeyPrologueOrPatternIsRefused(HandshakePattern pattern) {
    byte[] first = initiator(pattern, CURVE).writeMessage(HELLO);
    Responder otherKey = Responder.accept(pattern, CURVE, CLIENT, PROLOGUE, RANDOM);
    assertRefused(() -> otherKey.readMessage(first));
    Responder otherPrologue = Responder.accept(pattern, CURVE, RELAY, HELLO, RANDOM);
    assertRefused(() -> otherPrologue.readMessage(first));
    HandshakePattern other =
        pattern == HandshakePattern.NK ? HandshakePattern.IK : HandshakePattern.NK;
    assertRefused(() -> responder(other, CURVE).readMessage(first));
  }

  /**
   * A server that the client did connect to cannot present it to another one (unknown key share).
   */
  @ParameterizedTest
  @MethodSource("patterns")
  void aHelloForOneServerSaysNothingToAnother(HandshakePattern pattern) {
    SecretKey mallory = SecretKey.generate(RANDOM);
    PublicKey malloryKey = CURVE.publicKey(mallory);
    Initiator initiator =
        pattern == HandshakePattern.NK
            ? Initiator.nk(CURVE, malloryKey, PROLOGUE, RANDOM)
            : Initiator.ik(CURVE, CLIENT, malloryKey, PROLOGUE, RANDOM);
    byte[] forMallory = initiator.writeMessage(HELLO);
    assertRefused(() -> responder(pattern, CURVE).readMessage(forMallory));
    Responder server = Responder.accept(pattern, CURVE, mallory, PROLOGUE, RANDOM);
    assertThat(server.readMessage(forMallory)).isEqualTo(HELLO);
  }

  /** Knowing a client's public key is not enough to be taken for that client. */
  @Test
  void aClientCannotNameAKeyThatItDoesNotHold() {
    Secp256k1Dh dh = new Secp256k1Dh(CURVE);
    DhFunctions.KeyPair own = dh.keyPair(SecretKey.generate(RANDOM));
    byte[] victim = CURVE.publicKey(CLIENT).bytes();
    DhFunctions.KeyPair pretended =
        new DhFunctions.KeyPair() {
          @Override
          public byte[] publicKey() {
            return victim.clone();
          }

          @Override
          public byte[] agree(byte[] remotePublicKey) {
            return own.agree(remotePublicKey);
          }

          @Override
          public void close() {
            own.close();
          }
        };
    HandshakeState.Suite suite = new HandshakeState.Suite(dh, new AesGcm());
    byte[] named = hello(suite, pretended);
    byte[] honest = hello(suite, own);
    assertRefused(() -> responder(HandshakePattern.IK, CURVE).readMessage(named));
    assertThat(responder(HandshakePattern.IK, CURVE).readMessage(honest)).isEqualTo(HELLO);
  }

  private static byte[] hello(HandshakeState.Suite suite, DhFunctions.KeyPair self) {
    HandshakePattern ik = HandshakePattern.IK;
    return new HandshakeState(ik, suite, true, PROLOGUE, self, RELAY_KEY.bytes(), RANDOM)
        .writeMessage(HELLO);
  }

  @ParameterizedTest
  @MethodSource("patterns")
  void theAnswerToAnotherMessageIsRefused(HandshakePattern pattern) {
    Initiator initiator = initiator(pattern, CURVE);
    initiator.writeMessage(HELLO);
    Responder responder = responder(pattern, CURVE);
    responder.readMessage(initiator(pattern, CURVE).writeMessage(HELLO));
    byte[] second = responder.writeMessage(WELCOME);
    assertRefused(() -> initiator.readMessage(second));
  }

  @ParameterizedTest
  @MethodSource("dev.wsn.crypto.BackEnds#all")
  void anEphemeralOffTheCurveIsRefused(Secp256k1 curve) {
    byte[] first = initiator(HandshakePattern.NK, curve).writeMessage(HELLO);
    Arrays.fill(first, 0, 32, (byte) 0);
    assertRefused(() -> responder(HandshakePattern.NK, curve).readMessage(first));
    Arrays.fill(first, 0, 32, (byte) -1);
    assertRefused(() -> responder(HandshakePattern.NK, curve).readMessage(first));
  }

  @ParameterizedTest
  @MethodSource("dev.wsn.crypto.BackEnds#all")
  void aResponderKeyOffTheCurveIsNamed(Secp256k1 curve) {
    PublicKey offCurve = PublicKey.of(new byte[32]);
    Initiator initiator = Initiator.nk(curve, offCurve, PROLOGUE, RANDOM);
    assertThatThrownBy(() -> initiator.writeMessage(HELLO))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining("not a point");
  }

  @ParameterizedTest
  @MethodSource("patterns")
  void callsOutOfTurnAreRefused(HandshakePattern pattern) {
    Initiator initiator = initiator(pattern, CURVE);
    Responder responder = responder(pattern, CURVE);
    assertOutOfTurn(() -> initiator.readMessage(HELLO));
    assertOutOfTurn(() -> responder.writeMessage(HELLO));
    assertOutOfTurn(initiator::session);
    assertOutOfTurn(responder::session);
    byte[] first = initiator.writeMessage(HELLO);
    assertOutOfTurn(() -> initiator.writeMessage(HELLO));
    assertOutOfTurn(initiator::session);
    responder.readMessage(first);
    assertOutOfTurn(() -> responder.readMessage(first));
    assertOutOfTurn(responder::session);
    byte[] second = responder.writeMessage(WELCOME);
    assertOutOfTurn(() -> responder.writeMessage(WELCOME));
    initiator.readMessage(second);
    assertOutOfTurn(() -> initiator.readMessage(second));
    initiator.session();
    assertOutOfTurn(initiator::session);
    assertOutOfTurn(() -> initiator.writeMessage(HELLO));
  }

  @ParameterizedTest
  @MethodSource("patterns")
  void messagesAreAtMost65535Bytes(HandshakePattern pattern) {
    int overhead = initiator(pattern, CURVE).writeMessage(new byte[0]).length;
    byte[] most = new byte[Session.MAX_MESSAGE_BYTES - overhead];
    Initiator initiator = initiator(pattern, CURVE);
    assertThatThrownBy(() -> initiator.writeMessage(new byte[most.length + 1]))
        .isInstanceOf(IllegalArgumentException.class);
    byte[] first = initiator.writeMessage(most);
    assertThat(first).hasSize(Session.MAX_MESSAGE_BYTES);
    assertThat(responder(pattern, CURVE).readMessage(first)).isEqualTo(most);
  }

  @Test
  void theStaticKeysSurviveTheHandshake() {
    byte[] client = CLIENT.reveal();
    byte[] relay = RELAY.reveal();
    bothSidesAgree(HandshakePattern.IK, CURVE, CURVE);
    assertThat(CLIENT.reveal()).isEqualTo(client);
    assertThat(RELAY.reveal()).isEqualTo(relay);
  }

  @Test
  void theFailureTellsNothing() {
    HandshakeException failure = new HandshakeException();
    assertThat(failure).hasNoCause().hasMessage("the handshake failed");
    assertThat(failure.getStackTrace()).isEmpty();
    assertThat(initiator(HandshakePattern.NK, CURVE)).hasToString("Initiator(_)");
    assertThat(responder(HandshakePattern.NK, CURVE)).hasToString("Responder(_)");
  }

  @Property(tries = 300)
  void anyMessageIsRefused(@ForAll @Size(max = 200) byte[] message) {
    assertRefused(() -> responder(HandshakePattern.NK, CURVE).readMessage(message));
    assertRefused(() -> responder(HandshakePattern.IK, CURVE).readMessage(message));
    Initiator initiator = initiator(HandshakePattern.NK, CURVE);
    initiator.writeMessage(HELLO);
    assertRefused(() -> initiator.readMessage(message));
  }

  private static Initiator initiator(HandshakePattern pattern, Secp256k1 curve) {
    return pattern == HandshakePattern.NK
        ? Initiator.nk(curve, RELAY_KEY, PROLOGUE, RANDOM)
        : Initiator.ik(curve, CLIENT, RELAY_KEY, PROLOGUE, RANDOM);
  }

  private static Responder responder(HandshakePattern pattern, Secp256k1 curve) {
    return Responder.accept(pattern, curve, RELAY, PROLOGUE, RANDOM);
  }

  private static void assertRefused(Runnable call) {
    assertThatThrownBy(call::run).isInstanceOf(HandshakeException.class);
  }

  private static void assertOutOfTurn(Runnable call) {
    assertThatThrownBy(call::run).isInstanceOf(IllegalStateException.class);
  }
}
