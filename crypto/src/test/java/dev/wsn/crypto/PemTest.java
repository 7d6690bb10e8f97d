package dev.wsn.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** PEM against files made by OpenSSL. */
class PemTest {
  private static final JsonNode FILES = Vectors.json("openssl-keys.json").get("files");
  private static final SecretKey EVEN =
      SecretKey.of(Vectors.hex("dceb41f8c0afd2b166e6fde6d1ca240d48a10000fec4316dd7feb0b506d70870"));
  private static final SecretKey ODD =
      SecretKey.of(Vectors.hex("3d19a12913741925695f9ba092953ac2dbbc08fde267a0a2ee0d05fb8b910a06"));
  private static final PublicKey EVEN_PUBLIC =
      PublicKey.fromHex("ac14b31b764d21e2f1c095dbffb050f60e8d502ad0937713d93b4301151d7d11");
  private static final PublicKey ODD_PUBLIC =
      PublicKey.fromHex("64ede89768340322441853c046d32418b216b01e6f8f294025d94c5ffd166301");

  @ParameterizedTest
  @ValueSource(strings = {"ecparam", "ec", "ec-no-public", "pkcs8"})
  void readsWhatOpensslWrote(String kind) {
    assertThat(Pem.readSecretKey(file("even-" + kind))).isEqualTo(EVEN);
    assertThat(Pem.readSecretKey(file("odd-" + kind))).isEqualTo(ODD);
    assertThat(Pem.readSecretKey(file("odd-" + kind).replace("\n", "\r\n"))).isEqualTo(ODD);
  }

  @ParameterizedTest
  @ValueSource(strings = {"public", "public-compressed"})
  void readsPublicKeysOfEitherParity(String kind) {
    assertThat(Pem.readPublicKey(file("even-" + kind))).isEqualTo(EVEN_PUBLIC);
    assertThat(Pem.readPublicKey(file("odd-" + kind))).isEqualTo(ODD_PUBLIC);
  }

  @Test
  void writesSecretKeysAsOpensslDoes() {
    assertThat(new String(Pem.sec1(EVEN), StandardCharsets.US_ASCII)).isEqualTo(file("even-ec"));
    assertThat(new String(Pem.sec1(ODD), StandardCharsets.US_ASCII)).isEqualTo(file("odd-ec"));
    assertThat(new String(Pem.pkcs8(EVEN), StandardCharsets.US_ASCII))
        .isEqualTo(file("even-pkcs8"));
    assertThat(new String(Pem.pkcs8(ODD), StandardCharsets.US_ASCII)).isEqualTo(file("odd-pkcs8"));
  }

