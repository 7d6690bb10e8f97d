package dev.wsn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.wsn.node.DhtNode;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A running node reads its configuration again. */
@Timeout(120)
class ReloadTest {
  private static final long PAUSE_NANOS = 20_000_000;
  private static final Logger OURS = (Logger) LoggerFactory.getLogger("dev.wsn");

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private Path directory = Path.of(".");

  @BeforeEach
  void listen(@TempDir Path temporary) {
    directory = temporary;
    log.start();
    ((Logger) LoggerFactory.getLogger(Reloading.class)).addAppender(log);
    ((Logger) LoggerFactory.getLogger(DhtNode.class)).addAppender(log);
  }

  @AfterEach
  void stopListening() {
    ((Logger) LoggerFactory.getLogger(Reloading.class)).detachAppender(log);
    ((Logger) LoggerFactory.getLogger(DhtNode.class)).detachAppender(log);
    OURS.setLevel(Level.WARN);
  }

  private Path write(String... more) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.addAll(List.of("listen: 127.0.0.1:0", "http: 127.0.0.1:0", "local: true"));
    lines.add("data: " + directory.resolve("data"));
    lines.addAll(List.of(more));
    return Files.write(directory.resolve("node.yaml"), lines);
  }

  private List<String> messages() {
    return List.copyOf(log.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @Test
  void levelAndSeedsChangeAndOthersWaitForARestart() throws IOException {
    try (CliNetwork network = new CliNetwork(directory)) {
      RecordedHost machine = new RecordedHost();
      String file = write("log: warn").toString();
      try (RecordedHost.Running node = machine.start("node", "--config", file)) {
        node.line("http ");
        assertThat(OURS.getLevel()).isEqualTo(Level.WARN);
        write("log: debug", "network: other", "seed: " + network.seed());
        machine.reload();
        assertThat(OURS.getLevel()).isEqualTo(Level.DEBUG);
        assertThat(messages())
            .contains("configuration read again, changed: [log, seed]")
            .contains("a change of [network] needs a restart; the old value stays until then");
        while (messages().stream().noneMatch(each -> each.contains("joined again"))) {
          LockSupport.parkNanos(PAUSE_NANOS);
        }
      }
    }
  }

  private static int status(String url, String forwardedFor) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) URI.create(url).toURL().openConnection();
    connection.setRequestProperty("X-Forwarded-For", forwardedFor);
    return connection.getResponseCode();
  }

  @Test
  void quotasProxiesAndRatesOfANodeChange() throws IOException {
    RecordedHost machine = new RecordedHost();
    String file = write("quota-requests: '1/s,1'").toString();
    try (RecordedHost.Running node = machine.start("node", "--config", file)) {
      String network = node.line("http ") + "/v1/network";
      assertThat(status(network, "198.51.100.1")).isEqualTo(200);
      // A whole second may pass between two requests; three in a row cannot all have room.
      assertThat(List.of(status(network, "a"), status(network, "b"), status(network, "c")))
          .contains(429);

      write("quota-requests: 'off'");
      machine.reload();
      for (int i = 0; i < 20; i++) {
        assertThat(status(network, "198.51.100.1")).isEqualTo(200);
      }

      write("quota-requests: '1/s,1'", "trusted-proxy: 127.0.0.1", "max-requests: 77");
      machine.reload();
      for (int i = 0; i < 20; i++) {
        assertThat(status(network, "198.51.100." + i)).as("each has its own quota").isEqualTo(200);
      }
      assertThat(messages())
          .contains("configuration read again, changed: [quota-requests]")
          .contains(
              "configuration read again, changed: [max-requests, quota-requests, trusted-proxy]");

      write("max-requests: 0");
      machine.reload();
      assertThat(messages())
          .anyMatch(each -> each.startsWith("not reloaded") && each.contains("--max-requests"));
    }
  }

  @Test
  void limitsOfARelayChange() throws IOException {
    Path key = directory.resolve("relay.key");
    assertThat(new RecordedHost().run("keygen", "--out", key.toString())).isZero();
    Path file = directory.resolve("relay.yaml");
    List<String> fixed =
        List.of("key: " + key, "backend: ws://127.0.0.1:9", "listen: 127.0.0.1:0", "local: true");
    Files.write(file, fixed);
    Files.writeString(file, "max-connections: 1\n", StandardOpenOption.APPEND);
    RecordedHost machine = new RecordedHost();
    try (RecordedHost.Running relay = machine.start("relay", "--config", file.toString())) {
      String address = relay.line("address ");
      int port = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
      try (Socket first = new Socket(InetAddress.getLoopbackAddress(), port)) {
        assertThat(answers(first)).isTrue();
        assertThat(isServed(port)).isFalse();
        Files.write(file, fixed);
        Files.writeString(file, "max-connections: 10\n", StandardOpenOption.APPEND);
        machine.reload();
        assertThat(messages()).contains("configuration read again, changed: [max-connections]");
        assertThat(isServed(port)).isTrue();
      }
    }
  }

  private static boolean isServed(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return answers(socket);
    }
  }

  /** Whether a request is answered; a gateway without room closes at once. */
  private static boolean answers(Socket socket) {
    try {
      socket.setSoTimeout(20_000);
      OutputStream out = socket.getOutputStream();
      out.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      out.flush();
      return socket.getInputStream().read() == 'H';
    } catch (IOException closed) {
      return false;
    }
  }

  @Test
  void mistakeChangesNothing() throws IOException {
    RecordedHost machine = new RecordedHost();
    String file = write("log: info").toString();
    try (RecordedHost.Running node = machine.start("node", "--config", file)) {
      node.line("http ");
      write("log: debug", "seeed: x");
      machine.reload();
      write("log: loud");
      machine.reload();
      write("log: debug", "seed: npub1nonsense@127.0.0.1:1");
      machine.reload();
      assertThat(OURS.getLevel()).isEqualTo(Level.INFO);
      assertThat(messages())
          .anyMatch(
              each ->
                  each.startsWith("not reloaded, everything stays as it was: ")
                      && each.contains(file + ":6: unknown key \"seeed\"; did you mean \"seed\"?"))
          .anyMatch(each -> each.contains("(log: " + file + ":5)"))
          .anyMatch(each -> each.contains("(seed: " + file + ":6)"));
      Files.delete(Path.of(file));
      machine.reload();
      assertThat(messages()).anyMatch(each -> each.contains("does not exist"));
    }
  }
}
