package dev.wsn.crypto;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class Nip19Test {
  private static final String HEX =
      "3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459d";
  private static final String NPUB =
      "npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6w6";
  private static final String NSEC =
      "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5";
  private static final PublicKey KEY = PublicKey.fromHex(HEX);

  static Stream<JsonNode> examples() {
    return Vectors.stream(Vectors.json("nostr-keys.json").get("nip19"));
  }

  @ParameterizedTest
  @MethodSource("examples")
  void exampleOfTheNipHolds(JsonNode example) {
    if (example.has("npub")) {
      PublicKey key = PublicKey.fromHex(example.get("hex").asText());
      assertThat(Nip19.npub(key)).isEqualTo(example.get("npub").asText());
      assertThat(Nip19.parsePublicKey(example.get("npub").asText())).isEqualTo(key);
    } else {
      SecretKey secret = SecretKey.of(Vectors.hex(example.get("secret_hex").asText()));
      assertThat(Nip19.nsec(secret)).isEqualTo(example.get("nsec").asText());
      assertThat(Nip19.parseSecretKey(example.get("nsec").asText())).isEqualTo(secret);
    }
  }

  @Test
  void nprofileOfTheNipHolds() {
    JsonNode example = Vectors.json("nostr-keys.json").get("nprofile");
    String text = example.get("nprofile").asText();
    Nip19.Profile profile = Nip19.parseProfile(text);
    assertThat(profile.key().hex()).isEqualTo(example.get("pubkey").asText());
    assertThat(profile.relays())
        .isEqualTo(Vectors.stream(example.get("relays")).map(JsonNode::asText).toList());
    assertThat(Nip19.nprofile(profile.key(), profile.relays())).isEqualTo(text);
    assertThat(Nip19.parsePublicKey(text)).isEqualTo(profile.key());
  }

  @Test
  void aKeyIsReadInEveryForm() {
    String profile = Nip19.nprofile(KEY, List.of());
    for (String text :
        List.of(
            NPUB,
            NPUB.toUpperCase(Locale.ROOT),
            HEX,
            HEX.toUpperCase(Locale.ROOT),
            profile,
            "nostr:" + NPUB,
            "NOSTR:" + profile,
            "  " + NPUB + "\n")) {
      assertThat(Nip19.parsePublicKey(text)).as(text).isEqualTo(KEY);
    }
  }

  @Test
  void otherEntriesOfAnNprofileAreIgnored() {
    // An unknown type, author, kind, a hint with a control character, an empty one, a good one,
    // and a second key, of which the first counts.
    String entries =
        "7f03010203"
            + ("0220" + "11".repeat(32))
            + "030400002b67"
            + "0102610a"
            + "0100"
            + ("0020" + HEX)
            + "0103777331"
            + ("0020" + "22".repeat(32));
    Nip19.Profile profile = Nip19.parseProfile(Bech32.encode("nprofile", Vectors.hex(entries)));
    assertThat(profile).isEqualTo(new Nip19.Profile(KEY, List.of("ws1")));
  }

  @ParameterizedTest
  @CsvSource({
    "'', no public key",
    "0103777331, no public key",
    "00, ends inside an entry",
    "0020ff, ends inside an entry",
    "0001ff, 32 bytes",
  })
  void aBrokenNprofileIsRefused(String entries, String message) {
    String text = Bech32.encode("nprofile", Vectors.hex(entries));
    assertThatThrownBy(() -> Nip19.parsePublicKey(text))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining(message);
  }

  @Test
  void onlyAnNprofileIsAProfile() {
    assertThatThrownBy(() -> Nip19.parseProfile(NPUB))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessage("not an nprofile");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "with space", "wss://ü"})
  void aHintIsPrintableAscii(String relay) {
    assertThatThrownBy(() -> Nip19.nprofile(KEY, List.of(relay)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Nip19.nprofile(KEY, List.of("a".repeat(256))))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6w7, wrong checksum",
    "npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6w, '63 characters, not 62'",
    "npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6wb, character 63",
    "NPUB180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6w6, all lower case",
    "npub1, '63 characters, not 5'",
    "3bf0c63fcb93463407af97a5e5ee64fa883d107ef9e558472c4eb9aaaefa459, '64 characters, not 63'",
    "note1fntxtkcy9pjwucqwa9mddn7v03wwwsu9j330jj350nvhpky2tuaspk6nqc, an event id",
    "naddr1qqqqqq, an event address",
    "nevent1qqqqq, an event pointer",
    "nrelay1qqqqq, a relay URL",
    "alice@example.com, not a public key",
    "xpub1qqqqqq, not a public key",
    "'', not a public key",
    "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe5, secret key (nsec)",
    "NSEC1VL029MGPSPEDVA04G90VLTKH6FVH240ZQTV9K0T9AF8935KE9LAQSNLFE5, secret key (nsec)",
    "nsec1mistyped, secret key (nsec)",
    "nostr:nsec1mistyped, secret key (nsec)",
    "ncryptsec1qgg9947rlp, secret key (ncryptsec)",
  })
  void whatIsNoPublicKeyIsNamedAndNeverRepeated(String text, String message) {
    assertThatThrownBy(() -> Nip19.parsePublicKey(text))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining(message)
        .extracting(Throwable::getMessage)
        .asString()
        .doesNotContain(text.length() > 8 ? text.substring(5) : "\0");
  }

  @Test
  void anNpubOfTheWrongLengthIsRefused() {
    String text = Bech32.encode("npub", new byte[31]);
    assertThatThrownBy(() -> Nip19.parsePublicKey(text))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining("not " + text.length());
  }

  @ParameterizedTest
  @CsvSource({
    "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe6, wrong checksum",
    "nsec1vl029mgpspedva04g90vltkh6fvh240zqtv9k0t9af8935ke9laqsnlfe, '63 characters, not 62'",
    "npub180cvv07tjdrrgpa0j7j7tmnyl2yr6yr7l8j4s3evf6u64th6gkwsyjh6w6, a public key (npub)",
    "67dea2ed018072d675f5415ecfaed7d2597555e202d85b3d65ea4e58d2d92ff, '64 characters, not 63'",
    "0000000000000000000000000000000000000000000000000000000000000000, zero or not below",
    "correct horse battery staple, not a secret key",
    "'', not a secret key",
  })
  void whatIsNoSecretKeyIsNamedAndNeverRepeated(String text, String message) {
    assertThatThrownBy(() -> Nip19.parseSecretKey(text))
        .isInstanceOf(MalformedKeyException.class)
        .hasMessageContaining(message)
        .extracting(Throwable::getMessage)
        .asString()
        .doesNotContain(text.length() > 8 ? text.substring(5) : "\0");
  }

  @Test
  void aSecretKeyIsReadWithWhiteSpaceAround() {
    SecretKey secret =
        SecretKey.of(
            Vectors.hex("67dea2ed018072d675f5415ecfaed7d2597555e202d85b3d65ea4e58d2d92ffa"));
    assertThat(Nip19.parseSecretKey(" " + NSEC + "\r\n")).isEqualTo(secret);
    assertThat(
            Nip19.parseSecretKey(
                "67DEA2ed018072d675f5415ecfaed7d2597555e202d85b3d65ea4e58d2d92ffa\n"))
        .isEqualTo(secret);
  }

  @Property(tries = 200)
  void everyKeyRoundTrips(@ForAll @Size(32) byte[] bytes) {
    PublicKey key = PublicKey.of(bytes);
    assertThat(Nip19.npub(key)).hasSize(Nip19.KEY_CHARS);
    assertThat(Nip19.parsePublicKey(Nip19.npub(key))).isEqualTo(key);
    assertThat(Nip19.parsePublicKey(Nip19.nprofile(key, List.of("wss://a.example"))))
        .isEqualTo(key);
  }

  @Property(tries = 1000)
  void anyTextIsReadOrRefused(@ForAll String text, @ForAll @Size(max = 80) byte[] data) {
    for (String given :
        new String[] {
          text, "npub1" + text, "nostr:" + text, "nsec1" + text, Bech32.encode("nprofile", data)
        }) {
      try {
        Nip19.parsePublicKey(given);
      } catch (MalformedKeyException refused) {
        assertThat(refused.getMessage()).isNotBlank();
      }
      try {
        Nip19.parseSecretKey(given);
      } catch (MalformedKeyException refused) {
        assertThat(refused.getMessage()).isNotBlank();
      }
    }
  }
}
