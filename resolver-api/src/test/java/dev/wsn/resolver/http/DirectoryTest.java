package dev.wsn.resolver.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.SecretKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.RecordRules;
import dev.wsn.record.Topic;
import dev.wsn.resolver.Signed;
import dev.wsn.resolver.client.ResolverClient;
import dev.wsn.resolver.directory.Directory;
import dev.wsn.resolver.directory.Listing;
import dev.wsn.resolver.directory.ListingFilter;
import dev.wsn.resolver.directory.RelayFacts;
import dev.wsn.resolver.directory.TopicIndex;
import dev.wsn.resolver.quota.Quotas;
import dev.wsn.resolver.quota.Rate;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** {@code GET /v1/directory}, with a network and relays that are in memory. */
class DirectoryTest {
  private static final Topic MUSIC = new Topic("music");

  /** Who announced itself, and what each says. */
  private static final class Town implements TopicIndex, RelayFacts {
    private final List<AddressRecord> announced = new ArrayList<>();
    private final Map<PublicKey, RelayFacts.Answer> says = new ConcurrentHashMap<>();
    private final AtomicInteger listed = new AtomicInteger();
    private final AtomicInteger asked = new AtomicInteger();
    private volatile boolean isOffline;

    @Override
    public CompletionStage<TopicIndex.Answer> list(Topic topic) {
      listed.incrementAndGet();
      return CompletableFuture.completedFuture(
          isOffline
              ? new TopicIndex.Unreachable("no node of the DHT answers")
              : new TopicIndex.Announced(announced, 20, 20));
    }

    @Override
    public CompletionStage<RelayFacts.Answer> ask(AddressRecord addressRecord) {
      asked.incrementAndGet();
      return CompletableFuture.completedFuture(
          says.getOrDefault(addressRecord.pubkey(), new RelayFacts.Silent()));
    }

    AddressRecord relay(SecretKey secret, String address, String document) {
      AddressRecord record = announcement(secret, List.of(Endpoint.parse(address)), MUSIC);
      announced.add(record);
      says.put(record.pubkey(), new RelayFacts.Live(document.getBytes(UTF_8)));
      return record;
    }
  }

  private final Town town = new Town();

  private static AddressRecord announcement(
      SecretKey secret, List<Endpoint> endpoints, Topic... topics) {
    return announcement(secret, endpoints, Duration.ofMinutes(1), topics);
  }

  private static AddressRecord announcement(
      SecretKey secret, List<Endpoint> endpoints, Duration age, Topic... topics) {
    long createdAt = Signed.NOW.minus(age).getEpochSecond();
    return Signed.RULES.sign(
        secret, endpoints, List.of(topics), createdAt, Signed.LIFETIME, new byte[32]);
  }

  private Serving serving() {
    return new Serving(Serving.Setup.defaults().with(town, town));
  }

  private static JsonNode relays(Serving serving, String query) {
    HttpResponse<String> response = serving.get("/v1/directory?topic=music" + query);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return Serving.json(response.body()).path("relays");
  }

  @Test
  void liveRelaysAreListedWithWhatTheySay() {
    AddressRecord jazz =
        town.relay(
            Signed.ALICE_SECRET,
            "203.0.113.7:4848",
            "{\"name\":\"Jazz\",\"software\":\"strfry\",\"supported_nips\":[1,11],"
                + "\"limitation\":{\"auth_required\":true},"
                + "\"fees\":{\"admission\":[{\"amount\":1,\"unit\":\"sats\"}]},"
                + "\"relay_countries\":[\"DE\"]}");
    town.relay(Signed.BOB_SECRET, "[2001:db8::7]:4848", "no JSON");
    AddressRecord silent =
        announcement(Signed.CAROL_SECRET, List.of(Endpoint.parse("203.0.113.9:4848")), MUSIC);
    town.announced.add(silent);
    try (Serving serving = serving()) {
      HttpResponse<String> response = serving.get("/v1/directory?topic=music");
      assertThat(Serving.header(response, "Cache-Control")).isEqualTo("public, max-age=30");
      JsonNode body = Serving.json(response.body());
      assertThat(body.path("announced").asInt()).isEqualTo(3);
      assertThat(body.path("silent").asInt()).isEqualTo(1);
      assertThat(body.path("relays")).hasSize(2);
      JsonNode first = body.path("relays").path(0);
      assertThat(first.path("pubkey").asText()).isEqualTo(jazz.pubkey().hex());
      assertThat(first.path("live").asBoolean()).isTrue();
      assertThat(first.path("event").path("id").asText()).isEqualTo(jazz.event().id().hex());
      JsonNode claims = first.path("claims");
      assertThat(claims.path("name").asText()).isEqualTo("Jazz");
      assertThat(claims.path("limitation").path("auth_required").asBoolean()).isTrue();
      assertThat(claims.path("fees").path("admission").path(0).path("amount").asInt()).isEqualTo(1);
      assertThat(body.path("relays").path(1).path("claims")).isEmpty();

      assertThat(relays(serving, "&network=ipv4")).hasSize(1);
      assertThat(relays(serving, "&network=ipv6")).hasSize(1);
      assertThat(relays(serving, "&network=tor")).isEmpty();
      assertThat(relays(serving, "&q=JAZZ%20de")).hasSize(1);
      assertThat(relays(serving, "&q=rock")).isEmpty();
      assertThat(town.listed).as("listings are remembered").hasValue(1);
      assertThat(town.asked).hasValue(3);

      serving.sleep(Directory.FRESH.plusSeconds(1));
      assertThat(relays(serving, "")).hasSize(2);
      assertThat(town.listed).hasValue(2);
      assertThat(town.asked).as("only who was silent is asked again").hasValue(4);
    }
  }

