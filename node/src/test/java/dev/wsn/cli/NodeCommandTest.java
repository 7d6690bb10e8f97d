package dev.wsn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wsn.crypto.Nip19;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class NodeCommandTest {
  private static final long PAUSE_NANOS = 20_000_000;

  private static JsonNode network(String http) throws IOException {
    try (InputStream in = URI.create(http + "/v1/network").toURL().openStream()) {
      return new ObjectMapper().readTree(in);
    }
  }

  @Test
  void firstLineIsTheSeedThatTheResolverNamesToo(@TempDir Path directory) throws IOException {
    RecordedHost machine = new RecordedHost();
    String[] arguments = {
      "node",
      "--local",
      "--listen",
      "127.0.0.1:0",
      "--http",
      "127.0.0.1:0",
      "--data",
      directory.toString()
    };
    try (RecordedHost.Running node = machine.start(arguments)) {
      String http = node.line("http ");
      String first = machine.out().lines().findFirst().orElseThrow();
      assertThat(first).matches("seed npub1[0-9a-z]{58}@127\\.0\\.0\\.1:[0-9]+");
      assertThat(network(http).get("seed").asText()).isEqualTo(first.substring("seed ".length()));
    }
  }

  @Test
  void identityAndNeighboursSurviveARestart(@TempDir Path directory) throws IOException {
    try (CliNetwork network = new CliNetwork(directory)) {
      String[] arguments = {
        "node",
        "--local",
        "--listen",
        "127.0.0.1:0",
        "--http",
        "127.0.0.1:0",
        "--data",
        directory.resolve("third").toString()
      };
      String key;
      String[] joining = Arrays.copyOf(arguments, arguments.length + 2);
      joining[arguments.length] = "--seed";
      joining[arguments.length + 1] = network.seed();
      try (RecordedHost.Running node = new RecordedHost().start(joining)) {
        key = node.line("seed ").substring(0, Nip19.KEY_CHARS);
        awaitNodes(node.line("http "));
      }
      try (RecordedHost.Running node = new RecordedHost().start(arguments)) {
        assertThat(node.line("seed ")).startsWith(key);
        awaitNodes(node.line("http "));
      }
    }
  }

  /** Waits until a node knows both others; the timeout of the test ends the wait. */
  private static void awaitNodes(String http) throws IOException {
    while (network(http).get("nodes").asInt() < 2) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  @Test
  void configurationFileHasTheNamesOfTheOptions(@TempDir Path directory) throws IOException {
    try (CliNetwork network = new CliNetwork(directory)) {
      Path file = directory.resolve("node.yml");
      List<String> lines =
          List.of(
              "# comment",
              "listen: 127.0.0.1:0",
              "http: 127.0.0.1:0",
              "data: " + directory.resolve("configured"),
              "local: true",
              "seed:",
              "  - " + network.seed());
      Files.write(file, lines);
      RecordedHost machine = new RecordedHost();
      try (RecordedHost.Running node = machine.start("node", "--config", file.toString())) {
        awaitNodes(node.line("http "));
      }
      assertThat(directory.resolve("configured").resolve("node.key")).exists();
    }
  }

  @Test
  void commandLineWinsOverTheConfigurationFile(@TempDir Path directory) throws IOException {
    Path file = directory.resolve("node.yml");
    Files.write(file, List.of("listen: 127.0.0.1:0", "http: 203.0.113.1:1", "local: true"));
    RecordedHost machine = new RecordedHost();
    String[] arguments = {
      "node", "--config=" + file, "--http", "127.0.0.1:0", "--data", directory.toString()
    };
    try (RecordedHost.Running node = machine.start(arguments)) {
      assertThat(node.line("http ")).startsWith("http://127.0.0.1:");
    }
  }
}
