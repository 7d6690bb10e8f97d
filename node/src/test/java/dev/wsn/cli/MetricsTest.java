package dev.wsn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What an operator sees of a node and of a relay that publishes through it. */
@Timeout(180)
class MetricsTest {
  private static final long PAUSE_NANOS = 20_000_000;
  private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");
  private static final Pattern DOCUMENTED = Pattern.compile("\\| `(wsn_\\w+)` \\| (\\w+) \\|");

  private static CliNetwork network;
  private static RecordedHost.Running node;
  private static RecordedHost.Running relay;
  private static String ofNode;
  private static String ofRelay;
  private static String npub;

  @BeforeAll
  static void start(@TempDir Path directory) throws IOException {
    network = new CliNetwork(directory);
    String any = "127.0.0.1:0";
    String ofTheNode =
        "node --local --listen %s --http %s --dns %s --metrics %s --seed %s --data %s"
            .formatted(any, any, any, any, network.seed(), directory.resolve("third"));
    node = new RecordedHost().start(ofTheNode.split(" ", -1));
    ofNode = root(node.line("metrics "));
    Path key = directory.resolve("relay.key");
    RecordedHost keygen = new RecordedHost();
    assertThat(keygen.run("keygen", "--out", key.toString(), "--json")).isZero();
    npub = new ObjectMapper().readTree(keygen.out()).get("npub").asText();
    String ofTheRelay =
        "relay --local --key %s --backend ws://127.0.0.1:9 --listen %s --metrics %s --seed %s"
            .concat(" --advertise 127.0.0.1:4848")
            .formatted(key, any, any, network.seed());
    relay = new RecordedHost().start(ofTheRelay.split(" ", -1));
    ofRelay = root(relay.line("metrics "));
    RecordedHost asking = new RecordedHost();
    assertThat(asking.run("resolve", npub, "--resolver", node.line("http "))).isZero();
  }

  private static String root(String url) {
    return url.substring(0, url.length() - "/metrics".length());
  }

  @AfterAll
  static void stop() {
    relay.close();
    node.close();
    network.close();
  }

  private record Answer(int status, String type, String body) {}

