package dev.wsn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.PublicKey;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The runnable jar as a process: what packaging can break and no test of classes can see. */
@Timeout(180)
class JarIT {
  private static final long PAUSE_NANOS = 50_000_000;
  private static final long EXIT_SECONDS = 60;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path directory;
  private final List<Process> processes = new ArrayList<>();

  JarIT(@TempDir Path directory) {
    this.directory = directory;
  }

  @AfterEach
  void endProcesses() {
    processes.forEach(Process::destroyForcibly);
  }

  private static Path jar() {
    return Path.of(System.getProperty("wsn.jar", "target/wsn.jar")).toAbsolutePath();
  }

  private Path temporary() {
    return directory.resolve("temporary");
  }

  /** A process whose streams go to files, so that none of them blocks it. */
  private final class Wsn {
    private final Process process;
    private final Path out;
    private final Path err;

    Wsn(String name, String... arguments) throws IOException {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      if (Runtime.version().feature() >= 24) {
        command.add("--enable-native-access=ALL-UNNAMED");
      }
      command.add("-Djava.io.tmpdir=" + Files.createDirectories(temporary()));
      command.addAll(List.of("-jar", jar().toString()));
      command.addAll(List.of(arguments));
      out = directory.resolve(name + ".out");
      err = directory.resolve(name + ".err");
      process =
          new ProcessBuilder(command)
              .directory(directory.toFile())
              .redirectOutput(out.toFile())
              .redirectError(err.toFile())
              .start();
      processes.add(process);
    }

    /** The rest of the first line with this prefix, as soon as it is there. */
    String line(String prefix) throws IOException {
      while (true) {
        List<String> lines = Files.readAllLines(out, StandardCharsets.UTF_8);
        for (String line : lines) {
          if (line.startsWith(prefix)) {
            return line.substring(prefix.length());
          }
        }
        assertThat(process.isAlive()).as(Files.readString(err)).isTrue();
        LockSupport.parkNanos(PAUSE_NANOS);
      }
    }

    int exitCode() throws InterruptedException {
      assertThat(process.waitFor(EXIT_SECONDS, TimeUnit.SECONDS)).isTrue();
      return process.exitValue();
    }

    String out() throws IOException {
      return Files.readString(out);
    }

    String err() throws IOException {
      return Files.readString(err);
    }
  }

  private Wsn node(String name, String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of("node", "--local", "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"));
    arguments.addAll(List.of("--data", directory.resolve(name).toString()));
    arguments.addAll(List.of(more));
    return new Wsn(name, arguments.toArray(String[]::new));
  }

  private static void awaitNodes(String http, int atLeast) throws IOException {
    int nodes = 0;
    while (nodes < atLeast) {
      LockSupport.parkNanos(PAUSE_NANOS);
      try (InputStream in = URI.create(http + "/v1/network").toURL().openStream()) {
        nodes = JSON.readTree(in).get("nodes").asInt();
      }
    }
  }

  @Test
  void versionNamesTheBuildAndTheBackEnd() throws Exception {
    Wsn wsn = new Wsn("version", "--version");
    assertThat(wsn.exitCode()).isZero();
    assertThat(wsn.out()).matches("wsn [0-9].*\\RJava .*, secp256k1 (native|portable)\\R");
    assertThat(wsn.err()).isEmpty();
  }

  @Test
  void demoWorksFromTheJarWithoutAWarning() throws Exception {
    Wsn wsn = new Wsn("demo", "demo", "--nodes", "4", "--exit", "--json");
    assertThat(wsn.exitCode()).as(wsn.err()).isZero();
    JsonNode story = JSON.readTree(wsn.out());
    assertThat(story.get("ok").asBoolean()).isTrue();
    assertThat(wsn.err()).doesNotContainIgnoringCase("warn", "exception");
  }

  @Test
  void mistakeLeavesWithItsCodeAndNoStackTrace() throws Exception {
    Wsn wsn = new Wsn("mistake", "resolve", "npub1nonsense");
    assertThat(wsn.exitCode()).isEqualTo(ExitCode.USAGE);
    assertThat(wsn.out()).isEmpty();
    assertThat(wsn.err()).doesNotContain("\tat ");
  }

  @Test
  void terminatedNodeEndsWithZero() throws Exception {
    Wsn node = node("one");
    assertThat(node.out()).isEmpty();
    node.line("http ");
    assertThat(node.out()).startsWith("seed npub1");
    try (Stream<Path> left = Files.list(temporary())) {
      assertThat(left).as("native libraries leave nothing behind, also when killed").isEmpty();
    }
    node.process.destroy();
    assertThat(node.exitCode()).as(node.err()).isZero();
  }

  @Test
  void interruptedQuestionEndsAtOnce() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String npub = Nip19.npub(PublicKey.of(new byte[PublicKey.BYTES]));
      String url = "http://127.0.0.1:" + silent.getLocalPort();
      Wsn resolve = new Wsn("resolve", "resolve", npub, "--resolver", url);
      try (Socket asked = silent.accept()) {
        assertThat(asked.getInputStream().read()).isEqualTo('G');
        resolve.process.destroy();
        assertThat(resolve.process.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(resolve.exitCode()).isEqualTo(130);
      }
    }
  }

  @Test
  void recordOutlivesKilledNodesWhichComeBackWithoutSeeds() throws Exception {
    List<Wsn> nodes = new ArrayList<>();
    Wsn first = node("n0");
    String seed = first.line("seed ");
    nodes.add(first);
    for (int i = 1; i < 4; i++) {
      nodes.add(node("n" + i, "--seed", seed));
    }
    for (Wsn node : nodes) {
      awaitNodes(node.line("http "), 3);
    }
    String key = directory.resolve("relay.key").toString();
    Wsn keygen = new Wsn("keygen", "keygen", "--out", key, "--json");
    assertThat(keygen.exitCode()).isZero();
    String npub = JSON.readTree(keygen.out()).get("npub").asText();
    String[] publish = {
      "publish",
      "--key",
      key,
      "--endpoint",
      "127.0.0.1:7777",
      "--local",
      "--resolver",
      nodes.get(1).line("http ")
    };
    assertThat(new Wsn("publish", publish).exitCode()).isZero();

    nodes.get(0).process.destroyForcibly().waitFor();
    nodes.get(1).process.destroyForcibly().waitFor();
    Wsn resolve = new Wsn("resolve", "resolve", npub, "--resolver", nodes.get(3).line("http "));
    assertThat(resolve.exitCode()).as(resolve.err()).isZero();
    assertThat(resolve.out()).contains("@127.0.0.1:7777");

    awaitNodes(node("n0").line("http "), 2);
    awaitNodes(node("n1").line("http "), 2);
  }
}
