package dev.wsn.resolver.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.wsn.record.AddressRecord;
import dev.wsn.resolver.EventJson;
import dev.wsn.resolver.InMemoryResolver;
import dev.wsn.resolver.Signed;
import dev.wsn.resolver.quota.Limit;
import dev.wsn.resolver.quota.Quotas;
import dev.wsn.resolver.quota.Rate;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The resolver as a Nostr relay, over real WebSockets. */
final class NostrTest {
  private static final AddressRecord RECORD =
      Signed.record(Signed.ALICE_SECRET, Duration.ofMinutes(5), "203.0.113.7:4848");
  private static final AddressRecord NEWER =
      Signed.record(Signed.ALICE_SECRET, Duration.ofMinutes(1), "203.0.113.9:4848");
  private static final AddressRecord OF_BOB =
      Signed.record(Signed.BOB_SECRET, Duration.ofMinutes(2), "203.0.113.8:4848");
  private static final String ALICE =
      "{\"kinds\":[11111],\"authors\":[\"%s\"]}".formatted(Signed.ALICE.hex());

  private Serving serving = new Serving();

  @AfterEach
  void stop() {
    serving.close();
  }

  /** One client. */
  private final class Client implements WebSocket.Listener, AutoCloseable {
    private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    private final StringBuilder partial = new StringBuilder();
    private final WebSocket socket;

    Client() {
      URI uri = URI.create("ws://127.0.0.1:" + serving.listening().port() + "/");
      socket = HttpClient.newHttpClient().newWebSocketBuilder().buildAsync(uri, this).join();
    }

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean isLast) {
      partial.append(data);
      if (isLast) {
        heard.add(partial.toString());
        partial.setLength(0);
      }
      from.request(1);
      return CompletableFuture.completedFuture(isLast);
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int status, String reason) {
      heard.add("closed " + status);
      return CompletableFuture.completedFuture(status);
    }

    void say(String text) {
      socket.sendText(text, true).join();
    }

