package dev.wsn.resolver.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.Nip19;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.IpPort;
import dev.wsn.resolver.EventJson;
import dev.wsn.resolver.Signed;
import dev.wsn.resolver.dns.DnsServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Type;

/**
 * Requests that nobody should send, over HTTP, WebSocket and DNS, at one resolver: broken JSON,
 * deep nesting, huge tags, bodies that are compressed, heads that never end, connections that are
 * left open, fed byte by byte, half closed or torn off. It answers none with 500, keeps nothing of
 * them, and goes on serving.
 *
 * <p>{@code -Dfuzz.requests=1000000 -Dfuzz.seed=…} for a long run.
 */
final class FaceFuzzTest {
  private static final int REQUESTS = Integer.getInteger("fuzz.requests", 1_000);
  private static final long SEED = Long.getLong("fuzz.seed", 7);
  private static final int MAX_HALF_OPEN = 50;
  private static final long MAX_GROWTH_BYTES = 64L << 20;
  private static final AddressRecord RECORD =
      Signed.record(Signed.ALICE_SECRET, Duration.ofMinutes(5), "203.0.113.7:4848");
  private static final String GOOD = new String(EventJson.write(RECORD.event()), UTF_8);
  private static final List<String> SEEDS =
      List.of(
          GOOD,
          "{\"keys\":[\"" + Nip19.npub(Signed.ALICE) + "\",\"" + Signed.BOB.hex() + "\"]}",
          "[\"REQ\",\"s\",{\"kinds\":[11111],\"authors\":[\"" + Signed.ALICE.hex() + "\"]}]",
          "[\"EVENT\"," + GOOD + "]",
          "[\"CLOSE\",\"s\"]",
          "[".repeat(3_000),
          "{\"a\":".repeat(2_000),
          "{\"tags\":[[\"" + "t".repeat(20_000) + "\"]]}",
          "[1e999999999,-0,1e-999999,\"\\ud800\"]",
          "\"\\u0000\ufffe\u202e\"",
          "");

  private final RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(SEED);
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final byte[] bomb = bomb();
  private final Deque<Socket> halfOpen = new ArrayDeque<>();

  private byte[] mutated(byte[] seed) {
    byte[] bytes = seed.clone();
    int changes = random.nextInt(4);
    for (int i = 0; i < changes && bytes.length > 0; i++) {
      bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
    }
    if (random.nextInt(8) == 0 && bytes.length > 1) {
      return java.util.Arrays.copyOf(bytes, 1 + random.nextInt(bytes.length - 1));
    }
    return bytes;
  }

  private byte[] text() {
    return mutated(SEEDS.get(random.nextInt(SEEDS.size())).getBytes(UTF_8));
  }

  private String path() {
    String key =
        switch (random.nextInt(5)) {
          case 0 -> Signed.ALICE.hex();
          case 1 -> Nip19.npub(Signed.ALICE).substring(random.nextInt(60));
          case 2 -> "nsec1" + "q".repeat(random.nextInt(70));
          case 3 -> "%F0%9F%92%A9".repeat(1 + random.nextInt(20));
          default -> Integer.toHexString(random.nextInt()).repeat(8);
        };
    return switch (random.nextInt(7)) {
      case 0 -> "/v1/relays/" + key + "?policy=" + random.nextInt(3);
      case 1 -> "/v1/relays/" + key + "?probe=true&trace=true&policy=cache";
      case 2 -> "/v1/directory?topic=" + key + "&q=" + key;
      case 3 -> "/dns-query?dns=" + key;
      case 4 -> "/problems/" + key;
      case 5 -> "/" + key + "/..%2f..%2f";
      default -> "/v1/relays/" + key;
    };
  }

  private void overHttp(Serving serving) throws Exception {
    byte[] body = text();
    HttpRequest.Builder request = HttpRequest.newBuilder().timeout(Duration.ofSeconds(30));
    switch (random.nextInt(4)) {
      case 0 -> request.uri(serving.uri(path())).GET();
      case 1 ->
          request
              .uri(serving.uri(Serving.path(Signed.ALICE)))
              .header("Content-Type", "application/json")
              .PUT(BodyPublishers.ofByteArray(body));
      case 2 ->
          request
              .uri(serving.uri("/v1/resolve"))
              .header("Content-Type", "application/json")
              .POST(BodyPublishers.ofByteArray(body));
      default ->
          request
              .uri(serving.uri(random.nextBoolean() ? "/v1/resolve" : "/dns-query"))
              .header("Content-Type", random.nextBoolean() ? "application/json" : "x/y")
              .header("Content-Encoding", "gzip")
              .POST(BodyPublishers.ofByteArray(bomb));
    }
    HttpResponse<byte[]> response;
    try {
      response = http.send(request.build(), BodyHandlers.ofByteArray());
    } catch (IOException cut) {
      // A body that nobody wants may be cut off while it is on its way.
      return;
    }
    assertThat(response.statusCode())
        .as("%s, seed %d", request.build(), SEED)
        .isNotEqualTo(500)
        .isLessThan(600);
  }

