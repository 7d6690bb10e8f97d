package dev.wsn.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wsn.crypto.PublicKey;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Assume;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/** The bytes an id is the hash of. */
class CanonicalEventTest {
  private static final PublicKey KEY = PublicKey.of(new byte[32]);

  @Test
  void onlySevenCharactersAreEscaped() {
    String content = "\n\"\\\r\t\b\f/\u0001\u007f\u2028é🙂</>&'";
    assertThat(text(List.of(), content))
        .isEqualTo(
            "[0,\""
                + KEY.hex()
                + "\",7,11111,[],\"\\n\\\"\\\\\\r\\t\\b\\f/\u0001\u007f\u2028é🙂</>&'\"]");
  }

  @Test
  void tagsAreNestedListsWithoutSpaces() {
    assertThat(text(List.of(List.of("a", "b"), List.of(), List.of("c")), ""))
        .endsWith(",[[\"a\",\"b\"],[],[\"c\"]],\"\"]");
  }

  @Test
  void bytesAreUtf8() {
    byte[] bytes = CanonicalEvent.bytes(KEY, 7, 1, List.of(), "é");
    assertThat(new String(bytes, StandardCharsets.UTF_8)).endsWith("\"é\"]");
    assertThat(bytes).hasSize(new String(bytes, StandardCharsets.UTF_8).length() + 1);
  }

  /** Another JSON reader gets back what went in, for text without bare control characters. */
  @Property(tries = 300)
  void serializationIsJsonOfTheEvent(
      @ForAll @LongRange long createdAt,
      @ForAll @IntRange(max = 65_535) int kind,
      @ForAll @Size(max = 4) List<@Size(max = 3) List<String>> tags,
      @ForAll String content)
      throws JsonProcessingException {
    Assume.that(!hasBareControl(content));
    Assume.that(tags.stream().flatMap(List::stream).noneMatch(CanonicalEventTest::hasBareControl));
    byte[] bytes = CanonicalEvent.bytes(KEY, createdAt, kind, tags, content);
    JsonNode json = new ObjectMapper().readTree(new String(bytes, StandardCharsets.UTF_8));
    assertThat(json.get(0).asInt()).isZero();
    assertThat(json.get(1).textValue()).isEqualTo(KEY.hex());
    assertThat(json.get(2).longValue()).isEqualTo(createdAt);
    assertThat(json.get(3).intValue()).isEqualTo(kind);
    JsonNode sameTags = new ObjectMapper().valueToTree(tags);
    assertThat(json.get(4)).isEqualTo(sameTags);
    assertThat(json.get(5).textValue()).isEqualTo(content);
  }

  private static boolean hasBareControl(String text) {
    return CompactText.hasLoneSurrogate(text)
        || text.chars().anyMatch(c -> c < 32 && "\n\r\t\b\f".indexOf(c) < 0);
  }

  private static String text(List<List<String>> tags, String content) {
    return new String(
        CanonicalEvent.bytes(KEY, 7, AddressRecord.KIND, tags, content), StandardCharsets.UTF_8);
  }
}
