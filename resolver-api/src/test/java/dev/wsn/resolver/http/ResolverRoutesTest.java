package dev.wsn.resolver.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.resolver.InMemoryResolver;
import dev.wsn.resolver.ResolutionJson;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.Signed;
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

  @Test
  void aPublishedRecordIsFoundUnderEveryFormOfItsKey() {
    HttpResponse<String> published = serving.put(RECORD);
    assertThat(published.statusCode()).isEqualTo(201);
    assertThat(Serving.header(published, "Location"))
        .isEqualTo("/v1/relays/" + Nip19.npub(Signed.ALICE));
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
      assertThat(Serving.header(found, "Content-Type")).isEqualTo("application/json");
      ResolutionJson.Claim claim = ResolutionJson.read(found.body().getBytes(UTF_8));
      assertThat(claim.event()).isEqualTo(RECORD.event());
      assertThat(Serving.json(found.body()).path("status").asText()).isEqualTo("found");
    }
  }

  @Test
  void thePolicyIsPassedOn() {
    serving.get(ALICE_PATH);
    serving.get(ALICE_PATH + "?policy=quorum&other=1");
    serving.sleep(Duration.ofSeconds(6));
    serving.get(ALICE_PATH + "?policy=fast");
    assertThat(serving.resolver.asked())
        .containsExactly(ResolvePolicy.FAST, ResolvePolicy.QUORUM, ResolvePolicy.FAST);
    Serving.problem(serving.get(ALICE_PATH + "?policy=FAST"), 400, "bad-policy");
    Serving.problem(serving.get(ALICE_PATH + "?policy=fast&policy=quorum"), 400, "bad-policy");
    Serving.problem(serving.get(ALICE_PATH + "?policy="), 400, "bad-policy");
  }

  @Test
  void aFoundRecordIsCacheableByItsEventId() {
    serving.put(RECORD);
    HttpResponse<String> first = serving.get(ALICE_PATH);
    String tag = Serving.header(first, "ETag");
    assertThat(tag).isEqualTo("\"" + RECORD.event().id().hex() + "\"");
    assertThat(Serving.header(first, "Cache-Control"))
        .isEqualTo("public, max-age=60, stale-while-revalidate=60");
    for (String known : List.of(tag, "W/" + tag, "\"x\" , " + tag, "*")) {
      HttpResponse<String> again = serving.get(ALICE_PATH, "If-None-Match", known);
      assertThat(again.statusCode()).as(known).isEqualTo(304);
      assertThat(again.body()).isEmpty();
      assertThat(again.headers().map()).doesNotContainKeys("content-length", "content-type");
      assertThat(Serving.header(again, "ETag")).isEqualTo(tag);
      assertThat(Serving.header(again, "Cache-Control"))
          .isEqualTo("public, max-age=60, stale-while-revalidate=60");
    }
    assertThat(serving.get(ALICE_PATH, "If-None-Match", "\"other\"").statusCode()).isEqualTo(200);
    serving.put(NEWER);
    assertThat(serving.get(ALICE_PATH, "If-None-Match", tag).statusCode()).isEqualTo(200);
  }

  @Test
  void noCacheKeepsARecordLongerThanItLives() {
    serving.put(RECORD);
    serving.now.set(Signed.NOW.plus(Signed.LIFETIME).minusSeconds(310));
    assertThat(Serving.header(serving.get(ALICE_PATH), "Cache-Control"))
        .isEqualTo("public, max-age=10");
    serving.now.set(Signed.NOW.plus(Signed.LIFETIME).minusSeconds(300));
    Serving.problem(serving.get(ALICE_PATH), 404, "key-unknown");
  }

  @Test
  void headHasTheHeadersOfGetAndNoBody() {
    serving.put(RECORD);
    HttpResponse<String> get = serving.get(ALICE_PATH);
    HttpResponse<String> head = serving.send("HEAD", ALICE_PATH, "");
    assertThat(head.statusCode()).isEqualTo(200);
    assertThat(head.body()).isEmpty();
    assertThat(head.headers().map()).isEqualTo(get.headers().map());
    assertThat(Serving.header(head, "Content-Length"))
        .isEqualTo(Integer.toString(get.body().getBytes(UTF_8).length));
    assertThat(serving.send("HEAD", Serving.path(Signed.BOB), "").statusCode()).isEqualTo(404);
  }

  @Test
  void aWithdrawnKeyIsGoneWithTheSignedProof() {
    serving.put(WITHDRAWAL);
    HttpResponse<String> gone = serving.get(ALICE_PATH);
    assertThat(gone.statusCode()).isEqualTo(410);
    assertThat(Serving.header(gone, "Content-Type")).isEqualTo("application/json");
    assertThat(Serving.header(gone, "ETag")).isEqualTo("\"" + WITHDRAWAL.event().id().hex() + "\"");
    assertThat(Serving.json(gone.body()).path("status").asText()).isEqualTo("withdrawn");
    assertThat(ResolutionJson.read(gone.body().getBytes(UTF_8)).event())
        .isEqualTo(WITHDRAWAL.event());
    HttpResponse<String> conditional =
        serving.get(ALICE_PATH, "If-None-Match", Serving.header(gone, "ETag"));
    assertThat(conditional.statusCode()).isEqualTo(410);
  }

  @Test
  void anUnknownKeyIsNotFoundWithEvidence() {
    JsonNode body = Serving.problem(serving.get(ALICE_PATH + "?policy=quorum"), 404, "key-unknown");
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
    JsonNode body = Serving.problem(serving.get("/v1/relays/" + text), 400, "malformed-key");
    assertThat(body.toString()).doesNotContain("alert", "abcd", "[31m", "qyqszqgp");
  }

  @Test
  void aSecretKeyIsCalledOneAndNotRepeated() {
    String nsec = Nip19.nsec(Signed.ALICE_SECRET);
    JsonNode body = Serving.problem(serving.get("/v1/relays/" + nsec), 400, "malformed-key");
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
    Serving.problem(serving.get(ALICE_PATH, "Accept", accept), status, type);
  }

  @Test
  void anUnreachableNetworkIsServiceUnavailable() {
    serving.resolver.network(InMemoryResolver.Network.UNREACHABLE);
    HttpResponse<String> answer = serving.get(ALICE_PATH);
    JsonNode body = Serving.problem(answer, 503, "dht-unreachable");
    assertThat(Serving.header(answer, "Retry-After")).isEqualTo("5");
    assertThat(body.path("detail").asText())
        .isEqualTo("no node answers; \u001b[31m\"check\" the <seed>");
    assertThat(answer.body()).doesNotContain("\u001b");
    Serving.problem(serving.put(RECORD), 503, "dht-unreachable");
  }

  @Test
  void aBugIsAnInternalErrorThatTellsNothing() {
    serving.resolver.network(InMemoryResolver.Network.BROKEN);
    HttpResponse<String> answer = serving.get(ALICE_PATH);
    Serving.problem(answer, 500, "internal");
    assertThat(answer.body()).doesNotContain("bug", "Exception", "java");
    Serving.problem(serving.put(RECORD), 500, "internal");
    serving.resolver.network(InMemoryResolver.Network.FINE);
    assertThat(serving.put(RECORD).statusCode()).isEqualTo(201);
  }

  @Test
  void theNetworkAndItsHealthAreTold() {
    HttpResponse<String> network = serving.get("/v1/network");
    assertThat(network.statusCode()).isEqualTo(200);
    assertThat(network.body())
        .isEqualTo(
            """
            {"seed":"npub1x@127.0.0.1:1","nodes":7,"reachable":true,"detail":"fine",\
            "estimated_nodes":812,"ipv4":{"contacts":7,"answering":7,"estimated_nodes":800,\
            "external":"203.0.113.7:4848","reachable_unasked":true,"by_shared_bits":[7]},\
            "ipv6":{"contacts":0,"answering":0,"reachable_unasked":true,"by_shared_bits":[]},\
            "seeds":["npub1y@203.0.113.8:4848"]}\
            """);
    assertThat(serving.get("/health/live").body()).isEqualTo("{\"status\":\"live\"}");
    assertThat(serving.get("/health/ready").body()).isEqualTo("{\"status\":\"ready\"}");
    serving.status.set(Serving.network(0, false, "nobody answers"));
    HttpResponse<String> ready = serving.get("/health/ready");
    JsonNode body = Serving.problem(ready, 503, "dht-unreachable");
    assertThat(body.path("detail").asText()).isEqualTo("nobody answers");
    assertThat(Serving.header(ready, "Retry-After")).isEqualTo("5");
    assertThat(serving.get("/health/live").statusCode()).isEqualTo(200);
    assertThat(serving.get("/v1/network").statusCode()).isEqualTo(200);
  }

  @Test
  void otherMethodsAreNotAllowedAndOtherPathsDoNotExist() {
    HttpResponse<String> deleted = serving.send("DELETE", ALICE_PATH, "");
    Serving.problem(deleted, 405, "method-not-allowed");
    assertThat(Serving.header(deleted, "Allow")).isEqualTo("GET, HEAD, PUT, OPTIONS");
    HttpResponse<String> posted = serving.send("POST", "/v1/network", "x");
    Serving.problem(posted, 405, "method-not-allowed");
    assertThat(Serving.header(posted, "Allow")).isEqualTo("GET, HEAD, OPTIONS");
    Serving.problem(serving.send("PUT", "/health/ready", "x"), 405, "method-not-allowed");
    for (String path : List.of("/v1", "/v1/relays", "/v1/relays/", "/v1/relays/a/b", "/x")) {
      Serving.problem(serving.get(path), 404, "no-such-path");
    }
    Serving.problem(serving.get("/v1/relays/../../etc/passwd"), 404, "no-such-path");
  }

  @Test
  void browsersOfEveryOriginMayReadButNotPublish() {
    serving.put(RECORD);
    HttpResponse<String> read = serving.get(ALICE_PATH, "Origin", "https://app.example");
    assertThat(Serving.header(read, "Access-Control-Allow-Origin")).isEqualTo("*");
    assertThat(Serving.header(read, "Access-Control-Expose-Headers")).contains("ETag");
    HttpResponse<String> missing = serving.get(Serving.path(Signed.BOB));
    assertThat(Serving.header(missing, "Access-Control-Allow-Origin")).isEqualTo("*");
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
    assertThat(preflight.headers().map()).doesNotContainKey("content-length");
    assertThat(Serving.header(preflight, "Access-Control-Allow-Methods")).isEqualTo("GET, HEAD");
    assertThat(Serving.header(preflight, "Allow")).isEqualTo("GET, HEAD, PUT, OPTIONS");
    assertThat(Serving.header(serving.put(NEWER), "Access-Control-Allow-Origin")).isEmpty();
  }

  @Test
  void aRecordWithPlainEndpointsKeepsTheirScheme() {
    Endpoint plain = Endpoint.parse("https://203.0.113.7:8443");
    AddressRecord signed = Signed.record(Signed.BOB_SECRET, Duration.ZERO, List.of(plain));
    assertThat(serving.put(signed).statusCode()).isEqualTo(201);
    JsonNode endpoint =
        Serving.json(serving.get(Serving.path(Signed.BOB)).body()).path("endpoints").path(0);
    assertThat(endpoint.path("uri").asText()).isEqualTo("https://203.0.113.7:8443");
  }
}