  /** A few bytes that are two megabytes. */
  private static byte[] bomb() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(new byte[2 << 20]);
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  /** A head that breaks rules or never ends, on a connection that is left open. */
  private void overSocket(Serving serving) throws IOException {
    if (halfOpen.size() == MAX_HALF_OPEN) {
      halfOpen.remove().close();
    }
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), serving.listening().port());
    halfOpen.add(socket);
    String head = "PUT " + path() + " HTTP/1.1\r\nHost: x\r\nContent-Length: 99999\r\nX: ";
    byte[] bytes = mutated((head + "y".repeat(random.nextInt(9_000))).getBytes(UTF_8));
    try {
      socket.getOutputStream().write(bytes, 0, random.nextInt(bytes.length) + 1);
      switch (random.nextInt(4)) {
        case 0 -> socket.shutdownOutput();
        case 1 -> reset(socket);
        default -> {
          // Left open, and fed a byte now and then.
        }
      }
    } catch (IOException closedByThen) {
      halfOpen.remove(socket);
      socket.close();
    }
  }

  /** Ends a connection as if its machine had gone. */
  private void reset(Socket socket) throws IOException {
    halfOpen.remove(socket);
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** One byte more on a connection that is open already: a slow loris. */
  private void trickle() throws IOException {
    for (Socket socket : List.copyOf(halfOpen)) {
      if (!socket.isOutputShutdown() && random.nextInt(4) == 0) {
        try {
          socket.getOutputStream().write(random.nextInt(256));
        } catch (IOException cut) {
          halfOpen.remove(socket);
          socket.close();
        }
        return;
      }
    }
  }

  private void overWebSocket(WebSocket socket) {
    try {
      socket.sendText(new String(text(), UTF_8), true).join();
    } catch (CompletionException closed) {
      socket.abort();
    }
  }

  private static void overDns(DatagramSocket socket, IpPort at, byte[] packet) throws IOException {
    socket.send(
        new DatagramPacket(packet, packet.length, InetAddress.getLoopbackAddress(), at.port()));
  }

  private static long usedBytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }

  @Test
  void nothingThatIsSentBreaksIt() throws Exception {
    try (Serving serving = new Serving();
        DatagramSocket datagrams = new DatagramSocket()) {
      serving.resolver.rollBackTo(RECORD);
      DnsServer dns = serving.dns();
      IpPort at = Serving.await(dns.start(Serving.LOOPBACK, 0));
      byte[] question =
          Message.newQuery(
                  org.xbill.DNS.Record.newRecord(
                      Name.fromString(Nip19.npub(Signed.ALICE), Name.root), Type.A, DClass.IN))
              .toWire();
      WebSocket socket = open(serving);
      long warm = 0;
      for (int i = 0; i < REQUESTS; i++) {
        switch (random.nextInt(9)) {
          case 0 -> overSocket(serving);
          case 8 -> trickle();
          case 1, 2 -> overDns(datagrams, at, mutated(question));
          case 3, 4 -> {
            if (socket.isOutputClosed()) {
              socket = open(serving);
            }
            overWebSocket(socket);
          }
          default -> overHttp(serving);
        }
        if (i == REQUESTS / 5) {
          warm = usedBytes();
        }
      }
      socket.abort();
      for (Socket left : halfOpen) {
        left.close();
      }
      assertThat(serving.get(Serving.path(Signed.ALICE)).statusCode()).isEqualTo(200);
      assertThat(serving.get("/health/ready").statusCode()).isEqualTo(200);
      assertThat(usedBytes() - warm).as("bytes kept, seed %d", SEED).isLessThan(MAX_GROWTH_BYTES);
      Serving.await(dns.stop());
    }
  }

  private WebSocket open(Serving serving) {
    URI uri = URI.create("ws://" + serving.listening() + "/");
    return http.newWebSocketBuilder().buildAsync(uri, new WebSocket.Listener() {}).join();
  }
}
