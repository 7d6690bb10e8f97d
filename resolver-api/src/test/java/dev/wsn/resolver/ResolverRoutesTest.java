package dev.wsn.resolver;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.NostrEvent;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every status of the HTTP face, asked over a real connection. */
final class ResolverRoutesTest {
  private static final AddressRecord RECORD =
      Signed.record(Signed.ALICE_SECRET, Duration.ofMinutes(5), "203.0.113.7:4848");
  private static final AddressRecord NEWER =
      Signed.record(Signed.ALICE_SECRET, Duration.ofMinutes(1), "203.0.113.9:4848");
  private static final AddressRecord WITHDRAWAL = Signed.record(Signed.ALICE_SECRET, Duration.ZERO);
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

  private HttpResponse<String> put(AddressRecord signed) {
    return serving.put(signed.pubkey(), EventJson.write(signed.event()));
  }

  private static JsonNode problem(HttpResponse<String> response, int status, String type) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(header(response, "Content-Type")).isEqualTo("application/problem+json");
    assertThat(header(response, "Cache-Control")).isEqualTo("no-store");
    assertThat(header(response, "X-Content-Type-Options")).isEqualTo("nosniff");
    JsonNode body = Serving.json(response.body());
    assertThat(body.path("type").asText()).isEqualTo("/problems/" + type);
    assertThat(body.path("status").asInt()).isEqualTo(status);
    assertThat(body.path("title").asText()).isNotEmpty();
    assertThat(body.path("detail").asText()).isNotEmpty();
    return body;
  }

  private static String header(HttpResponse<String> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  @Test
  void aPublishedRecordIsFoundUnderEveryFormOfItsKey() {
    HttpResponse<String> published = put(RECORD);
    assertThat(published.statusCode()).isEqualTo(201);
    assertThat(header(published, "Location")).isEqualTo("/v1/relays/" + Nip19.npub(Signed.ALICE));
    assertThat(Serving.json(published.body()).path("status").asText()).isEqualTo("accepted");
    PublicKey key = Signed.ALICE;
    List<String> forms =
        List.of(
            key.hex(),
            Nip19.npub(key),
            Nip19.nprofile(key, List.of("wss://relay.example")),
            Nip19.nprofile(key, List.of("wss://" + "r".repeat(240), "wss://" + "s".repeat(240))),
            URLEncoder.encode("wsn://" + Nip19.npub(key) + "@203.0.113.7:4848", UTF_8),
            URLEncoder.encode("wsn://" + key.hex() + "@[2001:db9::1]:4848/path", UTF_8));
    for (String form : forms) {
      HttpResponse<String> found = serving.get("/v1/relays/" + form);
      assertThat(found.statusCode()).as(form).isEqualTo(200);
      assertThat(header(found, "Content-Type")).isEqualTo("application/json");
      ResolutionJson.Claim claim = ResolutionJson.read(found.body().getBytes(UTF_8));
      assertThat(claim.event()).isEqualTo(RECORD.event());
      assertThat(Serving.json(found.body()).path("status").asText()).isEqualTo("found");
    }
  }

  @Test
  void thePolicyIsPassedOn() {
    serving.get(ALICE_PATH);
    serving.get(ALICE_PATH + "?policy=quorum&other=1");
    serving.get(ALICE_PATH + "?policy=fast");
    assertThat(serving.resolver.asked())
        .containsExactly(ResolvePolicy.FAST, ResolvePolicy.QUORUM, ResolvePolicy.FAST);
    problem(serving.get(ALICE_PATH + "?policy=FAST"), 400, "bad-policy");
    problem(serving.get(ALICE_PATH + "?policy=fast&policy=quorum"), 400, "bad-policy");
    problem(serving.get(ALICE_PATH + "?policy="), 400, "bad-policy");
  }

  @Test
  void aFoundRecordIsCacheableByItsEventId() {
    put(RECORD);
    HttpResponse<String> first = serving.get(ALICE_PATH);
    String tag = header(first, "ETag");
    assertThat(tag).isEqualTo("\"" + RECORD.event().id().hex() + "\"");
    assertThat(header(first, "Cache-Control")).isEqualTo("public, max-age=60");
    for (String known : List.of(tag, "W/" + tag, "\"x\" , " + tag, "*")) {
      HttpResponse<String> again = serving.get(ALICE_PATH, "If-None-Match", known);
      assertThat(again.statusCode()).as(known).isEqualTo(304);
      assertThat(again.body()).isEmpty();
      assertThat(header(again, "ETag")).isEqualTo(tag);
      assertThat(header(again, "Cache-Control")).isEqualTo("public, max-age=60");
    }
    assertThat(serving.get(ALICE_PATH, "If-None-Match", "\"other\"").statusCode()).isEqualTo(200);
    put(NEWER);
    assertThat(serving.get(ALICE_PATH, "If-None-Match", tag).statusCode()).isEqualTo(200);
  }

  @Test
  void noCacheKeepsARecordLongerThanItLives() {
    put(RECORD);
    serving.now.set(Signed.NOW.plus(Signed.LIFETIME).minusSeconds(310));
    assertThat(header(serving.get(ALICE_PATH), "Cache-Control")).isEqualTo("public, max-age=10");
    serving.now.set(Signed.NOW.plus(Signed.LIFETIME).minusSeconds(300));
    problem(serving.get(ALICE_PATH), 404, "key-unknown");
  }

  @Test
  void headHasTheHeadersOfGetAndNoBody() {
    put(RECORD);
    HttpResponse<String> get = serving.get(ALICE_PATH);
    HttpResponse<String> head = serving.send("HEAD", ALICE_PATH, "");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().map()).isEqualTo(get.headers().map());
    assertThat(header(head, "Content-Length"))
        .isEqualTo(Integer.toString(get.body().getBytes(UTF_8).length));
    assertThat(serving.send("HEAD", Serving.path(Signed.BOB), "").statusCode()).isEqualTo(404);
  }

  @Test
  void aWithdrawnKeyIsGoneWithTheSignedProof() {
    put(WITHDRAWAL);
    HttpResponse<String> gone = serving.get(ALICE_PATH);
    assertThat(gone.statusCode()).isEqualTo(410);
    assertThat(header(gone, "Content-Type")).isEqualTo("application/json");
    assertThat(header(gone, "ETag")).isEqualTo("\"" + WITHDRAWAL.event().id().hex() + "\"");
    assertThat(Serving.json(gone.body()).path("status").asText()).isEqualTo("withdrawn");
    assertThat(ResolutionJson.read(gone.body().getBytes(UTF_8)).event())
        .isEqualTo(WITHDRAWAL.event());
    HttpResponse<String> conditional =
        serving.get(ALICE_PATH, "If-None-Match", header(gone, "ETag"));
    assertThat(conditional.statusCode()).isEqualTo(410);
  }

  @Test
  void anUnknownKeyIsNotFoundWithEvidence() {
    JsonNode body = problem(serving.get(ALICE_PATH + "?policy=quorum"), 404, "key-unknown");
    assertThat(body.path("evidence").toString())
        .isEqualTo(
            "{\"policy\":\"quorum\",\"source\":\"local\",\"asked\":3,\"answered\":2,\"had\":0,"
                + "\"agreed\":0,\"conflicting\":0,\"hops\":1,\"elapsed_ms\":7}");
    assertThat(body.path("detail").asText())
        .isEqualTo("Of 3 nodes asked 2 answered, and none has a live record of this key.");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "npub1malformed",
        "abcd",
        "%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        "wsn%3A%2F%2Frelay.example%3A4848",
        "https%3A%2F%2Frelay.example",
        "%00%1b%5B31m",
        "nsec1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqstywftw"
      })
  void whatNamesNoKeyIsRefusedWithoutRepeatingIt(String text) {
    JsonNode body = problem(serving.get("/v1/relays/" + text), 400, "malformed-key");
    assertThat(body.toString()).doesNotContain("alert", "abcd", "[31m", "qyqszqgp");
  }

  @Test
  void aSecretKeyIsCalledOneAndNotRepeated() {
    String nsec = Nip19.nsec(Signed.ALICE_SECRET);
    JsonNode body = problem(serving.get("/v1/relays/" + nsec), 400, "malformed-key");
    assertThat(body.path("detail").asText()).contains("secret key");
    assertThat(body.toString()).doesNotContain(nsec.substring(6, 20));
  }

  @Test
  void brokenPercentEncodingIsAMalformedRequest() {
    for (String target : List.of("/v1/relays/%zz", "/v1/relays/a%2", "/v1/network?policy=%")) {
      String answer = serving.raw("GET " + target + " HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(answer)
          .startsWith("HTTP/1.1 400 ")
          .contains("application/problem+json", "/problems/malformed-request");
    }
  }

  @Test
  void publishingAgainIsKnownAndOlderIsAConflict() {
    assertThat(put(NEWER).statusCode()).isEqualTo(201);
    HttpResponse<String> again = put(NEWER);
    assertThat(again.statusCode()).isEqualTo(200);
    assertThat(Serving.json(again.body()).path("new").asBoolean(true)).isFalse();
    problem(put(RECORD), 409, "record-older-than-known");
    assertThat(serving.get(ALICE_PATH).body()).contains(NEWER.event().id().hex());
  }

  @Test
  void anEventOfAnotherKeyIsRefused() {
    HttpResponse<String> answer = serving.put(Signed.BOB, EventJson.write(RECORD.event()));
    problem(answer, 422, "key-mismatch");
    assertThat(serving.resolver.size()).isZero();
  }

  @Test
  void brokenRulesAreUnprocessableByTheNameOfTheRule() {
    NostrEvent event = RECORD.event();
    String json = new String(EventJson.write(event), UTF_8);
    String sig = event.signature().hex();
    String otherSig = NEWER.event().signature().hex();
    problem(serving.put(Signed.ALICE, json.replace(sig, otherSig)), 422, "record-bad-signature");
    problem(serving.put(Signed.ALICE, json.replace("113.7:", "113.8:")), 422, "record-bad-id");
    problem(serving.put(Signed.ALICE, json.replace(":11111,", ":1,")), 422, "record-wrong-kind");
    problem(
        serving.put(Signed.ALICE, json.replace("203.0.113.7", "127.0.0.1")),
        422,
        "record-private-address");
    problem(
        serving.put(Signed.ALICE, json.replace("203.0.113.7", "relay.example")),
        422,
        "record-bad-endpoint");
    problem(
        serving.put(Signed.ALICE, json.replace("clearnet", "clear\\ud800net")),
        422,
        "record-forbidden-character");
    serving.now.set(Signed.NOW.plus(Signed.LIFETIME));
    problem(put(RECORD), 422, "record-expired");
    serving.now.set(Signed.NOW.minus(Duration.ofMinutes(7)));
    problem(put(RECORD), 422, "record-from-the-future");
    assertThat(serving.resolver.size()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "{}", "[]", "not json", "{\"id\":1}", "{\"id\":\"1\",\"id\":\"2\"}"})
  void whatIsNoEventIsMalformed(String body) {
    problem(serving.put(Signed.ALICE, body), 400, "record-malformed");
  }

  @Test
  void deepNestingIsMalformed() {
    String deep = "{\"x\":" + "[".repeat(8000) + "]".repeat(8000) + "}";
    problem(serving.put(Signed.ALICE, deep), 400, "record-malformed");
  }

  @Test
  void aBodyOverTheLimitIsTooLargeAndTheConnectionGoesOn() {
    String json = new String(EventJson.write(RECORD.event()), UTF_8);
    String largest = json + " ".repeat(EventJson.MAX_BYTES - json.length());
    problem(serving.put(Signed.ALICE, largest + " "), 413, "body-too-large");
    problem(serving.put(Signed.ALICE, largest + " ".repeat(200_000)), 413, "body-too-large");
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
    problem(answer, 415, "unsupported-media-type");
  }

  @Test
  void aMissingMediaTypeIsUnsupportedAndParametersAreAllowed() {
    String json = new String(EventJson.write(RECORD.event()), UTF_8);
    problem(serving.send("PUT", ALICE_PATH, json), 415, "unsupported-media-type");
    String type = "Application/JSON; charset=utf-8";
    assertThat(serving.send("PUT", ALICE_PATH, json, "Content-Type", type).statusCode())
        .isEqualTo(201);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/json|404",
        "application/json;q=0.5|404",
        "application/*|404",
        "text/html, */*;q=0.1|404",
        "text/html|406",
        "application/json;q=0|406",
        "image/*|406"
      })
  void theAcceptHeaderIsHeeded(String accept, int status) {
    String type = status == 406 ? "not-acceptable" : "key-unknown";
    problem(serving.get(ALICE_PATH, "Accept", accept), status, type);
  }

  @Test
  void anUnreachableNetworkIsServiceUnavailable() {
    serving.resolver.network(InMemoryResolver.Network.UNREACHABLE);
    HttpResponse<String> answer = serving.get(ALICE_PATH);
    JsonNode body = problem(answer, 503, "dht-unreachable");
    assertThat(header(answer, "Retry-After")).isEqualTo("5");
    assertThat(body.path("detail").asText())
        .isEqualTo("no node answers; \u001b[31m\"check\" the <seed>");
    assertThat(answer.body()).doesNotContain("\u001b");
    problem(put(RECORD), 503, "dht-unreachable");
  }

  @Test
  void tooFewAcknowledgementsAreServiceUnavailableWithTheCounts() {
    serving.resolver.network(InMemoryResolver.Network.TOO_FEW);
    JsonNode body = problem(put(RECORD), 503, "too-few-acknowledgements");
    assertThat(body.path("acknowledged").asInt()).isEqualTo(1);
    assertThat(body.path("required").asInt()).isEqualTo(2);
    assertThat(body.path("refusals").toString()).isEqualTo("{\"full\":2}");
    assertThat(body.path("detail").asText())
        .isEqualTo("1 of at least 2 nodes took the record; 2 said full.");
  }

  @Test
  void aBugIsAnInternalErrorThatTellsNothing() {
    serving.resolver.network(InMemoryResolver.Network.BROKEN);
    HttpResponse<String> answer = serving.get(ALICE_PATH);
    problem(answer, 500, "internal");
    assertThat(answer.body()).doesNotContain("bug", "Exception", "java");
    problem(put(RECORD), 500, "internal");
    serving.resolver.network(InMemoryResolver.Network.FINE);
    assertThat(put(RECORD).statusCode()).isEqualTo(201);
  }

  @Test
  void theNetworkAndItsHealthAreTold() {
    HttpResponse<String> network = serving.get("/v1/network");
    assertThat(network.statusCode()).isEqualTo(200);
    assertThat(network.body())
        .isEqualTo(
            "{\"seed\":\"npub1x@127.0.0.1:1\",\"nodes\":7,\"reachable\":true,\"detail\":\"fine\"}");
    assertThat(serving.get("/health/live").body()).isEqualTo("{\"status\":\"live\"}");
    assertThat(serving.get("/health/ready").body()).isEqualTo("{\"status\":\"ready\"}");
    serving.status.set(new NetworkStatus("npub1x@127.0.0.1:1", 0, false, "nobody answers"));
    HttpResponse<String> ready = serving.get("/health/ready");
    JsonNode body = problem(ready, 503, "dht-unreachable");
    assertThat(body.path("detail").asText()).isEqualTo("nobody answers");
    assertThat(header(ready, "Retry-After")).isEqualTo("5");
    assertThat(serving.get("/health/live").statusCode()).isEqualTo(200);
    assertThat(serving.get("/v1/network").statusCode()).isEqualTo(200);
  }

  @Test
  void otherMethodsAreNotAllowedAndOtherPathsDoNotExist() {
    HttpResponse<String> deleted = serving.send("DELETE", ALICE_PATH, "");
    problem(deleted, 405, "method-not-allowed");
    assertThat(header(deleted, "Allow")).isEqualTo("GET, HEAD, PUT, OPTIONS");
    HttpResponse<String> posted = serving.send("POST", "/v1/network", "x");
    problem(posted, 405, "method-not-allowed");
    assertThat(header(posted, "Allow")).isEqualTo("GET, HEAD, OPTIONS");
    problem(serving.send("PUT", "/health/ready", "x"), 405, "method-not-allowed");
    for (String path : List.of("/", "/v1", "/v1/relays", "/v1/relays/", "/v1/relays/a/b", "/x")) {
      problem(serving.get(path), 404, "no-such-path");
    }
    problem(serving.get("/v1/relays/../../etc/passwd"), 404, "no-such-path");
  }

  @Test
  void browsersOfEveryOriginMayReadButNotPublish() {
    put(RECORD);
    HttpResponse<String> read = serving.get(ALICE_PATH, "Origin", "https://app.example");
    assertThat(header(read, "Access-Control-Allow-Origin")).isEqualTo("*");
    assertThat(header(read, "Access-Control-Expose-Headers")).contains("ETag");
    HttpResponse<String> missing = serving.get(Serving.path(Signed.BOB));
    assertThat(header(missing, "Access-Control-Allow-Origin")).isEqualTo("*");
    HttpResponse<String> preflight =
        serving.send(
            "OPTIONS",
            ALICE_PATH,
            "",
            "Origin",
            "https://app.example",
            "Access-Control-Request-Method",
            "PUT");
    assertThat(preflight.statusCode()).isEqualTo(204);
    assertThat(header(preflight, "Access-Control-Allow-Methods")).isEqualTo("GET, HEAD");
    assertThat(header(preflight, "Allow")).isEqualTo("GET, HEAD, PUT, OPTIONS");
    assertThat(header(put(NEWER), "Access-Control-Allow-Origin")).isEmpty();
  }

  @Test
  void aRecordWithPlainEndpointsKeepsTheirScheme() {
    Endpoint plain = Endpoint.parse("https://203.0.113.7:8443");
    AddressRecord signed = Signed.record(Signed.BOB_SECRET, Duration.ZERO, List.of(plain));
    assertThat(put(signed).statusCode()).isEqualTo(201);
    JsonNode endpoint =
        Serving.json(serving.get(Serving.path(Signed.BOB)).body()).path("endpoints").path(0);
    assertThat(endpoint.path("uri").asText()).isEqualTo("https://203.0.113.7:8443");
  }
}
