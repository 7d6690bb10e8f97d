package dev.wsn.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Both back ends against the official vectors, including those that must fail. */
class Secp256k1Test {
  private static final SecretKey SECRET =
      SecretKey.of(Vectors.hex("b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da56a784d9045190cfef"));
  private static final byte[] AUXILIARY = new byte[32];

  @AfterEach
  void clearChoice() {
    System.clearProperty(Secp256k1.PROPERTY);
  }

  static Stream<Arguments> bip340() {
    return BackEnds.all()
        .flatMap(
            curve ->
                Vectors.csv("bip340.csv").stream()
                    .map(row -> Arguments.of(curve.name() + " #" + row[0], curve, row)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("bip340")
  void bip340VectorHolds(String name, Secp256k1 curve, String[] row) {
    PublicKey key = PublicKey.fromHex(row[2]);
    byte[] message = Vectors.hex(row[4]);
    Signature signature = Signature.of(Vectors.hex(row[5]));
    assertThat(curve.verify(signature, message, key)).as(row[7]).isEqualTo(row[6].equals("TRUE"));
    if (!row[1].isEmpty()) {
      SecretKey secret = SecretKey.of(Vectors.hex(row[1]));
      assertThat(curve.publicKey(secret)).isEqualTo(key);
      assertThat(curve.sign(message, secret, Vectors.hex(row[3]))).isEqualTo(signature);
    }
  }

  @Test
  void everyBip340VectorIsRead() {
    assertThat(Vectors.csv("bip340.csv")).hasSize(19);
  }

  static Stream<Arguments> sharedSecrets(String group) {
    return BackEnds.all()
        .flatMap(
            curve ->
                Vectors.stream(Vectors.json("ecdh-xonly.json").get(group))
                    .map(vector -> Arguments.of(curve, vector)));
  }

  static Stream<Arguments> valid() {
    return sharedSecrets("valid");
  }

  static Stream<Arguments> pairs() {
    return sharedSecrets("valid_secret_pairs");
  }

  static Stream<Arguments> invalid() {
    return sharedSecrets("invalid");
  }

  @ParameterizedTest
  @MethodSource("valid")
  void ecdhGivesTheUnhashedX(Secp256k1 curve, JsonNode vector) {
    SecretKey secret = SecretKey.of(Vectors.hex(vector.get("sec").asText()));
    PublicKey key = PublicKey.fromHex(vector.get("pub").asText());
    assertThat(curve.ecdh(secret, key)).isEqualTo(Vectors.hex(vector.get("shared").asText()));
  }

  @ParameterizedTest
  @MethodSource("pairs")
  void bothSidesOfEcdhAgree(Secp256k1 curve, JsonNode vector) {
    SecretKey one = SecretKey.of(Vectors.hex(vector.get("sec1").asText()));
    SecretKey other = SecretKey.of(Vectors.hex(vector.get("sec2").asText()));
    byte[] shared = Vectors.hex(vector.get("shared").asText());
    assertThat(curve.ecdh(one, curve.publicKey(other))).isEqualTo(shared);
    assertThat(curve.ecdh(other, curve.publicKey(one))).isEqualTo(shared);
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void ecdhRefusesKeysOutsideTheirRange(Secp256k1 curve, JsonNode vector) {
    PublicKey key = PublicKey.fromHex(vector.get("pub").asText());
    byte[] scalar = Vectors.hex(vector.get("sec").asText());
    assertThatThrownBy(() -> curve.ecdh(SecretKey.of(scalar), key))
        .as(vector.get("why").asText())
        .isInstanceOf(MalformedKeyException.class);
  }

  @ParameterizedTest
  @MethodSource("dev.wsn.crypto.BackEnds#all")
  void auxiliaryRandomDataHas32Bytes(Secp256k1 curve) {
    for (int length : new int[] {0, 31, 33}) {
      for (byte[] message : new byte[][] {new byte[32], new byte[5]}) {
        assertThatThrownBy(() -> curve.sign(message, SECRET, new byte[length]))
            .isInstanceOf(IllegalArgumentException.class);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("dev.wsn.crypto.BackEnds#all")
  void theSecretSurvivesItsUse(Secp256k1 curve) {
    byte[] before = SECRET.reveal();
    PublicKey key = curve.publicKey(SECRET);
    curve.sign(new byte[32], SECRET, AUXILIARY);
    curve.ecdh(SECRET, key);
    assertThat(SECRET.reveal()).isEqualTo(before);
  }

  @ParameterizedTest
  @MethodSource("dev.wsn.crypto.BackEnds#all")
  void aWipedSecretIsRefused(Secp256k1 curve) {
    SecretKey wiped = SecretKey.of(SECRET.reveal());
    wiped.close();
    assertThatThrownBy(() -> curve.publicKey(wiped)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> curve.sign(new byte[32], wiped, AUXILIARY))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> curve.ecdh(wiped, curve.publicKey(SECRET)))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void thePropertyForcesTheBackEnd() {
    System.setProperty(Secp256k1.PROPERTY, "portable");
    assertThat(Secp256k1.preferred().name()).isEqualTo("portable");
    System.setProperty(Secp256k1.PROPERTY, "native");
    if (Secp256k1.nativeLibrary().isPresent()) {
      assertThat(Secp256k1.preferred().name()).isEqualTo("native");
    } else {
      assertThatThrownBy(Secp256k1::preferred)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("does not load");
    }
    System.setProperty(Secp256k1.PROPERTY, "fastest");
    assertThatThrownBy(Secp256k1::preferred)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("\"fastest\"");
  }

  @Test
  @EnabledOnOs(value = OS.LINUX, architectures = "amd64")
  void theNativeLibraryLoadsWhereItsBindingIsPresent() {
    boolean isPresent = getClass().getResource("/fr/acinq/secp256k1/NativeSecp256k1.class") != null;
    assertThat(Secp256k1.nativeLibrary().isPresent()).isEqualTo(isPresent);
  }

  @Test
  void theNativeLibraryIsPreferredWhereItLoads() {
    System.clearProperty(Secp256k1.PROPERTY);
    String expected = Secp256k1.nativeLibrary().isPresent() ? "native" : "portable";
    assertThat(Secp256k1.preferred().name()).isEqualTo(expected);
  }
}
