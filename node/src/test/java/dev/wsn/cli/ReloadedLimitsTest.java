package dev.wsn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.wsn.gateway.Gateway;
import dev.wsn.gateway.GatewayLimits;
import java.io.IOException;
import java.io.OutputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.HttpURLConnection;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;

/** Every limit that claims to change on SIGHUP is changed on a running server and then reached. */
@Timeout(180)
class ReloadedLimitsTest {
  private static final long PAUSE_NANOS = 20_000_000;

  /**
   * Looks at a counter after what may have reached it; a bound that is far away is not waited for.
   */
  private static final int LOOKS = 10;

  /** Those whose effect other tests show. */
  private static final Set<String> ELSEWHERE =
      Set.of(
          // ReloadTest
          "log",
          "seed",
          "trusted-proxy",
          // ChangedLimitsTest of the gateway, which needs a whole channel, and theRestIsPassedOn
          "max-message",
          "write-timeout");

  /** What it opened is closed when its effect has been looked for. */
  private interface Attempt {
    List<Socket> make() throws IOException;
  }

  /** A setting, a value that is reached by an attempt, one that is not, and the counter of it. */
  private enum Row {
    REQUESTS("node", "quota-requests", "1/s,1", "off", "wsn_resolver_limits_reached_total"),
    LOOKUPS("node", "quota-lookups", "1/s,1", "off", "wsn_resolver_limits_reached_total"),
    PUBLICATIONS("node", "quota-publications", "1/s,1", "off", "wsn_resolver_limits_reached_total"),
    TOTAL_RATE("node", "max-requests", "1", "1000000", "reason=\"total_rate\""),
    ADDRESS_RATE("node", "max-requests-per-address", "1", "1000000", "reason=\"address_rate\""),
    CONNECTIONS("relay", "max-connections", "1", "1000", "limit=\"connections\""),
    CONNECTIONS_OF_SOURCE(
        "relay", "max-connections-per-source", "1", "1000", "limit=\"connections_of_source\""),
    ACCEPTS("relay", "accepts-per-second", "1", "1000", "limit=\"accepts\""),
    HANDSHAKES("relay", "handshakes-per-second", "1", "1000", "limit=\"handshakes\""),
    HANDSHAKES_OF_SOURCE(
        "relay", "handshakes-per-source", "1", "1000", "limit=\"handshakes_of_source\""),
    BYTES("relay", "bytes-per-second", "1", "0", "limit=\"bytes_of_source\""),
    UPGRADE_TIME("relay", "handshake-timeout", "100ms", "10m", "limit=\"upgrade_time\"");

    private final String server;
    private final String key;
    private final String strict;
    private final String generous;
    private final String counter;

    Row(String server, String key, String strict, String generous, String counter) {
      this.server = server;
      this.key = key;
      this.strict = strict;
      this.generous = generous;
      this.counter = counter;
    }

    boolean isOfSource() {
      return name().endsWith("_OF_SOURCE");
    }
  }

  private static final int DATAGRAMS = 50;
  private static final String HALF = "GET ";
  private static final String PLAIN = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  private static final String UPGRADE =
      String.join(
          "\r\n",
          "GET / HTTP/1.1",
          "Host: x",
          "Connection: Upgrade",
          "Upgrade: websocket",
          "Sec-WebSocket-Version: 13",
          "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==",
          "Sec-WebSocket-Protocol: wsn.v1",
          "",
          "");

  private static final SecureRandom RANDOM = new SecureRandom();
  private static final RecordedHost NODE = new RecordedHost();
  private static final RecordedHost RELAY = new RecordedHost();
  private static Path directory = Path.of(".");
  private static RecordedHost.Running node;
  private static RecordedHost.Running relay;
  private static String resolver;
  private static int udp;
  private static int tcp;

  @BeforeAll
  static void start(@TempDir Path temporary) throws IOException {
    directory = temporary;
    Path key = directory.resolve("relay.key");
    assertThat(new RecordedHost().run("keygen", "--out", key.toString())).isZero();
    node = NODE.start("node", "--config", write("node", "").toString());
    String seed = node.line("seed ");
    udp = Integer.parseInt(seed.substring(seed.lastIndexOf(':') + 1));
    resolver = node.line("http ");
    // A relay that listens everywhere does not say where.
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Logger logger = (Logger) LoggerFactory.getLogger(Gateway.class);
    logger.addAppender(log);
    relay = RELAY.start("relay", "--config", write("relay", "").toString());
    String unused = relay.line("relay ");
    logger.detachAppender(log);
    tcp =
        List.copyOf(log.list).stream()
            .filter(each -> each.getMessage().startsWith("gateway listens on port"))
            .mapToInt(each -> (Integer) each.getArgumentArray()[0])
            .findFirst()
            .orElseThrow();
  }

