package dev.wsn.resolver.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.wsn.record.AddressRecord;
import dev.wsn.resolver.InMemoryResolver;
import dev.wsn.resolver.Signed;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a resolver remembers, and what it tells caches on the way, over a real connection. */
final class CachingTest {
  private static final AddressRecord RECORD =
      Signed.record(Signed.ALICE_SECRET, Duration.ofMinutes(5), "203.0.113.7:4848");
  private static final AddressRecord NEWER =
      Signed.record(Signed.ALICE_SECRET, Duration.ofMinutes(1), "203.0.113.9:4848");
  private static final String ALICE = Serving.path(Signed.ALICE);

  private final Serving serving = new Serving();

  @AfterEach
  void stop() {
    serving.close();
  }

  private static String source(HttpResponse<String> response) {
    return Serving.json(response.body()).path("evidence").path("source").asText();
  }

  @Test
  void aFoundKeyIsServedFromMemoryForAMinute() {
    serving.resolver.rollBackTo(RECORD);
    HttpResponse<String> first = serving.get(ALICE);
    assertThat(Serving.header(first, "Age")).isEqualTo("0");
    assertThat(source(first)).isEqualTo("local");
    serving.sleep(Duration.ofSeconds(59));
    HttpResponse<String> later = serving.get(ALICE);
    assertThat(source(later)).isEqualTo("cache");
    assertThat(Serving.header(later, "Age")).isEqualTo("59");
    assertThat(Serving.header(later, "Cache-Control"))
        .isEqualTo("public, max-age=60, stale-while-revalidate=60");
    assertThat(serving.resolver.asked()).hasSize(1);
    serving.sleep(Duration.ofSeconds(1));
    assertThat(source(serving.get(ALICE))).isEqualTo("local");
    assertThat(serving.resolver.asked()).hasSize(2);
  }

  @Test
  void aTraceAsksAgainAndTellsThePath() {
    serving.resolver.rollBackTo(RECORD);
    assertThat(serving.get(ALICE).body()).doesNotContain("\"path\"");
    HttpResponse<String> traced =
        serving.get(
            ALICE + "?trace=true", "If-None-Match", "\"" + RECORD.event().id().hex() + "\"");
    assertThat(traced.statusCode()).isEqualTo(200);
    assertThat(Serving.header(traced, "Cache-Control")).isEqualTo("no-store");
    JsonNode path = Serving.json(traced.body()).path("evidence").path("path");
    assertThat(path).hasSize(2);
    assertThat(path.path(1).path("named_by").asText()).isEqualTo("0a1b2c3d");
    assertThat(traced.body()).contains("203.0.113.0/24").doesNotContain("203.0.113.9");
    assertThat(serving.resolver.asked()).hasSize(2);
    assertThat(serving.get(ALICE).body()).as("what is remembered").doesNotContain("\"path\"");
    assertThat(serving.get(ALICE + "?policy=quorum").body()).doesNotContain("\"path\"");

    serving.resolver.rollBackTo(Signed.record(Signed.ALICE_SECRET, Duration.ZERO));
    HttpResponse<String> withdrawn = serving.get(ALICE + "?trace=true&policy=quorum");
    assertThat(withdrawn.statusCode()).isEqualTo(410);
    assertThat(withdrawn.body()).contains("\"path\"");
    JsonNode unknown =
        Serving.problem(serving.get(Serving.path(Signed.BOB) + "?trace=true"), 404, "key-unknown");
    assertThat(unknown.path("evidence").path("path")).hasSize(2);
    assertThat(serving.get(Serving.path(Signed.BOB)).body()).doesNotContain("\"path\"");
    Serving.problem(serving.get(ALICE + "?trace=yes"), 400, "bad-trace");
  }

  @Test
  void quorumAsksAgainAndRefreshesWhatIsRemembered() {
    serving.resolver.rollBackTo(RECORD);
    serving.get(ALICE);
    serving.resolver.rollBackTo(NEWER);
    assertThat(serving.get(ALICE + "?policy=quorum").body()).contains(NEWER.event().id().hex());
    assertThat(serving.get(ALICE).body()).contains(NEWER.event().id().hex());
    assertThat(serving.resolver.asked()).hasSize(2);
  }

