package dev.wsn.resolver.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wsn.crypto.PublicKey;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Events that nostr-tools, an independent library, signed are published by PUT and come back. */
final class NostrToolsTest {
  private static final Path EVENTS =
      Path.of("..", "crypto", "src", "test", "resources", "nostr-tools-events.json");

  @TestFactory
  Stream<DynamicTest> everyEvent() throws IOException {
    JsonNode file = new ObjectMapper().readTree(EVENTS.toFile());
    Instant now = Instant.ofEpochSecond(file.path("now").asLong());
    assertThat(file.path("events").size()).isGreaterThanOrEqualTo(6);
    return Stream.iterate(0, i -> i < file.path("events").size(), i -> i + 1)
        .map(i -> file.path("events").path(i))
        .map(each -> DynamicTest.dynamicTest(each.path("name").asText(), () -> check(now, each)));
  }

  private static void check(Instant now, JsonNode each) {
    JsonNode event = each.path("event");
    String expected = each.path("expected").asText();
    PublicKey key = PublicKey.fromHex(event.path("pubkey").asText());
    try (Serving serving = new Serving()) {
      serving.now.set(now);
      HttpResponse<String> published = serving.put(key, event.toString());
      if (expected.equals("accepted")) {
        assertThat(published.statusCode()).as(published.body()).isEqualTo(201);
        HttpResponse<String> resolved = serving.get(Serving.path(key));
        assertThat(resolved.statusCode()).isIn(200, 410);
        assertThat(Serving.json(resolved.body()).path("event")).isEqualTo(event);
      } else {
        assertThat(published.statusCode()).isEqualTo(422);
        String type = "/problems/record-" + expected.toLowerCase(Locale.ROOT).replace('_', '-');
        assertThat(Serving.json(published.body()).path("type").asText()).isEqualTo(type);
      }
    }
  }
}