  @Test
  void writesThePointWithEvenY() {
    assertThat(Pem.publicKey(EVEN_PUBLIC)).isEqualTo(file("even-public"));
    String even = Pem.publicKey(ODD_PUBLIC);
    assertThat(even).isNotEqualTo(file("odd-public"));
    assertThat(Pem.readPublicKey(even)).isEqualTo(ODD_PUBLIC);
    PublicKey offCurve = PublicKey.of(new byte[32]);
    assertThatThrownBy(() -> Pem.publicKey(offCurve)).isInstanceOf(MalformedKeyException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "encrypted-ec, is encrypted",
    "encrypted-pkcs8, is encrypted",
    "p256-ec, another curve",
    "p256-pkcs8, another curve",
    "ed25519-pkcs8, not an elliptic curve key",
    "even-public, no EC PRIVATE KEY",
  })
  void otherSecretKeysAreNamed(String name, String message) {
    assertThatThrownBy(() -> Pem.readSecretKey(file(name)))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({
    "p256-public, another curve",
    "ed25519-public, not an elliptic curve key",
    "even-ec, no PUBLIC KEY",
  })
  void otherPublicKeysAreNamed(String name, String message) {
    assertThatThrownBy(() -> Pem.readPublicKey(file(name)))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aPublicPartOfAnotherKeyIsRefused() {
    byte[] even = der("even-ec", "EC PRIVATE KEY");
    byte[] odd = der("odd-ec", "EC PRIVATE KEY");
    System.arraycopy(odd, 7, even, 7, 32);
    assertThatThrownBy(() -> Pem.readSecretKey(pem("EC PRIVATE KEY", even)))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining("of another key");
  }

  @Test
  void aPointOffTheCurveIsRefused() {
    byte[] der = der("even-public", "PUBLIC KEY");
    der[der.length - 1] ^= 1;
    assertThatThrownBy(() -> Pem.readPublicKey(pem("PUBLIC KEY", der)))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining("not a point");
    byte[] infinity = Vectors.hex("3016" + "301006072a8648ce3d020106052b8104000a" + "03020000");
    assertThatThrownBy(() -> Pem.readPublicKey(pem("PUBLIC KEY", infinity)))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining("not a point");
  }

  @ParameterizedTest
  @CsvSource({
    "3000, not the DER",
    "300302010200, not of version 1",
    "3003020102, not of version 1",
    "3026020101042100000000000000000000000000000000000000000000000000000000000000000001, "
        + "not of secp256k1",
    "3006020101040101, does not name its curve",
    "300f020101040100a00706052b8104000a, zero or not below",
    "30830000, not the DER",
    "30, not the DER",
    "'', not the DER",
    "3082, not the DER",
    "3080020101, not the DER",
  })
  void brokenDerIsRefused(String der, String message) {
    assertThatThrownBy(() -> Pem.readSecretKey(pem("EC PRIVATE KEY", Vectors.hex(der))))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aShortScalarIsPaddedOnTheLeft() {
    byte[] der = Vectors.hex("300f020101040103a00706052b8104000a");
    byte[] three = new byte[32];
    three[31] = 3;
    assertThat(Pem.readSecretKey(pem("EC PRIVATE KEY", der))).isEqualTo(SecretKey.of(three));
  }

  @Test
  void brokenArmourIsRefused() {
    assertThatThrownBy(() -> Pem.readSecretKey("-----BEGIN PRIVATE KEY-----\nAAAA"))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining("ends inside");
    assertThatThrownBy(
            () -> Pem.readSecretKey("-----BEGIN PRIVATE KEY-----\n!\n-----END PRIVATE KEY-----"))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining("not base64");
  }

  @Property(tries = 300)
  void anyDerIsReadOrRefused(@ForAll @Size(max = 120) byte[] der) {
    readEverything(der);
  }

  @Property(tries = 1000)
  void anyChangedKeyIsReadOrRefused(
      @ForAll @IntRange(max = 134) int at, @ForAll byte value, @ForAll boolean isSec1) {
    byte[] der = isSec1 ? der("odd-ec", "EC PRIVATE KEY") : der("even-pkcs8", "PRIVATE KEY");
    der[at % der.length] = value;
    readEverything(der);
  }

  private static void readEverything(byte[] der) {
    for (String type : new String[] {"EC PRIVATE KEY", "PRIVATE KEY"}) {
      try {
        Pem.readSecretKey(pem(type, der));
      } catch (MalformedKeyException refused) {
        assertThat(refused.getMessage()).isNotBlank();
      }
    }
    try {
      Pem.readPublicKey(pem("PUBLIC KEY", der));
    } catch (MalformedKeyException refused) {
      assertThat(refused.getMessage()).isNotBlank();
    }
  }

  static String file(String name) {
    return FILES.get(name).asText();
  }

  private static byte[] der(String name, String type) {
    String begin = "-----BEGIN " + type + "-----";
    String text = file(name);
    int start = text.indexOf(begin) + begin.length();
    return Base64.getMimeDecoder().decode(text.substring(start, text.indexOf("-----END", start)));
  }

  private static String pem(String type, byte[] der) {
    String body = Base64.getMimeEncoder().encodeToString(der);
    return "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n";
  }
}