    String hear() {
      try {
        String text = heard.poll(20, TimeUnit.SECONDS);
        assertThat(text).as("something is said").isNotNull();
        return text;
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    JsonNode hearJson() {
      return Serving.json(hear());
    }

    void hears(AddressRecord expected, String subscription) {
      JsonNode message = hearJson();
      assertThat(message.path(0).asText()).isEqualTo("EVENT");
      assertThat(message.path(1).asText()).isEqualTo(subscription);
      assertThat(message.path(2).path("id").asText()).isEqualTo(expected.event().id().hex());
    }

    @Override
    public void close() {
      socket.abort();
    }
  }

  private static String event(AddressRecord signed) {
    return "[\"EVENT\"," + new String(EventJson.write(signed.event()), UTF_8) + "]";
  }

  @Test
  void publishesAndResolvesAndHearsWhatChanges() {
    try (Client owner = new Client();
        Client asker = new Client()) {
      owner.say(event(RECORD));
      assertThat(owner.hear())
          .isEqualTo("[\"OK\",\"" + RECORD.event().id().hex() + "\",true,\"\"]");
      asker.say("[\"REQ\",\"a\"," + ALICE + "]");
      asker.hears(RECORD, "a");
      assertThat(asker.hear()).isEqualTo("[\"EOSE\",\"a\"]");
      owner.say(event(NEWER));
      assertThat(owner.hearJson().path(2).asBoolean()).isTrue();
      asker.hears(NEWER, "a");
      owner.say(event(NEWER));
      assertThat(owner.hear()).endsWith("true,\"duplicate: this record is known\"]");
      owner.say(event(RECORD));
      assertThat(owner.hear()).contains("false,\"invalid: ");
      asker.say("[\"CLOSE\",\"a\"]");
      asker.say("[\"REQ\",\"b\"," + ALICE + "]");
      asker.hears(NEWER, "b");
      assertThat(asker.hear()).isEqualTo("[\"EOSE\",\"b\"]");
      assertThat(serving.changes.watchers()).isEqualTo(1);
    }
    while (serving.changes.watchers() > 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void whatTheDhtHasIsFoundAndExpiredIsNot() {
    serving.resolver.rollBackTo(RECORD);
    try (Client client = new Client()) {
      client.say("[\"REQ\",\"x\"," + ALICE + "]");
      client.hears(RECORD, "x");
      assertThat(client.hear()).isEqualTo("[\"EOSE\",\"x\"]");
      serving.now.set(Signed.NOW.plus(Signed.LIFETIME));
      client.say("[\"REQ\",\"y\"," + ALICE + "]");
      assertThat(client.hear()).isEqualTo("[\"EOSE\",\"y\"]");
    }
  }

  @Test
  void withoutAuthorsItIsAboutWhatIsRemembered() {
    serving.put(RECORD);
    serving.put(OF_BOB);
    try (Client client = new Client()) {
      client.say("[\"REQ\",\"all\",{\"kinds\":[11111]}]");
      client.hears(OF_BOB, "all");
      client.hears(RECORD, "all");
      assertThat(client.hear()).isEqualTo("[\"EOSE\",\"all\"]");
      serving.put(NEWER);
      client.hears(NEWER, "all");
      client.say("[\"REQ\",\"one\",{\"ids\":[\"" + OF_BOB.event().id().hex() + "\"]}]");
      client.hears(OF_BOB, "one");
      assertThat(client.hear()).isEqualTo("[\"EOSE\",\"one\"]");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"kinds\":[1]} | 0",
        "{\"limit\":0} | 0",
        "{\"since\":1789999800,\"until\":1789999900} | 1",
        "{\"#e\":[\"x\"]} | 0",
        "{\"authors\":[]} | 0",
      })
  void filtersAreHeeded(String filter, int found) {
    serving.put(NEWER);
    serving.put(OF_BOB);
    try (Client client = new Client()) {
      client.say("[\"REQ\",\"f\"," + filter + "]");
      for (int i = 0; i < found; i++) {
        assertThat(client.hear()).startsWith("[\"EVENT\",\"f\"");
      }
      assertThat(client.hear()).isEqualTo("[\"EOSE\",\"f\"]");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "hello | NOTICE | invalid: ",
        "{} | NOTICE | invalid: ",
        "[] | NOTICE | error: ",
        "[\"REQ\"] | NOTICE | invalid: ",
        "[\"REQ\",\"a\",{\"search\":\"x\"}] | NOTICE | invalid: ",
        "[\"REQ\",\"a\",{\"authors\":[\"abc\"]}] | NOTICE | invalid: ",
        "[\"AUTH\",\"a\"] | NOTICE | error: ",
        "[\"EVENT\",{}] | NOTICE | invalid: ",
      })
  void whatIsNotUnderstoodIsSaid(String text, String verb, String sentence) {
    try (Client client = new Client()) {
      client.say(text);
      JsonNode answer = client.hearJson();
      assertThat(answer.path(0).asText()).isEqualTo(verb);
      assertThat(answer.path(1).asText()).startsWith(sentence);
      client.say("[\"REQ\",\"still\"," + ALICE + "]");
      assertThat(client.hear()).isEqualTo("[\"EOSE\",\"still\"]");
    }
  }

  @Test
  void anOutageIsAnErrorAndAnotherKindIsBlocked() {
    serving.resolver.network(InMemoryResolver.Network.UNREACHABLE);
    try (Client client = new Client()) {
      client.say(event(RECORD));
      assertThat(client.hear()).contains("false,\"error: ");
      client.say(event(RECORD).replace("\"kind\":11111", "\"kind\":1"));
      assertThat(client.hear()).contains("false,\"blocked: ");
      client.say(event(RECORD).replace("203.0.113.7", "203.0.113.6"));
      assertThat(client.hear()).contains("false,\"invalid: ");
    }
  }

  @Test
  void quotasBindNostrClientsToo() {
    serving.close();
    Rate free = Rate.unlimited();
    serving =
        new Serving(
            Serving.Setup.defaults().with(new Quotas.Rates(free, new Rate(1, 1), new Rate(1, 1))));
    try (Client client = new Client()) {
      client.say(event(RECORD));
      assertThat(client.hear()).contains("true,");
      client.say(event(OF_BOB));
      assertThat(client.hear()).contains("false,\"rate-limited: ");
      client.say("[\"REQ\",\"a\"," + ALICE.replace(Signed.ALICE.hex(), Signed.BOB.hex()) + "]");
      assertThat(client.hear()).isEqualTo("[\"EOSE\",\"a\"]");
      client.say("[\"REQ\",\"b\"," + ALICE.replace(Signed.ALICE.hex(), Signed.CAROL.hex()) + "]");
      assertThat(client.hear()).startsWith("[\"CLOSED\",\"b\",\"rate-limited: ");
      assertThat(serving.refused.of(Limit.PUBLICATIONS)).isEqualTo(1);
      assertThat(serving.refused.of(Limit.LOOKUPS)).isEqualTo(1);
    }
  }

  @Test
  void whoGoesOnTalkingNonsenseIsCutOff() {
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    try (Client client = new Client()) {
      for (int i = 0; i < 100; i++) {
        client.say("[".repeat(random.nextInt(1, 50)) + random.nextInt());
      }
      String last = "";
      while (!last.startsWith("closed")) {
        last = client.hear();
      }
      assertThat(last).isEqualTo("closed 1008");
    }
    assertThat(serving.get("/health/live").statusCode()).isEqualTo(200);
  }

  @Test
  void theInformationDocumentIsAtTheSameAddress() {
    HttpResponse<String> document = serving.get("/", "Accept", "application/nostr+json");
    assertThat(document.statusCode()).isEqualTo(200);
    assertThat(Serving.header(document, "Content-Type")).isEqualTo("application/nostr+json");
    assertThat(Serving.header(document, "Access-Control-Allow-Origin")).isEqualTo("*");
    JsonNode json = Serving.json(document.body());
    assertThat(json.path("supported_nips").toString()).isEqualTo("[1,11,40]");
    assertThat(json.path("limitation").path("max_message_length").asInt()).isEqualTo(65_536);
  }
}
