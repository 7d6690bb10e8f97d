package dev.wsn.resolver.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.NostrEvent;
import dev.wsn.resolver.EventJson;
import dev.wsn.resolver.InMemoryResolver;
import dev.wsn.resolver.Signed;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the HTTP face makes of a published event, sent over a real connection. */
final class PublishingTest {
  private static final AddressRecord RECORD =
      Signed.record(Signed.ALICE_SECRET, Duration.ofMinutes(5), "203.0.113.7:4848");
  private static final AddressRecord NEWER =
      Signed.record(Signed.ALICE_SECRET, Duration.ofMinutes(1), "203.0.113.9:4848");
  private static final String ALICE_PATH = Serving.path(Signed.ALICE);

  private Serving serving;

  @BeforeEach
  void start() {
    serving = new Serving();
  }

  @AfterEach
  void stop() {
    serving.close();
  }

  @Test
  void publishingAgainIsKnownAndOlderIsAConflict() {
    assertThat(serving.put(NEWER).statusCode()).isEqualTo(201);
    HttpResponse<String> again = serving.put(NEWER);
    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(Serving.json(again.body()).path("new").asBoolean(true)).isFalse();
    Serving.problem(serving.put(RECORD), 409, "record-older-than-known");
    assertThat(serving.get(ALICE_PATH).body()).contains(NEWER.event().id().hex());
  }

  @Test
  void anEventOfAnotherKeyIsRefused() {
    HttpResponse<String> answer = serving.put(Signed.BOB, EventJson.write(RECORD.event()));
    Serving.problem(answer, 422, "key-mismatch");
    assertThat(serving.resolver.size()).isZero();
  }

  @Test
  void brokenRulesAreUnprocessableByTheNameOfTheRule() {
    NostrEvent event = RECORD.event();
    String json = new String(EventJson.write(event), UTF_8);
    String sig = event.signature().hex();
    String otherSig = NEWER.event().signature().hex();
    Serving.problem(
        serving.put(Signed.ALICE, json.replace(sig, otherSig)), 422, "record-bad-signature");
    Serving.problem(
        serving.put(Signed.ALICE, json.replace("113.7:", "113.8:")), 422, "record-bad-id");
    Serving.problem(
        serving.put(Signed.ALICE, json.replace(":11111,", ":1,")), 422, "record-wrong-kind");
    Serving.problem(
        serving.put(Signed.ALICE, json.replace("203.0.113.7", "127.0.0.1")),
        422,
        "record-private-address");
    Serving.problem(
        serving.put(Signed.ALICE, json.replace("203.0.113.7", "relay.example")),
        422,
        "record-bad-endpoint");
    Serving.problem(
        serving.put(Signed.ALICE, json.replace("clearnet", "clear\\ud800net")),
        422,
        "record-forbidden-character");
    serving.now.set(Signed.NOW.plus(Signed.LIFETIME));
    Serving.problem(serving.put(RECORD), 422, "record-expired");
    serving.now.set(Signed.NOW.minus(Duration.ofMinutes(7)));
    Serving.problem(serving.put(RECORD), 422, "record-from-the-future");
    assertThat(serving.resolver.size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "[]", "not json", "{\"id\":1}", "{\"id\":\"1\",\"id\":\"2\"}"})
  void whatIsNoEventIsMalformed(String body) {
    Serving.problem(serving.put(Signed.ALICE, body), 400, "record-malformed");
  }

  @Test
  void deepNestingIsMalformed() {
    String deep = "{\"x\":" + "[".repeat(8000) + "]".repeat(8000) + "}";
    Serving.problem(serving.put(Signed.ALICE, deep), 400, "record-malformed");
  }

  @Test
  void aBodyOverTheLimitIsTooLargeAndTheConnectionGoesOn() {
    String json = new String(EventJson.write(RECORD.event()), UTF_8);
    String largest = json + " ".repeat(EventJson.MAX_BYTES - json.length());
    Serving.problem(serving.put(Signed.ALICE, largest + " "), 413, "body-too-large");
    Serving.problem(
        serving.put(Signed.ALICE, largest + " ".repeat(200_000)), 413, "body-too-large");
    assertThat(serving.put(Signed.ALICE, largest).statusCode()).isEqualTo(201);
  }

  @Test
  void aChunkedBodyOverTheLimitIsTooLarge() {
    String chunk = "1000\r\n" + " ".repeat(4096) + "\r\n";
    String answer =
        serving.raw(
            "PUT "
                + ALICE_PATH
                + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Type: application/json\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n"
                + chunk.repeat(6)
                + "0\r\n\r\n");
    assertThat(answer).startsWith("HTTP/1.1 413 ").contains("/problems/body-too-large");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "json", ";", "*/*"})
  void anotherMediaTypeIsUnsupported(String type) {
    HttpResponse<String> answer = serving.send("PUT", ALICE_PATH, "{}", "Content-Type", type);
    Serving.problem(answer, 415, "unsupported-media-type");
  }

  @Test
  void aMissingMediaTypeIsUnsupportedAndParametersAreAllowed() {
    String json = new String(EventJson.write(RECORD.event()), UTF_8);
    Serving.problem(serving.send("PUT", ALICE_PATH, json), 415, "unsupported-media-type");
    String type = "Application/JSON; charset=utf-8";
    assertThat(serving.send("PUT", ALICE_PATH, json, "Content-Type", type).statusCode())
        .isEqualTo(201);
  }

  @Test
  void tooFewAcknowledgementsAreServiceUnavailableWithTheCounts() {
    serving.resolver.network(InMemoryResolver.Network.TOO_FEW);
    JsonNode body = Serving.problem(serving.put(RECORD), 503, "too-few-acknowledgements");
    assertThat(body.path("acknowledged").asInt()).isEqualTo(1);
    assertThat(body.path("required").asInt()).isEqualTo(2);
    assertThat(body.path("refusals").toString()).isEqualTo("{\"full\":2}");
    assertThat(body.path("detail").asText())
        .isEqualTo("1 of at least 2 nodes took the record; 2 said full.");
  }
}