  private static Answer ask(String method, String url) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
    connection.setRequestMethod(method);
    int status = connection.getResponseCode();
    try (var in = status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      String body = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new Answer(status, String.valueOf(connection.getContentType()), body);
    }
  }

  private static Map<String, String> families(String text) {
    Map<String, String> families = new TreeMap<>();
    Matcher lines = TYPE.matcher(text);
    while (lines.find()) {
      families.put(lines.group(1), lines.group(2));
    }
    families.keySet().removeIf(name -> !name.startsWith("wsn_"));
    return families;
  }

  private static double value(String text, String sample) {
    return text.lines()
        .filter(line -> line.startsWith(sample + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(sample.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError(sample + " is missing"));
  }

  @Test
  void everyFamilyIsDocumentedAndEveryDocumentedOneIsThere() throws IOException {
    Map<String, String> shown = families(ask("GET", ofNode + "/metrics").body());
    shown.putAll(families(ask("GET", ofRelay + "/metrics").body()));
    Map<String, String> documented = new TreeMap<>();
    Matcher lines = DOCUMENTED.matcher(Files.readString(Path.of("..", "docs", "METRICS.md")));
    while (lines.find()) {
      documented.put(lines.group(1), lines.group(2));
    }
    assertThat(documented).isEqualTo(shown);
  }

  @Test
  void namesAndLabelsFollowTheConventionsAndNameNobody() throws IOException {
    for (String root : List.of(ofNode, ofRelay)) {
      String text = ask("GET", root + "/metrics").body();
      assertThat(text).doesNotContain("npub1", "127.0.0.1").doesNotContainPattern("[0-9a-f]{64}");
      assertThat(text.lines().filter(line -> !line.startsWith("#")).count()).isLessThan(2_000);
      families(text)
          .forEach(
              (name, type) -> {
                assertThat(name).matches("[a-z][a-z0-9_]*").doesNotContain("millis");
                assertThat(name.endsWith("_total")).as(name).isEqualTo(type.equals("counter"));
              });
    }
  }

  @Test
  void lookupOfTheRelayWasCounted() throws IOException {
    String text = ask("GET", ofNode + "/metrics").body();
    assertThat(value(text, "wsn_lookups_total{kind=\"read\",result=\"found\"}")).isPositive();
    assertThat(value(text, "wsn_lookup_duration_seconds_count{kind=\"read\"}")).isPositive();
    assertThat(value(text, "wsn_resolver_requests_total{face=\"http\",status=\"200\"}"))
        .isPositive();
    assertThat(value(text, "wsn_datagrams_received_total")).isPositive();
    assertThat(value(text, "wsn_contacts")).isGreaterThanOrEqualTo(2);
    assertThat(value(text, "wsn_disk_free_bytes")).isPositive();
    assertThat(text).contains("wsn_event_loop_lag_seconds{loop=\"udp\"}", "jvm_memory_used_bytes");
  }

  @Test
  void publisherTellsWhenItsRecordExpires() throws IOException {
    String text = ask("GET", ofRelay + "/metrics").body();
    double created = value(text, "wsn_publisher_record_created_timestamp_seconds");
    double expiry = value(text, "wsn_publisher_record_expiry_timestamp_seconds");
    assertThat(expiry - created).isEqualTo(7_200);
    assertThat(value(text, "wsn_publications_total{result=\"accepted\"}")).isEqualTo(1);
    assertThat(value(text, "wsn_publication_acknowledgements")).isPositive();
  }

  @Test
  void healthIsAnsweredWithTheReason() throws IOException {
    assertThat(ask("GET", ofNode + "/health/live").status()).isEqualTo(200);
    Answer ready = ask("GET", ofNode + "/health/ready");
    while (ready.status() != 200) {
      LockSupport.parkNanos(PAUSE_NANOS);
      ready = ask("GET", ofNode + "/health/ready");
    }
    assertThat(ready.body()).contains("nodes known");
    assertThat(ask("GET", ofRelay + "/health/ready").body()).contains("published, for another");
  }

  @Test
  void statusIsOneObject() throws IOException {
    JsonNode ofTheNode = new ObjectMapper().readTree(ask("GET", ofNode + "/status").body());
    assertThat(ofTheNode.get("contacts").asInt()).isGreaterThanOrEqualTo(2);
    assertThat(ofTheNode.get("peers").size()).isGreaterThanOrEqualTo(2);
    assertThat(ofTheNode.at("/lookups/read/found").asInt()).isPositive();
    JsonNode ofTheRelay = new ObjectMapper().readTree(ask("GET", ofRelay + "/status").body());
    assertThat(ofTheRelay.at("/relay/npub").asText()).isEqualTo(npub);
    assertThat(ofTheRelay.at("/relay/endpoints/0").asText()).contains("127.0.0.1:4848");
  }

  @Test
  void facesCacheAndChannelsAreCounted() throws IOException {
    String resolver = node.line("http ");
    ask("GET", resolver + "/v1/relays/" + npub);
    ask("GET", resolver + "/v1/relays/" + npub);
    ask("GET", resolver + "/dns-query?dns=AAABAAABAAAAAAAAA3d3dwdleGFtcGxlA2NvbQAAAQAB");
    String text = ask("GET", ofNode + "/metrics").body();
    assertThat(value(text, "wsn_resolver_cache_hits_total")).isPositive();
    assertThat(value(text, "wsn_resolver_cache_misses_total")).isPositive();
    assertThat(value(text, "wsn_resolver_cache_entries")).isPositive();
    assertThat(
            text.lines()
                .filter(line -> line.startsWith("wsn_resolver_requests_total{face=\"doh\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
                .sum())
        .isPositive();
    assertThat(text)
        .contains("wsn_records_evicted_total{reason=\"largest_subnet\"}")
        .contains("wsn_resolver_requests_total{face=\"nostr\",status=\"101\"}")
        .contains("wsn_resolver_dns_questions_total{result=\"answered\"}");
  }

  @Test
  void onlyReadingIsAnswered() throws IOException {
    assertThat(ask("POST", ofNode + "/metrics").status()).isEqualTo(405);
    assertThat(ask("HEAD", ofNode + "/metrics"))
        .satisfies(
            answer -> {
              assertThat(answer.status()).isEqualTo(200);
              assertThat(answer.type()).startsWith("text/plain; version=0.0.4");
              assertThat(answer.body()).isEmpty();
            });
    assertThat(ask("GET", ofNode + "/nothing").status()).isEqualTo(404);
  }
}
