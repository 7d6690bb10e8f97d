package dev.wsn.crypto.noise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HandshakePatternTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  @Test
  void ourPatternsAreThoseOfTheSpecification() {
    for (HandshakePattern ours :
        new HandshakePattern[] {HandshakePattern.NK, HandshakePattern.IK}) {
      HandshakePattern theirs = Patterns.named(ours.name());
      assertThat(ours.messages()).isEqualTo(theirs.messages());
      assertThat(ours.isInitiatorKnown()).isEqualTo(theirs.isInitiatorKnown());
      assertThat(ours.isResponderKnown()).isEqualTo(theirs.isResponderKnown());
    }
    assertThat(HandshakePattern.NK).hasToString("NK");
  }

  @Test
  void theInitiatorAuthenticatesWhereItHasAKey() {
    Patterns.all()
        .forEach(
            (name, pattern) ->
                assertThat(pattern.authenticatesInitiator())
                    .as(name)
                    .isEqualTo(!name.startsWith("N")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<- e",
        "-> e\n-> e",
        "-> e\n<- e, eee",
        "-> e,",
        "-> e\n...\n<- e",
        "<- e\n...\n-> e, es",
      })
  void otherNotationIsRefused(String notation) {
    assertThatThrownBy(() -> HandshakePattern.parse("bad", notation))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aMissingKeyIsRefused() {
    Secp256k1Dh dh = new Secp256k1Dh(Secp256k1.portable());
    var suite = new HandshakeState.Suite(dh, new AesGcm());
    byte[] key = dh.keyPair(SecretKey.generate(RANDOM)).publicKey();
    assertThatThrownBy(
            () ->
                new HandshakeState(
                    HandshakePattern.NK, suite, true, new byte[0], null, null, RANDOM))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () ->
                new HandshakeState(
                    HandshakePattern.NK, suite, false, new byte[0], null, null, RANDOM))
        .isInstanceOf(IllegalArgumentException.class);
    HandshakeState initiator =
        new HandshakeState(HandshakePattern.IK, suite, true, new byte[0], null, key, RANDOM);
    assertThatThrownBy(() -> initiator.writeMessage(new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
