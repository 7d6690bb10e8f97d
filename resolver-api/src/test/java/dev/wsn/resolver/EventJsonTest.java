package dev.wsn.resolver;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordRules.Verdict;
import java.time.Duration;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class EventJsonTest {
  private static final NostrEvent EVENT =
      Signed.record(Signed.ALICE_SECRET, Duration.ZERO, "203.0.113.7:4848").event();
  private static final String JSON = new String(EventJson.write(EVENT), UTF_8);

  private static void refuses(String json, String sentence) {
    refuses(json.getBytes(UTF_8), sentence);
  }

  private static void refuses(byte[] bytes, String sentence) {
    assertThatExceptionOfType(MalformedJsonException.class)
        .isThrownBy(() -> EventJson.read(bytes))
        .withMessageStartingWith(sentence);
  }

  @Test
  void writesTheFieldsInTheOrderOfNip01() {
    assertThat(JSON)
        .isEqualTo(
            "{\"id\":\"%s\",\"pubkey\":\"%s\",\"created_at\":1790000000,\"kind\":11111,\"tags\":%s,\"content\":\"\",\"sig\":\"%s\"}"
                .formatted(
                    EVENT.id().hex(),
                    Signed.ALICE.hex(),
                    "[[\"clearnet\",\"203.0.113.7:4848\",\"wsn\"],[\"expiration\",\"1790007200\"],"
                        + "[\"alt\",\""
                        + EVENT.tags().get(2).get(1)
                        + "\"]]",
                    EVENT.signature().hex()));
  }

  @Test
  void readsWhatItWrites() {
    NostrEvent read = EventJson.read(JSON.getBytes(UTF_8));
    assertThat(read).isEqualTo(EVENT);
    assertThat(Signed.RULES.verify(read, Signed.NOW.getEpochSecond()))
        .isInstanceOf(Verdict.Accepted.class);
  }

  @Test
  void orderAndWhiteSpaceDoNotMatterAndUnknownFieldsAreSkipped() {
    String rest = JSON.substring(1, JSON.length() - 1);
    String json = "\n{ \"seen_on\" : [ {\"a\": [1.5, null]} ] ,\t" + rest + ", \"ots\":\"x\" } ";
    assertThat(EventJson.read(json.getBytes(UTF_8))).isEqualTo(EVENT);
  }

  @Test
  void escapesAreUndone() {
    NostrEvent odd =
        Signed.withTags(
            EVENT, List.of(List.of("\"\\\n\u0001\u2028", "é😀", "</script>"), List.of()));
    assertThat(EventJson.read(EventJson.write(odd))).isEqualTo(odd);
    String escaped = JSON.replace("clearnet", "\\u0063learnet");
    assertThat(EventJson.read(escaped.getBytes(UTF_8))).isEqualTo(EVENT);
  }

  @Test
  void loneSurrogatesSurviveForTheRulesToRefuse() {
    String lone = JSON.replace("clearnet", "clear\\ud800net");
    NostrEvent event = EventJson.read(lone.getBytes(UTF_8));
    assertThat(event.tags().get(0).get(0)).isEqualTo("clear\ud800net");
    assertThat(EventJson.read(EventJson.write(event))).isEqualTo(event);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "\"kind\":11111 | \"kind\":\"11111\" | kind should be an integer",
        "\"kind\":11111 | \"kind\":11111.0 | kind should be an integer",
        "\"kind\":11111 | \"kind\":1e4 | kind should be an integer",
        "\"kind\":11111 | \"kind\":null | kind should be an integer",
        "\"kind\":11111 | \"kind\":65536 | kind should be from 0 to 65535",
        "\"kind\":11111 | \"kind\":-1 | kind should be from 0 to 65535",
        "1790000000 | 18446744073709551617 | created_at should be from 0 to 9007199254740991",
        "1790000000 | 9007199254740992 | created_at should be from 0 to 9007199254740991",
        "1790000000 | 01790000000 | the text is not JSON (line 1, column ",
        "\"content\":\"\" | \"content\":[] | content should be a string",
        "\"content\":\"\" | \"contents\":\"\" | the event has no content",
        "\"content\":\"\" | \"content\":\"\",\"content\":\"\" | a field occurs twice",
        "\"content\":\"\" | \"content\":\"\",\"x\":{\"y\":1,\"y\":2} | a field occurs twice",
        "\"tags\":[[ | \"tags\":[3,[ | a tag should be an array",
        "\"tags\":[[ | \"tags\":[[null, | a tag's element should be a string",
        "\"tags\":[[ | \"tags\":[[[\"a\"], | a tag's element should be a string",
        "\"tags\":[[ | \"tags\":{},\"x\":[[ | tags should be an array",
      })
  void wrongTypesAreRefused(String good, String bad, String sentence) {
    assertThat(JSON).contains(good);
    refuses(JSON.replace(good, bad), sentence);
  }

  @Test
  void hexIsLowerCaseAndOfExactLength() {
    String hex = Signed.ALICE.hex();
    String sentence = "pubkey should be 64 lower-case hexadecimal digits";
    refuses(JSON.replace(hex, hex.substring(2)), sentence);
    refuses(JSON.replace(hex, hex + "00"), sentence);
    refuses(JSON.replace(hex, "zz" + hex.substring(2)), sentence);
    refuses(JSON.replace(hex, "AB" + hex.substring(2)), sentence);
    refuses(JSON.replace(hex, "é" + hex.substring(1)), sentence);
  }

  @Test
  void textThatIsNotOneJsonObjectIsRefused() {
    refuses("", "the event should be an object");
    refuses("[]", "the event should be an object");
    refuses("null", "the event should be an object");
    refuses(JSON + "{}", "something follows the end of the JSON");
    refuses(JSON + "]", "the text is not JSON (line 1, column ");
    refuses(JSON.substring(0, 20), "the text is not JSON (line 1, column ");
    refuses("{'id':1}", "the text is not JSON (line 1, column ");
    refuses("{/**/}", "the text is not JSON (line 1, column ");
    refuses("<html>", "the text is not JSON (line 1, column ");
  }

  @Test
  void onlyUtf8WithoutMarkIsRead() {
    refuses(JSON.replace("clearnet", "é").getBytes(ISO_8859_1), "the text is not UTF-8");
    refuses(JSON.getBytes(UTF_16), "the text is not UTF-8");
    refuses("\ufeff" + JSON, "the text is not JSON (line 1, column ");
    byte[] surrogateInUtf8 = JSON.replace("clearnet", "xxx").getBytes(UTF_8);
    int at = JSON.replace("clearnet", "xxx").indexOf("xxx");
    surrogateInUtf8[at] = (byte) 0xed;
    surrogateInUtf8[at + 1] = (byte) 0xa0;
    surrogateInUtf8[at + 2] = (byte) 0x80;
    refuses(surrogateInUtf8, "the text is not UTF-8");
  }

  @Test
  void limitsHold() {
    String limits =
        "the JSON has over 8 levels, 8192 characters in a string, 20 in a number, or 4096 tokens";
    refuses(" ".repeat(EventJson.MAX_BYTES) + JSON, "the text is longer than 16384 bytes");
    refuses("[".repeat(16_000), "the event should be an object");
    refuses("{\"x\":" + "[".repeat(16_000), limits);
    refuses("{\"x\":" + "{\"x\":".repeat(9), limits);
    refuses(JSON.replace("\"content\":\"", "\"content\":\"" + "a".repeat(8193)), limits);
    refuses(JSON.replace("1790000000", "1".repeat(500)), limits);
    refuses(
        JSON.replace("\"tags\":[", "\"tags\":[" + "[],".repeat(2100)),
        "tags has more than 512 elements");
    refuses(JSON.replace("\"tags\":[", "\"x\":[" + "[],".repeat(2100) + "1],\"tags\":["), limits);
  }

  @Property(tries = 2000)
  void bytesThatChangedAreReadOrRefusedButNeverThrowElse(
      @ForAll @Size(max = 4) List<@IntRange(max = 400) Integer> places, @ForAll byte[] values) {
    byte[] bytes = JSON.getBytes(UTF_8);
    for (int i = 0; i < Math.min(places.size(), values.length); i++) {
      bytes[places.get(i)] = values[i];
    }
    try {
      assertThat(EventJson.read(bytes).kind()).isBetween(0, 65_535);
    } catch (MalformedJsonException refused) {
      assertThat(refused.getMessage()).matches("[\\x20-\\x7e]{1,120}");
    }
  }
}
