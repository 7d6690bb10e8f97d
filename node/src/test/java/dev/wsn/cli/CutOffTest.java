package dev.wsn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.IpPort;
import dev.wsn.record.RecordRules;
import dev.wsn.resolver.EventJson;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A resolver whose DHT is gone: real nodes over sockets, and then all others are stopped. The time
 * that has to pass is skipped.
 */
@Timeout(180)
class CutOffTest {
  private static final RecordRules RULES = new RecordRules(Secp256k1.preferred(), true);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final RecordedHost machine = new RecordedHost();
  private String resolver = "";

  private static AddressRecord record(int port) {
    SecretKey secret = SecretKey.generate(new SecureRandom());
    Endpoint endpoint = Endpoint.of(IpPort.parse("127.0.0.1:" + port).orElseThrow(), Endpoint.WSN);
    return RULES.sign(
        secret,
        List.of(endpoint),
        Instant.now().getEpochSecond(),
        Duration.ofHours(2),
        new byte[Secp256k1.AUXILIARY_RANDOM_BYTES]);
  }

  private static String path(AddressRecord signed) {
    return "/v1/relays/" + Nip19.npub(signed.pubkey());
  }

  private HttpResponse<String> send(HttpRequest.Builder request, String url) {
    try {
      return http.send(request.uri(URI.create(url)).build(), BodyHandlers.ofString());
    } catch (IOException | InterruptedException failure) {
      throw new AssertionError(failure);
    }
  }

  private HttpResponse<String> get(String path) {
    return send(HttpRequest.newBuilder(), resolver + path);
  }

  private HttpResponse<String> put(AddressRecord signed, String at) {
    return send(
        HttpRequest.newBuilder()
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofByteArray(EventJson.write(signed.event()))),
        at + path(signed));
  }

  private static JsonNode json(HttpResponse<String> response) {
    try {
      return new ObjectMapper().readTree(response.body());
    } catch (IOException notJson) {
      throw new AssertionError(response.body(), notJson);
    }
  }

  private static String source(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return json(response).at("/evidence/source").asText();
  }

  private static String header(HttpResponse<String> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  private static void assertUnreachable(HttpResponse<String> response) {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(503);
    assertThat(json(response).at("/type").asText()).endsWith("/dht-unreachable");
    assertThat(header(response, "Retry-After")).isNotEmpty();
    assertThat(header(response, "Cache-Control")).isEqualTo("no-store");
  }

  /** Waits until readiness has this status; the timeout of the test ends the wait. */
  private void awaitReady(int status) {
    while (get("/health/ready").statusCode() != status) {
      LockSupport.parkNanos(20_000_000);
    }
  }

  private static String[] node(Path data, String seed) {
    String any = "127.0.0.1:0";
    return "node --local --listen %s --http %s --data %s --seed %s"
        .formatted(any, any, data, seed)
        .split(" ", -1);
  }

  @Test
  void whatWasAcknowledgedIsServedAsFarAsItMayBeAndNothingElseIsPromised(@TempDir Path directory) {
    AddressRecord published = record(1001);
    AddressRecord refused = record(1002);
    AddressRecord unasked = record(1003);
    Path data = directory.resolve("third");
    CliNetwork network = new CliNetwork(directory);
    try (RecordedHost.Running third = machine.start(node(data, network.seed()))) {
      resolver = third.line("http ");
      awaitReady(200);
      assertThat(put(published, resolver).statusCode()).isEqualTo(201);
      assertThat(put(unasked, network.resolver()).statusCode()).isEqualTo(201);
      assertThat(source(get(path(published)))).isEqualTo("cache");

      network.close();
      machine.skip(Duration.ofSeconds(25));
      awaitReady(503);
      HttpResponse<String> ready = get("/health/ready");
      assertUnreachable(ready);
      assertThat(get("/health/live").statusCode()).isEqualTo(200);
      HttpResponse<String> fresh = get(path(published));
      assertThat(source(fresh)).as("not a minute old").isEqualTo("cache");
      assertThat(Integer.parseInt(header(fresh, "Age"))).isBetween(25, 59);

      machine.skip(Duration.ofSeconds(60));
      assertUnreachable(get(path(published)));
      assertUnreachable(get(path(published) + "?policy=quorum"));
      assertUnreachable(get(path(unasked)));
      HttpResponse<String> stale = get(path(published) + "?policy=cache");
      assertThat(source(stale)).isEqualTo("stale");
      assertThat(Integer.parseInt(header(stale, "Age"))).isGreaterThanOrEqualTo(85);
      assertThat(header(stale, "Cache-Control")).isEqualTo("no-store");

      assertUnreachable(put(refused, resolver));
      assertThat(get(path(refused) + "?policy=cache").statusCode()).isEqualTo(404);

      // Others come back, with another one that was never there.
      String seed = third.line("seed ");
      try (RecordedHost.Running again =
              new RecordedHost().start(node(directory.resolve("first"), seed));
          RecordedHost.Running other =
              new RecordedHost().start(node(directory.resolve("fourth"), seed))) {
        assertThat(other.line("http ")).isNotEmpty();
        awaitReady(200);
        assertThat(json(get(path(published) + "?policy=quorum")).at("/event/id").asText())
            .isEqualTo(published.event().id().hex());
        assertThat(json(get(path(unasked) + "?policy=quorum")).at("/event/id").asText())
            .isEqualTo(unasked.event().id().hex());
        assertThat(put(refused, again.line("http ")).statusCode()).isEqualTo(201);
      }
    }
  }
}
