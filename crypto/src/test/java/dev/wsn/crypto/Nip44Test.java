package dev.wsn.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The example of NIP-44 and what an independent library makes of other texts; nostr-tools-nip44.mjs
 * made the file.
 */
class Nip44Test {
  private static final JsonNode FILE = read();
  private static final byte[] SOME_KEY = new byte[Nip44.KEY_BYTES];

  private static JsonNode read() {
    try {
      Path file = Path.of("src", "test", "resources", "nostr-tools-nip44.json");
      return new ObjectMapper().readTree(file.toFile());
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  static Stream<JsonNode> accepted() {
    return StreamSupport.stream(FILE.get("accepted").spliterator(), false);
  }

  static Stream<Map.Entry<String, JsonNode>> refused() {
    return FILE.get("refused").properties().stream();
  }

  private static byte[] bytes(JsonNode each, String name) {
    return Vectors.hex(each.get(name).textValue());
  }

  private static String text(JsonNode each) {
    JsonNode repeated = each.get("text_of");
    return repeated == null
        ? each.get("text").textValue()
        : repeated.get(0).textValue().repeat(repeated.get(1).intValue());
  }

  @ParameterizedTest
  @MethodSource("accepted")
  void encryptsAndDecryptsAsTheOtherLibrary(JsonNode each) {
    PublicKey other = PublicKey.fromHex(each.get("other").textValue());
    for (Secp256k1 curve : BackEnds.all().toList()) {
      byte[] key = Nip44.conversationKey(curve, SecretKey.of(bytes(each, "own")), other);
      assertThat(key).isEqualTo(bytes(each, "conversation_key"));
      String payload = Nip44.encrypt(key, bytes(each, "nonce"), text(each));
      assertThat(Sha256.hash(payload.getBytes(StandardCharsets.US_ASCII)))
          .isEqualTo(bytes(each, "payload_sha256"));
      assertThat(Nip44.decrypt(key, payload)).contains(text(each));
    }
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refusesWhatTheOtherLibraryRefuses(Map.Entry<String, JsonNode> each) {
    byte[] key = bytes(FILE.get("accepted").get(0), "conversation_key");
    assertThat(Nip44.decrypt(key, each.getValue().textValue())).as(each.getKey()).isEmpty();
  }

  @Test
  void padsAsTheOtherLibrary() {
    for (JsonNode each : FILE.get("padding")) {
      assertThat(Nip44.paddedLength(each.get(0).intValue())).isEqualTo(each.get(1).intValue());
    }
  }

  @Test
  void lengthsHaveBounds() {
    byte[] nonce = new byte[Nip44.KEY_BYTES];
    assertThatThrownBy(() -> Nip44.encrypt(SOME_KEY, nonce, ""))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Nip44.encrypt(SOME_KEY, nonce, "x".repeat(65_536)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(Nip44.decrypt(SOME_KEY, "A".repeat(1_000_000))).isEmpty();
  }

  @Property(tries = 200)
  void arbitraryPayloadsAreRefusedAndThrowNothing(@ForAll String payload) {
    assertThat(Nip44.decrypt(SOME_KEY, payload)).isEmpty();
  }
}