  @Test
  void whereARelayIsByNowCounts() {
    town.relay(Signed.ALICE_SECRET, "203.0.113.7:4848", "{}");
    town.relay(Signed.BOB_SECRET, "203.0.113.8:4848", "{}");
    town.relay(Signed.CAROL_SECRET, "203.0.113.9:4848", "{}");
    Endpoint elsewhere = Endpoint.parse("198.51.100.1:4848");
    try (Serving serving = serving()) {
      assertThat(serving.put(announcement(Signed.ALICE_SECRET, List.of(), Duration.ZERO, MUSIC)))
          .matches(response -> response.statusCode() == 201);
      assertThat(serving.put(announcement(Signed.BOB_SECRET, List.of(elsewhere), Duration.ZERO)))
          .matches(response -> response.statusCode() == 201);
      AddressRecord moved =
          announcement(Signed.CAROL_SECRET, List.of(elsewhere), Duration.ZERO, MUSIC);
      serving.put(moved);
      JsonNode relays = relays(serving, "");
      assertThat(relays).as("one is withdrawn, one left the topic").hasSize(1);
      assertThat(relays.path(0).path("event").path("id").asText())
          .isEqualTo(moved.event().id().hex());
    }
  }

  @Test
  void badQuestionsAreRefused() {
    try (Serving serving = serving()) {
      for (String query :
          List.of("", "?topic=", "?topic=Music", "?topic=a--b", "?topic=a&topic=b", "?topic=%00")) {
        Serving.problem(serving.get("/v1/directory" + query), 400, "bad-topic");
      }
      String long101 = "x".repeat(101);
      for (String query : List.of("&q=" + long101, "&q=a&q=b", "&network=moon", "&network=")) {
        Serving.problem(serving.get("/v1/directory?topic=music" + query), 400, "bad-filter");
      }
      town.isOffline = true;
      Serving.problem(serving.get("/v1/directory?topic=music"), 503, "dht-unreachable");
      Serving.problem(
          serving.send("DELETE", "/v1/directory?topic=music", ""), 405, "method-not-allowed");
    }
  }

  @Test
  void topicsThatNobodyAskedForCostLookups() {
    Rate free = Rate.unlimited();
    Quotas.Rates rates = new Quotas.Rates(free, new Rate(1, 2 * DirectoryRoute.LOOKUPS), free);
    try (Serving serving = new Serving(Serving.Setup.defaults().with(town, town).with(rates))) {
      assertThat(serving.get("/v1/directory?topic=a").statusCode()).isEqualTo(200);
      assertThat(serving.get("/v1/directory?topic=a").statusCode()).isEqualTo(200);
      assertThat(serving.get("/v1/directory?topic=b").statusCode()).isEqualTo(200);
      Serving.problem(serving.get("/v1/directory?topic=c"), 429, "rate-limited");
      assertThat(serving.get("/v1/directory?topic=b").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void clientsVerifyWhatIsListed() throws Exception {
    AddressRecord jazz = town.relay(Signed.ALICE_SECRET, "203.0.113.7:4848", "{\"name\":\"Jazz\"}");
    ListingFilter all = ListingFilter.of("", ListingFilter.Network.ANY).orElseThrow();
    try (Serving serving = serving()) {
      RecordRules rules = Signed.RULES;
      ResolverClient client = new ResolverClient(serving.uri(""), rules, serving.now::get);
      List<Listing.Relay> relays = get(client.directory(MUSIC, all));
      assertThat(relays).hasSize(1);
      assertThat(relays.get(0).addressRecord()).isEqualTo(jazz);
      assertThat(relays.get(0).claims().name()).isEqualTo("Jazz");
      assertThat(get(client.directory(new Topic("chess"), all)))
          .as("a record that does not have the topic")
          .isEmpty();
      town.isOffline = true;
      CompletionStage<List<Listing.Relay>> failed = client.directory(new Topic("new"), all);
      assertThat(failed.toCompletableFuture())
          .failsWithin(Duration.ofSeconds(20))
          .withThrowableOfType(ExecutionException.class)
          .withCauseInstanceOf(Directory.UnreachableException.class);
    }
  }

  private static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }
}
