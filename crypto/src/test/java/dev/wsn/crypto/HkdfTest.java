package dev.wsn.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class HkdfTest {
  static Stream<JsonNode> rfc5869() {
    return Vectors.stream(Vectors.json("hkdf-sha256.json").get("vectors"));
  }

  @ParameterizedTest
  @MethodSource("rfc5869")
  void rfc5869VectorHolds(JsonNode vector) {
    byte[] salt = Vectors.hex(vector.get("salt").asText());
    byte[] secret = Vectors.hex(vector.get("ikm").asText());
    byte[] info = Vectors.hex(vector.get("info").asText());
    byte[] output = Vectors.hex(vector.get("okm").asText());
    byte[] key = Hkdf.extract(salt, secret);
    assertThat(key).isEqualTo(Vectors.hex(vector.get("prk").asText()));
    assertThat(Hkdf.expand(key, info, output.length)).isEqualTo(output);
    assertThat(Hkdf.derive(salt, secret, info, output.length)).isEqualTo(output);
  }

  @Test
  void theOutputIsBounded() {
    byte[] key = new byte[32];
    byte[] info = {};
    assertThat(Hkdf.expand(key, info, Hkdf.MAX_OUTPUT_BYTES)).hasSize(8160);
    assertThat(Hkdf.expand(key, info, 0)).isEmpty();
    assertThatThrownBy(() -> Hkdf.expand(key, info, Hkdf.MAX_OUTPUT_BYTES + 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Hkdf.expand(key, info, -1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Hkdf.expand(new byte[31], info, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** RFC 4231, test case 2. */
  @Test
  void hmacVectorHolds() {
    byte[] key = "Jefe".getBytes(StandardCharsets.US_ASCII);
    byte[] message = "what do ya want for nothing?".getBytes(StandardCharsets.US_ASCII);
    assertThat(Hkdf.hmac(key, message))
        .isEqualTo(Vectors.hex("5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"));
  }

  /** FIPS 180-4 examples: "abc" and the empty message. */
  @Test
  void sha256VectorsHold() {
    byte[] abc = Vectors.hex("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    byte[] empty = Vectors.hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    assertThat(Sha256.hash("abc".getBytes(StandardCharsets.US_ASCII))).isEqualTo(abc);
    assertThat(Sha256.hash(new byte[] {'a'}, new byte[] {}, new byte[] {'b', 'c'})).isEqualTo(abc);
    assertThat(Sha256.hash()).isEqualTo(empty);
  }
}
