package dev.wsn.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wsn.node.SecretFile;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Publish, resolve and withdraw, through the DHT and over HTTP, as a person types them. */
class PublishAndResolveTest extends NetworkTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private RecordedHost publish(RecordedHost machine, int port, String... where) {
    String[] arguments = {
      "publish",
      "--key",
      key.toString(),
      "--endpoint",
      "127.0.0.1:" + port,
      "--local",
      where[0],
      where[1]
    };
    assertThat(machine.run(arguments)).as(machine.err()).isEqualTo(ExitCode.DONE);
    return machine;
  }

  private RecordedHost resolve(int exitCode, String... more) {
    RecordedHost machine = new RecordedHost();
    String[] arguments = new String[more.length + 2];
    arguments[0] = "resolve";
    arguments[1] = npub;
    System.arraycopy(more, 0, arguments, 2, more.length);
    assertThat(machine.run(arguments)).as(machine.err()).isEqualTo(exitCode);
    return machine;
  }

  @Test
  void aPublicationSaysHowManyNodesListItsTopics() throws IOException {
    RecordedHost machine = new RecordedHost();
    assertThat(
            machine.run(
                "publish",
                "--key",
                key.toString(),
                "--endpoint",
                "127.0.0.1:7001",
                "--local",
                "--topic",
                "music",
                "--json",
                "--resolver",
                network.resolver()))
        .as(machine.err())
        .isEqualTo(ExitCode.DONE);
    assertThat(JSON.readTree(machine.out()).path("announced").asInt()).isPositive();
    assertThat(machine.err()).contains("list its topics");
  }

  @Test
  void whatIsPublishedThroughTheDhtIsResolvedOverHttpAndViceVersa() {
    publish(new RecordedHost(), 7001, "--seed", network.seed());
    assertThat(resolve(ExitCode.DONE, "--resolver", network.resolver()).out())
        .isEqualTo("wsn://" + npub + "@127.0.0.1:7001\n");

    publish(new RecordedHost(), 7002, "--resolver", network.resolver());
    assertThat(resolve(ExitCode.DONE, "--seed", network.seed(), "--policy", "quorum").out())
        .isEqualTo("wsn://" + npub + "@127.0.0.1:7002\n");
  }

  @Test
  void traceDrawsWhomTheLookupAskedThroughTheDhtAndThroughAResolver() {
    publish(new RecordedHost(), 7001, "--resolver", network.resolver());
    for (String[] way :
        new String[][] {{"--seed", network.seed()}, {"--resolver", network.resolver()}}) {
      RecordedHost asked = resolve(ExitCode.DONE, "--trace", "--policy", "quorum", way[0], way[1]);
      assertThat(asked.out()).contains(":7001").doesNotContain("SHARED BITS");
      assertThat(asked.err())
          .containsPattern("NODE +ADDRESS +HOP +SHARED BITS +TIME +SAID")
          .containsPattern("[0-9a-f]{8} +127\\.0\\.0\\.\\S+ +1 +[0-9]+ .*the record");
    }
    RecordedHost sameByItsOtherName = new RecordedHost();
    assertThat(sameByItsOtherName.run("lookup", npub, "--seed", network.seed(), "--trace"))
        .isZero();
    assertThat(sameByItsOtherName.err()).contains("SHARED BITS");
  }

  @Test
  void traceOfAKeyThatNobodyHasIsDrawnToo() {
    RecordedHost asked = resolve(ExitCode.NOT_FOUND, "--trace", "--resolver", network.resolver());
    assertThat(asked.err()).contains("closer nodes").contains("nobody has a live record");
  }

  @Test
  void jsonIsOneObjectAndTheBodyOfTheResolver() throws Exception {
    publish(new RecordedHost(), 7001, "--seed", network.seed());
    RecordedHost machine =
        resolve(ExitCode.DONE, "--resolver", network.resolver(), "--json", "--policy", "secure");
    JsonNode printed = JSON.readTree(machine.out());
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(
                        URI.create(network.resolver() + "/v1/relays/" + npub + "?policy=secure"))
                    .build(),
                BodyHandlers.ofString());
    JsonNode body = JSON.readTree(response.body());

    assertThat(machine.out().lines()).hasSize(1);
    assertThat(printed.at("/evidence/policy").asText()).isEqualTo("secure");
    assertThat(printed.fieldNames()).toIterable().containsExactlyElementsOf(body::fieldNames);
    for (String name : new String[] {"pubkey", "npub", "status", "endpoints", "event"}) {
      assertThat(printed.get(name)).isEqualTo(body.get(name));
    }
    assertThat(printed.get("evidence").fieldNames())
        .toIterable()
        .containsExactly(
            "policy",
            "source",
            "asked",
            "answered",
            "had",
            "agreed",
            "conflicting",
            "hops",
            "elapsed_ms");
  }

  @Test
  void withdrawnKeyIsNotFoundAndSaysSo() throws Exception {
    publish(new RecordedHost(), 7001, "--seed", network.seed());
    RecordedHost machine = new RecordedHost();
    assertThat(machine.run("withdraw", "--key", key.toString(), "--seed", network.seed())).isZero();

    RecordedHost asked = resolve(ExitCode.NOT_FOUND, "--resolver", network.resolver(), "--json");
    assertThat(JSON.readTree(asked.out()).get("status").asText()).isEqualTo("withdrawn");
    assertThat(asked.err()).contains("withdrew its address");
  }

  @Test
  void unknownKeyIsOneJsonObjectToo() throws Exception {
    RecordedHost asked = resolve(ExitCode.NOT_FOUND, "--resolver", network.resolver(), "--json");
    assertThat(JSON.readTree(asked.out()).get("status").asText()).isEqualTo("not_found");
  }

  @Test
  void publishingTwiceWithinOneSecondKeepsTheSecond() {
    for (int port = 7001; port < 7006; port++) {
      publish(new RecordedHost(), port, "--resolver", network.resolver());
      assertThat(resolve(ExitCode.DONE, "--seed", network.seed(), "--policy", "quorum").out())
          .contains(":" + port);
    }
  }

  @Test
  void clockThatWasSetBackALittleStillPublishes() {
    publish(new RecordedHost(), 7001, "--resolver", network.resolver());
    publish(
        RecordedHost.withClockAhead(Duration.ofSeconds(-30)),
        7002,
        "--resolver",
        network.resolver());
    assertThat(resolve(ExitCode.DONE, "--resolver", network.resolver()).out()).contains(":7002");
  }

  @Test
  void recordOlderThanTheKnownOneIsRefused() {
    publish(new RecordedHost(), 7001, "--resolver", network.resolver());
    RecordedHost machine = RecordedHost.withClockAhead(Duration.ofMinutes(-10));
    String[] arguments = {
      "publish",
      "--key",
      key.toString(),
      "--endpoint",
      "127.0.0.1:7002",
      "--local",
      "--resolver",
      network.resolver()
    };
    assertThat(machine.run(arguments)).isEqualTo(ExitCode.REFUSED);
    assertThat(machine.err()).contains("older than known");
  }

  @Test
  void recordFromTheFutureIsRefused() throws Exception {
    RecordedHost machine = RecordedHost.withClockAhead(Duration.ofMinutes(10));
    String[] arguments = {
      "publish",
      "--key",
      key.toString(),
      "--endpoint",
      "127.0.0.1:7002",
      "--local",
      "--json",
      "--resolver",
      network.resolver()
    };
    assertThat(machine.run(arguments)).isEqualTo(ExitCode.REFUSED);
    assertThat(machine.err()).contains("from the future").contains("set the signer's clock");
    assertThat(JSON.readTree(machine.out()).get("status").asText()).isEqualTo("refused");
  }

  @Test
  void encryptedKeyOpensWithTheTypedPassword(@TempDir Path directory) throws IOException {
    Path password = directory.resolve("password");
    assertThat(SecretFile.create(password, "open sesame".getBytes(UTF_8), new SecureRandom()))
        .isTrue();
    key = directory.resolve("locked");
    String[] make = {"keygen", "--out", key.toString(), "--password-file", password.toString()};
    assertThat(new RecordedHost().run(make)).isZero();
    publish(RecordedHost.withPassword("open sesame"), 7001, "--resolver", network.resolver());
  }
}
