package dev.wsn.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.IpPort;
import dev.wsn.record.RecordRules;
import dev.wsn.resolver.EventJson;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The programs of one file in docs/examples, run as their users run them. */
class ExamplesTest {
  private static final Path EXAMPLES = Path.of("..", "docs", "examples");

  private static String line(BufferedReader out) throws Exception {
    return CompletableFuture.supplyAsync(
            () -> {
              try {
                return String.valueOf(out.readLine());
              } catch (IOException broken) {
                throw new UncheckedIOException(broken);
              }
            })
        .get(60, TimeUnit.SECONDS);
  }

  private static void run(String... arguments) {
    RecordedHost machine = new RecordedHost();
    assertThat(machine.run(arguments)).as(machine.err()).isZero();
  }

  private static Process start(String file, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(EXAMPLES.resolve(file).toString());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }

  private static AddressRecord sign(SecretKey secret, Duration age, int port) {
    RecordRules rules = new RecordRules(Secp256k1.preferred(), true);
    return rules.sign(
        secret,
        List.of(Endpoint.of(IpPort.parse("127.0.0.1:" + port).orElseThrow(), Endpoint.WSN)),
        Instant.now().minus(age).getEpochSecond(),
        Duration.ofHours(2),
        new byte[Secp256k1.AUXILIARY_RANDOM_BYTES]);
  }

  /** Publishes a record and gives what the resolver then answers. */
  private static byte[] publish(String resolver, AddressRecord signed) throws Exception {
    URI uri = URI.create(resolver + "/v1/relays/" + signed.pubkey().hex());
    HttpClient http = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    HttpRequest put =
        HttpRequest.newBuilder(uri)
            .header("Content-Type", "application/json")
            .PUT(HttpRequest.BodyPublishers.ofByteArray(EventJson.write(signed.event())))
            .build();
    assertThat(http.send(put, HttpResponse.BodyHandlers.ofString()).statusCode()).isEqualTo(201);
    return http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofByteArray())
        .body();
  }

  @Test
  void crossCheckFindsTheRightRecordAndNamesWhoServesTheOldOne(@TempDir Path directory)
      throws Exception {
    try (CliNetwork network = new CliNetwork(directory);
        SecretKey secret = SecretKey.generate(new SecureRandom())) {
      String honest = network.resolver();
      AddressRecord old = sign(secret, Duration.ofMinutes(20), 1001);
      byte[] oldAnswer = publish(honest, old);
      byte[] unused = publish(honest, sign(secret, Duration.ofMinutes(10), 1002));
      HttpServer liar =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      liar.createContext(
          "/",
          exchange -> {
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, oldAnswer.length);
            exchange.getResponseBody().write(oldAnswer);
            exchange.close();
          });
      liar.start();
      String lying = "http://127.0.0.1:" + liar.getAddress().getPort();
      String dead = "http://127.0.0.1:1";
      Process example = start("CrossCheck.java", Nip19.npub(old.pubkey()), dead, honest, lying);
      try (BufferedReader out =
          new BufferedReader(new InputStreamReader(example.getInputStream(), UTF_8))) {
        assertThat(line(out)).isEqualTo("first: found 127.0.0.1:1002");
        assertThat(line(out)).isEqualTo("newest: found 127.0.0.1:1002");
        assertThat(line(out)).isEqualTo("accused: " + lying + " SERVES_OLD");
        assertThat(line(out)).isEqualTo(dead + ": Unreachable");
        assertThat(line(out)).isEqualTo(honest + ": found 127.0.0.1:1002");
        assertThat(line(out)).isEqualTo(lying + ": Untrusted");
        assertThat(example.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(example.exitValue()).isZero();
      } finally {
        example.destroyForcibly();
        liar.stop(0);
      }
    }
  }

  @Test
  void watchKeyTellsWhereAKeyIsUntilItIsWithdrawn(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("relay.key");
    String npub = RecordedHost.keygen(file);
    String key = file.toString();
    try (CliNetwork network = new CliNetwork(directory)) {
      String url = network.resolver();
      run("publish", "--key", key, "--endpoint", "127.0.0.1:1001", "--local", "--resolver", url);
      Process example = start("WatchKey.java", npub, "http://127.0.0.1:1", url);
      try (BufferedReader out =
          new BufferedReader(new InputStreamReader(example.getInputStream(), UTF_8))) {
        assertThat(line(out)).isEqualTo("found 127.0.0.1:1001");
        run("publish", "--key", key, "--endpoint", "127.0.0.1:1002", "--local", "--resolver", url);
        assertThat(line(out)).isEqualTo("found 127.0.0.1:1002");
        run("withdraw", "--key", key, "--resolver", url);
        assertThat(line(out)).isEqualTo("withdrawn");
        assertThat(example.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(example.exitValue()).isZero();
      } finally {
        example.destroyForcibly();
      }
    }
  }
}
