package dev.wsn.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyFileTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String HEX =
      "67dea2ed018072d675f5415ecfaed7d2597555e202d85b3d65ea4e58d2d92ffa";
  private static final String NSEC =
      "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5";
  private static final SecretKey SECRET = SecretKey.of(Vectors.hex(HEX));
  private static final int CHEAP = 4;

  @Test
  void theExampleOfNip49Opens() {
    JsonNode example = Vectors.json("nostr-keys.json").get("nip49");
    byte[] content = ascii(example.get("ncryptsec").asText() + "\n");
    assertThat(KeyFile.isEncrypted(content)).isTrue();
    assertThat(KeyFile.decrypt(content, example.get("password").asText().toCharArray()))
        .isEqualTo(SecretKey.of(Vectors.hex(example.get("secret_hex").asText())));
    assertThatThrownBy(() -> KeyFile.decrypt(content, "Nostr".toCharArray()))
        .isInstanceOf(WrongPasswordException.class);
    assertThatThrownBy(() -> KeyFile.read(content))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining("needs its password");
  }

  @Test
  void anEncryptedKeyRoundTrips() {
    char[] password = "correct horse".toCharArray();
    byte[] content = KeyFile.encrypt(SECRET, password, RANDOM);
    assertThat(password).isEqualTo("correct horse".toCharArray());
    assertThat(new String(content, StandardCharsets.US_ASCII))
        .startsWith("ncryptsec1")
        .endsWith("\n");
    assertThat(KeyFile.decrypt(content, password)).isEqualTo(SECRET);
    assertThat(KeyFile.encrypt(SECRET, password, RANDOM)).isNotEqualTo(content);
  }

  /** The password example of NIP-49: two texts with one NFKC form. */
  @Test
  void passwordsAreComparedInNormalForm() {
    String composed = "\u00c5\u03a9\u1e69";
    String decomposed = "\u212b\u2126\u1e9b\u0323";
    String text = Nip49.encrypt(SECRET, decomposed.toCharArray(), CHEAP, RANDOM);
    assertThat(Nip49.decrypt(text, composed.toCharArray())).isEqualTo(SECRET);
    assertThat(Nip49.decrypt(text, decomposed.toCharArray())).isEqualTo(SECRET);
    assertThatThrownBy(() -> Nip49.decrypt(text, "\u00c5".toCharArray()))
        .isInstanceOf(WrongPasswordException.class);
  }

  @Test
  void anEmptyPasswordAndALoneSurrogateArePasswords() {
    for (String password : List.of("", "\ud800")) {
      String text = Nip49.encrypt(SECRET, password.toCharArray(), CHEAP, RANDOM);
      assertThat(Nip49.decrypt(text, password.toCharArray())).isEqualTo(SECRET);
    }
  }

  @Test
  void aChangedFileIsNotOpened() {
    String text = Nip49.encrypt(SECRET, "a".toCharArray(), CHEAP, RANDOM);
    byte[] data = Bech32.decode(text).data();
    for (int i = 2; i < data.length; i++) {
      byte[] changed = data.clone();
      changed[i] ^= 1;
      assertThatThrownBy(
              () -> Nip49.decrypt(Bech32.encode("ncryptsec", changed), "a".toCharArray()))
          .as("byte %d", i)
          .isInstanceOf(WrongPasswordException.class);
    }
  }

  @Test
  void theCostOfAHostileFileIsBounded() {
    byte[] data = Bech32.decode(Nip49.encrypt(SECRET, new char[0], CHEAP, RANDOM)).data();
    for (int logN : new int[] {0, Nip49.MAX_LOG_N + 1, 63, 255}) {
      data[1] = (byte) logN;
      String text = Bech32.encode("ncryptsec", data);
      assertThatThrownBy(() -> Nip49.decrypt(text, new char[0]))
          .isInstanceOf(MalformedKeyException.class)
          .hasMessageContaining("cost " + logN);
    }
    assertThatThrownBy(() -> Nip49.encrypt(SECRET, new char[0], 0, RANDOM))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Nip49.encrypt(SECRET, new char[0], Nip49.MAX_LOG_N + 1, RANDOM))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anotherVersionOrLengthIsRefused() {
    byte[] data = Bech32.decode(Nip49.encrypt(SECRET, new char[0], CHEAP, RANDOM)).data();
    byte[] shorter = Arrays.copyOf(data, data.length - 1);
    assertThatThrownBy(() -> Nip49.decrypt(Bech32.encode("ncryptsec", shorter), new char[0]))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining("91 bytes, not 90");
    data[0] = 1;
    for (byte[] other : new byte[][] {data, {}}) {
      assertThatThrownBy(() -> Nip49.decrypt(Bech32.encode("ncryptsec", other), new char[0]))
          .isInstanceOf(MalformedKeyException.class)
          .hasMessageContaining("version 2");
    }
    assertThatThrownBy(() -> Nip49.decrypt(NSEC, new char[0]))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining("expected ncryptsec1");
  }

  @Test
  void plainFilesRoundTrip() {
    assertThat(new String(KeyFile.nsec(SECRET), StandardCharsets.US_ASCII)).isEqualTo(NSEC + "\n");
    assertThat(new String(KeyFile.hex(SECRET), StandardCharsets.US_ASCII)).isEqualTo(HEX + "\n");
    for (byte[] content :
        List.of(
            KeyFile.nsec(SECRET),
            KeyFile.hex(SECRET),
            Pem.sec1(SECRET),
            Pem.pkcs8(SECRET),
            ascii("\r\n  " + NSEC + " \n"))) {
      assertThat(KeyFile.isEncrypted(content)).isFalse();
      assertThat(KeyFile.read(content)).isEqualTo(SECRET);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "'', not a secret key",
    "npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6w6, a public key",
    "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe6, wrong checksum",
    "67dea2ed018072d675f5415ecfaed7d2597555e202d85b3d65ea4e58d2d92f, '64 characters, not 62'",
    "-----BEGIN CERTIFICATE-----, no PRIVATE KEY",
  })
  void otherContentIsNamed(String content, String message) {
    assertThatThrownBy(() -> KeyFile.read(ascii(content)))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining(message);
  }

  @Test
  void theSizeIsBounded() {
    assertThatThrownBy(() -> KeyFile.read(new byte[KeyFile.MAX_BYTES + 1]))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining("at most");
  }

  @Property(tries = 500)
  void anyContentIsReadOrRefused(@ForAll @Size(max = 200) byte[] content) {
    for (String before : new String[] {"", "nsec1", "ncryptsec1", "-----BEGIN PRIVATE KEY-----"}) {
      byte[] file = ascii(before + new String(content, StandardCharsets.ISO_8859_1));
      KeyFile.isEncrypted(file);
      try {
        KeyFile.read(file);
      } catch (MalformedKeyException refused) {
        assertThat(refused.getMessage()).isNotBlank();
      }
      try {
        KeyFile.decrypt(file, new char[0]);
      } catch (MalformedKeyException refused) {
        assertThat(refused.getMessage()).isNotBlank();
      }
    }
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
