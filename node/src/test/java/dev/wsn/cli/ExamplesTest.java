package dev.wsn.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.file.Path;
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

  @Test
  void watchKeyTellsWhereAKeyIsUntilItIsWithdrawn(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("relay.key");
    RecordedHost machine = new RecordedHost();
    assertThat(machine.run("keygen", "--out", file.toString(), "--json")).isZero();
    String npub = new ObjectMapper().readTree(machine.out()).get("npub").asText();
    String key = file.toString();
    try (CliNetwork network = new CliNetwork(directory)) {
      String url = network.resolver();
      run("publish", "--key", key, "--endpoint", "127.0.0.1:1001", "--local", "--resolver", url);
      Process example =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  EXAMPLES.resolve("WatchKey.java").toString(),
                  npub,
                  "http://127.0.0.1:1",
                  url)
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
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
