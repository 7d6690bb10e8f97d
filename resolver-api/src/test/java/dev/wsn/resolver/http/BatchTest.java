package dev.wsn.resolver.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.wsn.crypto.Nip19;
import dev.wsn.record.AddressRecord;
import dev.wsn.resolver.InMemoryResolver;
import dev.wsn.resolver.Signed;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Many keys at once, over a real connection. */
final class BatchTest {
  private static final AddressRecord RECORD =
      Signed.record(Signed.ALICE_SECRET, Duration.ofMinutes(5), "203.0.113.7:4848");

  private final Serving serving = new Serving();

  @AfterEach
  void stop() {
    serving.close();
  }

  private HttpResponse<String> post(String body) {
    return serving.send("POST", "/v1/resolve", body, "Content-Type", "application/json");
  }

  private static List<JsonNode> lines(HttpResponse<String> response) {
    return response.body().lines().map(Serving::json).toList();
  }

  @Test
  void everyKeyGetsItsLine() {
    serving.resolver.rollBackTo(RECORD);
    serving.resolver.rollBackTo(Signed.record(Signed.BOB_SECRET, Duration.ZERO));
    String body =
        "{\"keys\":[\"%s\",\"npub1nonsense\",\"%s\",\"%s\"],\"policy\":\"quorum\"}"
            .formatted(Nip19.npub(Signed.ALICE), Signed.BOB.hex(), Signed.CAROL.hex());
    HttpResponse<String> response = post(body);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(Serving.header(response, "Content-Type")).isEqualTo("application/x-ndjson");
    List<JsonNode> lines = lines(response);
    assertThat(lines)
        .extracting(line -> line.path("index").asInt() + " " + line.path("status").asText())
        .containsExactlyInAnyOrder("0 found", "1 malformed_key", "2 withdrawn", "3 not_found");
  }

  @Test
  void aThousandKeysAreAnsweredAndOneMoreIsRefused() {
    serving.resolver.rollBackTo(RECORD);
    String thousand =
        IntStream.range(0, 1_000)
            .mapToObj(i -> "\"" + Signed.ALICE.hex() + "\"")
            .collect(Collectors.joining(","));
    List<JsonNode> lines = lines(post("{\"keys\":[" + thousand + "]}"));
    assertThat(lines).hasSize(1_000).allMatch(line -> line.path("status").asText().equals("found"));
    assertThat(lines.stream().map(line -> line.path("index").asInt()).distinct()).hasSize(1_000);
    assertThat(serving.resolver.asked()).as("one lookup for all").hasSize(1);
    String more = thousand + ",\"" + Signed.BOB.hex() + "\"";
    Serving.problem(post("{\"keys\":[" + more + "]}"), 400, "malformed-batch");
  }

  @Test
  void anOutageIsToldForEachKey() {
    serving.resolver.network(InMemoryResolver.Network.UNREACHABLE);
    List<JsonNode> lines = lines(post("{\"keys\":[\"" + Signed.ALICE.hex() + "\"]}"));
    assertThat(lines)
        .extracting(line -> line.path("status").asText())
        .containsExactly("unreachable");
    serving.resolver.network(InMemoryResolver.Network.BROKEN);
    lines = lines(post("{\"keys\":[\"" + Signed.ALICE.hex() + "\"]}"));
    assertThat(lines).extracting(line -> line.path("status").asText()).containsExactly("internal");
    serving.resolver.network(InMemoryResolver.Network.FINE);
    assertThat(lines(post("{\"keys\":[\"" + Signed.ALICE.hex() + "\"]}"))).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "{\"keys\":[]}",
        "{\"keys\":\"npub1\"}",
        "{\"keys\":[1]}",
        "{\"keys\":[\"a\"],\"policy\":\"best\"}",
        "{\"keys\":[\"a\"],\"keys\":[\"b\"]}",
        "not json"
      })
  void whatIsNoBatchIsRefused(String body) {
    Serving.problem(post(body), 400, "malformed-batch");
  }

  @Test
  void aBodyThatIsTooLargeOrCompressedIsRefused() {
    String body = "{\"keys\":[\"" + "a".repeat(300_000) + "\"]}";
    Serving.problem(post(body), 413, "body-too-large");
    HttpResponse<String> bomb =
        serving.send(
            "POST",
            "/v1/resolve",
            "x",
            "Content-Type",
            "application/json",
            "Content-Encoding",
            "gzip");
    Serving.problem(bomb, 415, "unsupported-encoding");
    Serving.problem(serving.get("/v1/resolve"), 405, "method-not-allowed");
  }
}