  @AfterAll
  static void stop() throws IOException {
    // Nothing of all that is still counted as open.
    while (sum(relay, "wsn_gateway_connections") > 0) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    relay.close();
    node.close();
  }

  private static Path write(String server, String more) throws IOException {
    // Not local: in a network of one machine the limits of one address are off.
    List<String> lines =
        server.equals("node")
            ? List.of(
                "listen: 0.0.0.0:0", "http: 127.0.0.1:0", "data: " + directory.resolve("data"))
            : List.of(
                "key: " + directory.resolve("relay.key"),
                "backend: ws://127.0.0.1:9",
                "listen: 0.0.0.0:0",
                "local: true");
    List<String> all = new ArrayList<>(lines);
    all.add("metrics: 127.0.0.1:0");
    all.add(more);
    return Files.write(directory.resolve(server + ".yaml"), all);
  }

  private static void set(Row row, String value) throws IOException {
    Path unused = write(row.server, row.key + ": '" + value + "'");
    (row.server.equals("node") ? NODE : RELAY).reload();
  }

  /** The counters of a row, added up. */
  private static double counted(Row row) throws IOException {
    return sum(row.server.equals("node") ? node : relay, row.counter);
  }

  private static double sum(RecordedHost.Running server, String part) throws IOException {
    URI metrics = URI.create(server.line("metrics "));
    try (var in = metrics.toURL().openStream()) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.startsWith("wsn_") && line.contains(part))
          .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
          .sum();
    }
  }

  private static boolean isReached(Row row) throws IOException {
    double before = counted(row);
    List<Socket> open = attempt(row).make();
    for (int i = 0; i < LOOKS && counted(row) == before; i++) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    boolean isReached = counted(row) > before;
    for (Socket each : open) {
      each.close();
    }
    return isReached;
  }

  @ParameterizedTest
  @EnumSource(Row.class)
  void limitChangesWhileTheServerRuns(Row row) throws IOException {
    assumeTrue(
        !row.isOfSource() || address().isPresent(), "this machine has no address of its own");
    set(row, row.generous);
    assertThat(isReached(row)).as(row.generous).isFalse();

    set(row, row.strict);
    assertThat(isReached(row)).as(row.strict).isTrue();

    set(row, row.generous);
    assertThat(isReached(row)).as(row.generous + " again").isFalse();
  }

  @Test
  void noReloadableSettingIsForgotten() {
    Set<String> claimed = new TreeSet<>();
    for (String server : List.of("node", "relay", "connect")) {
      CommandLine command =
          Objects.requireNonNull(Commands.of(NODE.host(), server).getSubcommands().get(server));
      Settings.options(command.getCommandSpec())
          .forEach(
              (key, option) -> {
                if (Reloading.isReloadable(option)) {
                  claimed.add(key);
                }
              });
    }
    Set<String> shown = new TreeSet<>(ELSEWHERE);
    Stream.of(Row.values()).forEach(row -> shown.add(row.key));
    assertThat(shown).isEqualTo(claimed);
  }

  @Test
  void limitsThatCannotChangeAreNamedInTheLog() throws IOException {
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Logger logger = (Logger) LoggerFactory.getLogger(Reloading.class);
    logger.addAppender(log);
    Path unused = write("relay", "ping-after: 5s\nidle-after: 50s\nbackend-timeout: 7s\nttl: 3h");
    RELAY.reload();
    logger.detachAppender(log);
    assertThat(List.copyOf(log.list).stream().map(ILoggingEvent::getFormattedMessage))
        .contains(
            "a change of [backend-timeout, idle-after, ping-after, ttl] needs a restart; the old"
                + " value stays until then");
  }

  @Test
  void theRestIsPassedOn() {
    LimitOption options = new LimitOption();
    CommandLine parser = new CommandLine(CommandLine.Model.CommandSpec.create());
    parser
        .getCommandSpec()
        .addMixin("limits", CommandLine.Model.CommandSpec.forAnnotatedObject(options));
    CommandLine.ParseResult unused =
        parser.parseArgs("--max-message=7", "--write-timeout=9s", "--handshake-timeout=3s");
    GatewayLimits limits = options.limits();
    assertThat(limits.maxMessageBytes()).isEqualTo(7);
    assertThat(limits.writeTimeout()).isEqualTo(Duration.ofSeconds(9));
    assertThat(limits.handshakeTimeout()).isEqualTo(Duration.ofSeconds(3));
  }

  private static Attempt attempt(Row row) {
    return switch (row) {
      case REQUESTS -> () -> ask(3, "GET", "/v1/network");
      case LOOKUPS -> () -> ask(3, "GET", "/v1/relays/" + "0".repeat(63));
      case PUBLICATIONS -> () -> ask(3, "PUT", "/v1/relays/" + "0".repeat(63));
      case TOTAL_RATE, ADDRESS_RATE -> ReloadedLimitsTest::send;
      case CONNECTIONS, ACCEPTS -> () -> connect(InetAddress.getLoopbackAddress(), 10, PLAIN, "");
      case CONNECTIONS_OF_SOURCE -> () -> connect(address().orElseThrow(), 10, PLAIN, "");
      case HANDSHAKES -> () -> connect(InetAddress.getLoopbackAddress(), 10, UPGRADE, "");
      case HANDSHAKES_OF_SOURCE -> () -> connect(address().orElseThrow(), 30, UPGRADE, "");
      case BYTES ->
          () -> connect(InetAddress.getLoopbackAddress(), 1, UPGRADE, "\u0082\u0005hello");
      case UPGRADE_TIME -> () -> connect(InetAddress.getLoopbackAddress(), 1, HALF, "");
    };
  }

  /** Asks, each time for another key. */
  private static List<Socket> ask(int times, String method, String path) throws IOException {
    for (int i = 0; i < times; i++) {
      String last = path.endsWith("0") ? Integer.toHexString(RANDOM.nextInt(16)) : "";
      HttpURLConnection connection =
          (HttpURLConnection) URI.create(resolver + path + last).toURL().openConnection();
      connection.setRequestMethod(method);
      if (method.equals("PUT")) {
        connection.setRequestProperty("Content-Type", "application/json");
        connection.setDoOutput(true);
        connection.getOutputStream().write('{');
      }
      int unused = connection.getResponseCode();
    }
    return List.of();
  }

  /** What a node takes for requests until it has looked closer; ends when it has seen all. */
  private static List<Socket> send() throws IOException {
    byte[] datagram = new byte[1_200];
    double before = sum(node, "wsn_datagrams_received_total");
    try (DatagramSocket socket = new DatagramSocket()) {
      for (int i = 0; i < DATAGRAMS; i++) {
        RANDOM.nextBytes(datagram);
        datagram[0] = 0x10;
        socket.send(
            new DatagramPacket(datagram, datagram.length, InetAddress.getLoopbackAddress(), udp));
      }
    }
    while (sum(node, "wsn_datagrams_received_total") < before + DATAGRAMS) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
    return List.of();
  }

  /** Opens connections and on each says something, and more when that was answered. */
  private static List<Socket> connect(InetAddress to, int times, String text, String more)
      throws IOException {
    List<Socket> sockets = new ArrayList<>();
    for (int i = 0; i < times; i++) {
      Socket socket = new Socket();
      sockets.add(socket);
      socket.connect(new InetSocketAddress(to, tcp), 20_000);
      socket.setSoTimeout(text.equals(HALF) ? 1_000 : 20_000);
      try {
        talk(socket, text, more);
      } catch (IOException closed) {
        assertThat(closed).as("which is one way of refusing").isNotNull();
      }
    }
    return sockets;
  }

  private static void talk(Socket socket, String text, String more) throws IOException {
    OutputStream out = socket.getOutputStream();
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
    int unused = socket.getInputStream().read();
    out.write(more.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** An address of this machine that is not loopback, which is exempt from limits of a source. */
  private static Optional<InetAddress> address() throws IOException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(each -> each instanceof Inet4Address && !each.isLoopbackAddress())
        .findFirst();
  }
}