  @Test
  void aStaleAnswerIsServedOnlyToWhoAsksForOneAndMarked() {
    serving.resolver.rollBackTo(RECORD);
    serving.get(ALICE);
    serving.resolver.network(InMemoryResolver.Network.UNREACHABLE);
    serving.sleep(Duration.ofMinutes(2));
    Serving.problem(serving.get(ALICE), 503, "dht-unreachable");
    HttpResponse<String> stale = serving.get(ALICE + "?policy=cache");
    assertThat(stale.statusCode()).isEqualTo(200);
    assertThat(source(stale)).isEqualTo("stale");
    assertThat(Serving.header(stale, "Age")).isEqualTo("120");
    assertThat(Serving.header(stale, "Cache-Control")).isEqualTo("no-store");
    serving.now.set(Signed.NOW.plus(Signed.LIFETIME));
    Serving.problem(serving.get(ALICE + "?policy=cache"), 404, "not-cached");
  }

  @Test
  void onlyWhatIsRememberedIsAskedOfTheCache() {
    serving.resolver.rollBackTo(RECORD);
    Serving.problem(serving.get(ALICE + "?policy=cache"), 404, "not-cached");
    assertThat(serving.resolver.asked()).isEmpty();
  }

  @Test
  void anOlderRecordNeverComesBack() {
    assertThat(serving.put(NEWER).statusCode()).isEqualTo(201);
    serving.resolver.rollBackTo(RECORD);
    serving.sleep(Duration.ofMinutes(2));
    assertThat(serving.get(ALICE).body()).contains(NEWER.event().id().hex());
    assertThat(serving.get(ALICE + "?policy=quorum").body()).contains(NEWER.event().id().hex());
    serving.now.set(Signed.NOW.plus(Signed.LIFETIME).minusSeconds(30));
    AddressRecord longLived =
        Signed.RULES.sign(
            Signed.ALICE_SECRET,
            RECORD.endpoints(),
            RECORD.createdAt(),
            Duration.ofHours(20),
            new byte[32]);
    serving.resolver.rollBackTo(longLived);
    Serving.problem(serving.get(ALICE), 502, "untrusted");
  }

  @Test
  void notFoundIsRememberedForSecondsAndEndsWithAPublication() {
    Serving.problem(serving.get(ALICE), 404, "key-unknown");
    Serving.problem(serving.get(ALICE), 404, "key-unknown");
    assertThat(serving.resolver.asked()).hasSize(1);
    serving.put(RECORD);
    HttpResponse<String> found = serving.get(ALICE);
    assertThat(found.statusCode()).isEqualTo(200);
    assertThat(source(found)).isEqualTo("cache");
    Serving.problem(serving.get(Serving.path(Signed.BOB)), 404, "key-unknown");
    serving.sleep(Duration.ofSeconds(6));
    Serving.problem(serving.get(Serving.path(Signed.BOB)), 404, "key-unknown");
    assertThat(serving.resolver.asked()).hasSize(3);
  }

  @Test
  void whoHasTheRecordSinceItsTimeIsNotSentItAgain() {
    serving.resolver.rollBackTo(RECORD);
    String modified = Serving.header(serving.get(ALICE), "Last-Modified");
    assertThat(modified).isEqualTo("Mon, 21 Sep 2026 14:08:20 GMT");
    assertThat(serving.get(ALICE, "If-Modified-Since", modified).statusCode()).isEqualTo(304);
    assertThat(
            serving.get(ALICE, "If-Modified-Since", "Mon, 21 Sep 2026 14:08:19 GMT").statusCode())
        .isEqualTo(200);
    assertThat(serving.get(ALICE, "If-Modified-Since", "yesterday").statusCode()).isEqualTo(200);
    assertThat(
            serving
                .get(ALICE, "If-Modified-Since", modified, "If-None-Match", "\"other\"")
                .statusCode())
        .isEqualTo(200);
  }
}
