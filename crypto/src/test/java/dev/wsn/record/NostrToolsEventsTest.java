package dev.wsn.record;

import static dev.wsn.record.Verdicts.accepted;
import static dev.wsn.record.Verdicts.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.wsn.crypto.Secp256k1;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Events that an independent library signed; nostr-tools-events.mjs made the file. */
class NostrToolsEventsTest {
  private static final JsonNode FILE =
      JsonEvents.read(Path.of("src", "test", "resources", "nostr-tools-events.json"));

  static Stream<Arguments> events() {
    return backEnds()
        .flatMap(
            curve ->
                StreamSupport.stream(FILE.get("events").spliterator(), false)
                    .map(each -> Arguments.of(curve.name(), each.get("name").textValue(), each)));
  }

  private static Stream<Secp256k1> backEnds() {
    return Stream.concat(Stream.of(Secp256k1.portable()), Secp256k1.nativeLibrary().stream());
  }

  @ParameterizedTest(name = "{1}, {0}")
  @MethodSource("events")
  void eventIsJudgedAsExpected(String backEnd, String name, JsonNode each) {
    Secp256k1 curve = backEnds().filter(c -> c.name().equals(backEnd)).findFirst().orElseThrow();
    RecordRules rules = new RecordRules(curve, false);
    NostrEvent event = JsonEvents.event(each.get("event"));
    assertThat(curve.verify(event.signature(), event.id().bytes(), event.pubkey())).isTrue();
    String expected = each.get("expected").textValue();
    long now = FILE.get("now").longValue();
    if (expected.equals("accepted")) {
      assertThat(JsonEvents.utf8(event.canonicalBytes()))
          .isEqualTo(each.get("serialized").textValue());
      assertThat(accepted(rules.verify(event, now)).event()).isEqualTo(event);
      assertThat(RecordCodec.decode(RecordCodec.encode(event))).isEqualTo(event);
    } else {
      assertRefused(rules.verify(event, now), RecordRejection.valueOf(expected));
    }
  }

  /** Why control characters are refused: this id and that of NIP-01's own text differ. */
  @Test
  void librariesDisagreeOnTheIdOfAControlCharacter() {
    NostrEvent event = event("control character");
    assertThat(event.computeId()).isNotEqualTo(event.id());
  }

  @Test
  void endpointsAreReadFromEveryDialect() {
    assertThat(endpoints("one endpoint")).containsExactly("wsn 203.0.113.7:4848");
    assertThat(endpoints("many endpoints, tags in another order"))
        .containsExactly(
            "wsn [2001:db8::1]:4848",
            "wsn 203.0.113.7:4848",
            "wsn " + Events.ONION + ":4848",
            "wss 203.0.113.7:443");
    assertThat(endpoints("url dialect")).containsExactly("wss 203.0.113.9:443");
    assertThat(endpoints("withdrawal")).isEmpty();
  }

  private static List<String> endpoints(String name) {
    RecordRules rules = new RecordRules(Secp256k1.portable(), false);
    List<String> endpoints = new ArrayList<>();
    accepted(rules.verify(event(name), FILE.get("now").longValue()))
        .endpoints()
        .forEach(endpoint -> endpoints.add(endpoint.protocol() + " " + endpoint.address()));
    return endpoints;
  }

  private static NostrEvent event(String name) {
    return StreamSupport.stream(FILE.get("events").spliterator(), false)
        .filter(each -> Objects.equals(each.get("name").textValue(), name))
        .map(each -> JsonEvents.event(each.get("event")))
        .findFirst()
        .orElseThrow();
  }
}
