package dev.wsn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.wsn.crypto.KeyFile;
import dev.wsn.crypto.SecretKey;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code wsn doctor}, {@code wsn status} and {@code wsn pages}, against real servers. */
@Timeout(180)
class DiagnosisTest {
  private static final long PAUSE_NANOS = 20_000_000;

  private static CliNetwork network;
  private static RecordedHost.Running node;
  private static String metrics;
  private static String udp;

  @BeforeAll
  static void start(@TempDir Path directory) {
    network = new CliNetwork(directory);
    String command =
        "node --local --listen 127.0.0.1:0 --http 127.0.0.1:0 --metrics 127.0.0.1:0 --seed %s"
            + " --data %s";
    node =
        new RecordedHost()
            .start(command.formatted(network.seed(), directory.resolve("watched")).split(" ", -1));
    udp = node.line("seed ").split("@", 2)[1];
    metrics = node.line("metrics ").substring("http://".length()).replace("/metrics", "");
  }

  @AfterAll
  static void stop() {
    node.close();
    network.close();
  }

  private static List<String> rows(String table, String grade) {
    return table.lines().filter(line -> line.startsWith(grade)).toList();
  }

  @Test
  void statusShowsTablesPeersAndRequests() {
    RecordedHost machine = new RecordedHost();
    while (machine.run("status", metrics) != ExitCode.DONE) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    assertThat(machine.out())
        .contains("nodes known", "SHARED BITS", "REQUEST", "find_node", "LOOKUP", "PEER")
        .contains("records, ", network.seed().split("@", 2)[1]);
    RecordedHost script = new RecordedHost();
    script.run("status", "--json", metrics);
    assertThat(script.out()).startsWith("{\"version\"").hasLineCount(1);
    String port = metrics.substring(metrics.lastIndexOf(':'));
    for (String same : new String[] {"http://" + metrics + "/metrics", "localhost" + port}) {
      assertThat(new RecordedHost().run("status", same)).as(same).isEqualTo(ExitCode.DONE);
    }
  }

  @Test
  void watchedStatusEndsWhenItIsStopped() {
    RecordedHost machine = new RecordedHost();
    RecordedHost.Running watching = machine.start("status", "--watch", metrics);
    assertThat(watching.line("node ")).contains("npub1");
    watching.close();
  }

  @Test
  void healthyNodeHasNoBadFinding(@TempDir Path directory) {
    RecordedHost machine = new RecordedHost();
    String command =
        "doctor node --local --listen 127.0.0.1:0 --http 127.0.0.1:0 --seed %s --data %s";
    int exitCode =
        machine.run(command.formatted(network.seed(), directory.resolve("new")).split(" ", -1));
    assertThat(exitCode).as(machine.out() + machine.err()).isZero();
    assertThat(rows(machine.out(), "BAD")).isEmpty();
    assertThat(machine.out()).contains("will be made", "is free", "nodes answer", "address  ");
    assertThat(directory).as("the doctor only looks").isEmptyDirectory();
  }

  @Test
  void everythingThatIsInTheWayIsFound(@TempDir Path directory) throws IOException {
    Path key = Files.write(directory.resolve("node.key"), key());
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-r--r--"));
    RecordedHost machine = new RecordedHost();
    String dead = network.seed().split("@", 2)[0] + "@127.0.0.1:9";
    String command = "doctor node --local --listen %s --seed %s --data %s";
    int exitCode = machine.run(command.formatted(udp, dead, directory).split(" ", -1));
    assertThat(exitCode).isEqualTo(ExitCode.INTERNAL);
    assertThat(rows(machine.out(), "WARN")).anyMatch(row -> row.contains("is in use"));
    assertThat(rows(machine.out(), "BAD"))
        .anyMatch(row -> row.contains("chmod 600"))
        .anyMatch(row -> row.contains("none of 1 answers"));
  }

  @Test
  void relayIsExaminedToo(@TempDir Path directory) {
    RecordedHost machine = new RecordedHost();
    String command =
        "doctor relay --local --listen 127.0.0.1:0 --key %s --backend ws://127.0.0.1:9 --resolver"
            + " %s";
    int exitCode =
        machine.run(
            command.formatted(directory.resolve("none"), network.resolver()).split(" ", -1));
    assertThat(exitCode).isEqualTo(ExitCode.INTERNAL);
    assertThat(rows(machine.out(), "BAD"))
        .anyMatch(row -> row.contains("is missing"))
        .anyMatch(row -> row.contains("backend"));
    assertThat(machine.out()).contains(network.resolver() + " is ready");
  }

  @Test
  void relayIsDialledFromOutside(@TempDir Path directory) throws IOException {
    List<String> rows = dialled(directory, "", " is reached from " + network.resolver());
    assertThat(rows).allMatch(row -> row.startsWith("OK"));
  }

