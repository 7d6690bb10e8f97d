package dev.wsn.crypto.noise;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.wsn.crypto.Vectors;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The engine against every official vector with 25519 and SHA-256: all fundamental, one-way and
 * deferred patterns of the specification, with both ciphers. The file has no pre-shared keys and no
 * fallback, so the engine has neither.
 */
class OfficialVectorsTest {
  private static final SecureRandom UNUSED = new SecureRandom();

  static Stream<Arguments> vectors() {
    return Vectors.stream(Vectors.json("noise-25519-sha256.json").get("vectors"))
        .map(vector -> Arguments.of(vector.get("protocol_name").asText(), vector));
  }

  @Test
  void everyPatternOfTheSpecificationIsCovered() {
    List<String> names = vectors().map(arguments -> (String) arguments.get()[0]).toList();
    List<String> expected = new ArrayList<>();
    for (String pattern : Patterns.all().keySet()) {
      expected.add("Noise_" + pattern + "_25519_AESGCM_SHA256");
      expected.add("Noise_" + pattern + "_25519_ChaChaPoly_SHA256");
    }
    assertThat(expected).hasSize(76);
    assertThat(names).containsExactlyInAnyOrderElementsOf(expected);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("vectors")
  void vectorHolds(String protocolName, JsonNode vector) {
    HandshakePattern pattern = Patterns.named(protocolName.split("_", -1)[1]);
    HandshakeState initiator = side(vector, pattern, "init", protocolName);
    HandshakeState responder = side(vector, pattern, "resp", protocolName);
    List<JsonNode> messages = Vectors.stream(vector.get("messages")).toList();
    int handshakeMessages = pattern.messages().size();
    for (int i = 0; i < handshakeMessages; i++) {
      byte[] payload = bytes(messages.get(i), "payload");
      byte[] message = bytes(messages.get(i), "ciphertext");
      HandshakeState writer = i % 2 == 0 ? initiator : responder;
      HandshakeState reader = i % 2 == 0 ? responder : initiator;
      assertThat(writer.writeMessage(payload)).isEqualTo(message);
      assertThat(reader.readMessage(message)).isEqualTo(payload);
    }
    assertThat(initiator.isFinished()).isTrue();
    assertThat(responder.isFinished()).isTrue();
    Session initiatorSession = initiator.split();
    Session responderSession = responder.split();
    assertThat(initiatorSession.handshakeHash())
        .isEqualTo(responderSession.handshakeHash())
        .isEqualTo(bytes(vector, "handshake_hash"));
    for (int i = handshakeMessages; i < messages.size(); i++) {
      // In a one-way pattern only the initiator sends.
      boolean isFromInitiator = i % 2 == 0 || handshakeMessages == 1;
      byte[] payload = bytes(messages.get(i), "payload");
      byte[] message = bytes(messages.get(i), "ciphertext");
      Session sender = isFromInitiator ? initiatorSession : responderSession;
      Session receiver = isFromInitiator ? responderSession : initiatorSession;
      assertThat(sender.encrypt(payload)).isEqualTo(message);
      assertThat(receiver.decrypt(message)).isEqualTo(payload);
    }
  }

  private static HandshakeState side(
      JsonNode vector, HandshakePattern pattern, String side, String protocolName) {
    byte[] ephemeral =
        vector.has(side + "_ephemeral") ? bytes(vector, side + "_ephemeral") : new byte[0];
    CipherFunctions cipher = protocolName.contains("AESGCM") ? new AesGcm() : new ChaChaPoly();
    var suite = new HandshakeState.Suite(new X25519Dh(ephemeral), cipher);
    assertThat(suite.protocolName(pattern)).isEqualTo(protocolName);
    DhFunctions.@Nullable KeyPair s =
        vector.has(side + "_static") ? X25519Dh.keyPair(bytes(vector, side + "_static")) : null;
    byte @Nullable [] rs =
        vector.has(side + "_remote_static") ? bytes(vector, side + "_remote_static") : null;
    return new HandshakeState(
        pattern, suite, side.equals("init"), bytes(vector, side + "_prologue"), s, rs, UNUSED);
  }

  private static byte[] bytes(JsonNode node, String field) {
    return Vectors.hex(node.get(field).asText());
  }
}