  @Test
  void relayWithAClosedPortIsFound(@TempDir Path directory) throws IOException {
    List<String> rows = dialled(directory, " --advertise 127.0.0.1:1", "nobody answers there");
    assertThat(rows).allMatch(row -> row.startsWith("BAD") && row.contains("127.0.0.1:1"));
  }

  /** The rows about reachability, once the record is published. */
  private static List<String> dialled(Path directory, String more, String until)
      throws IOException {
    Path key = Files.write(directory.resolve("relay.key"), key());
    Files.setPosixFilePermissions(key, PosixFilePermissions.fromString("rw-------"));
    String options =
        "relay --local --listen 127.0.0.1:0 --key %s --backend ws://127.0.0.1:9 --resolver %s"
                .formatted(key, network.resolver())
            + more;
    String doctor = "doctor " + options + " --check-from " + network.resolver();
    try (RecordedHost.Running relay = new RecordedHost().start(options.split(" ", -1))) {
      assertThat(relay.line("address ")).isNotEmpty();
      RecordedHost machine = new RecordedHost();
      machine.run(doctor.split(" ", -1));
      while (!machine.out().contains(until)) {
        LockSupport.parkNanos(25 * PAUSE_NANOS); // The resolver counts the questions.
        machine = new RecordedHost();
        machine.run(doctor.split(" ", -1));
      }
      return machine.out().lines().filter(row -> row.contains("reachability")).toList();
    }
  }

  @Test
  void runningNodeSaysWhetherItIsReached() {
    while (new RecordedHost().run("status", metrics) != ExitCode.DONE) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    RecordedHost machine = new RecordedHost();
    machine.run("doctor", "node", "--local", "--listen", udp, "--metrics", metrics);
    assertThat(rows(machine.out(), "OK"))
        .anyMatch(row -> row.contains("others reach the running node over IPv4"));
  }

  @Test
  void nodeThatNobodyReachesIsFound() throws IOException {
    HttpServer behindNat =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] page = "{\"reachable_unasked\":{\"IPv4\":false}}".getBytes(StandardCharsets.UTF_8);
    behindNat.createContext(
        "/status",
        exchange -> {
          exchange.sendResponseHeaders(200, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    behindNat.start();
    try {
      RecordedHost machine = new RecordedHost();
      String at = "127.0.0.1:" + behindNat.getAddress().getPort();
      machine.run("doctor", "node", "--local", "--listen", "127.0.0.1:4999", "--metrics", at);
      assertThat(rows(machine.out(), "WARN"))
          .anyMatch(row -> row.contains("open UDP port 4999, forward it"));
    } finally {
      behindNat.stop(0);
    }
  }

  private static byte[] key() {
    try (SecretKey secret = SecretKey.generate(new SecureRandom())) {
      return KeyFile.nsec(secret);
    }
  }

  @Test
  void wrongClockIsFoundWithATimeServer() throws Exception {
    try (DatagramSocket server = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      Thread answering = new Thread(() -> answerWithTimeOfAnHourAgo(server));
      answering.start();
      RecordedHost machine = new RecordedHost();
      String at = "127.0.0.1:" + server.getLocalPort();
      int exitCode =
          machine.run("doctor", "--time-server", at, "connect", "--listen", "127.0.0.1:0");
      answering.join();
      assertThat(exitCode).isEqualTo(ExitCode.INTERNAL);
      assertThat(rows(machine.out(), "BAD")).singleElement().asString().contains("s ahead");
    }
  }

  private static void answerWithTimeOfAnHourAgo(DatagramSocket server) {
    try {
      DatagramPacket question = new DatagramPacket(new byte[48], 48);
      server.receive(question);
      ByteBuffer fields = ByteBuffer.wrap(question.getData());
      fields.put(0, (byte) 0x24);
      fields.putLong(24, fields.getLong(40));
      fields.putInt(40, (int) (Instant.now().getEpochSecond() - 3_600 + 2_208_988_800L));
      server.send(new DatagramPacket(question.getData(), 48, question.getSocketAddress()));
    } catch (IOException failure) {
      throw new IllegalStateException(failure);
    }
  }

  @Test
  void pagesCoverEveryCommand(@TempDir Path directory) throws IOException {
    assertThat(new RecordedHost().run("pages", "--out", directory.toString())).isZero();
    try (Stream<Path> pages = Files.list(directory.resolve("man1"))) {
      assertThat(pages.map(page -> page.getFileName().toString()))
          .contains("wsn.1", "wsn-node.1", "wsn-relay.1", "wsn-doctor.1");
    }
    String node = Files.readString(directory.resolve("man1").resolve("wsn-node.1"));
    assertThat(node).startsWith(".TH \"WSN-NODE\" 1").contains("\\fB\\-\\-listen", "WSN_LISTEN");
    assertThat(Files.readString(directory.resolve("wsn.bash"))).contains("complete", "--metrics");
  }
}
