package dev.wsn.resolver.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsn.record.IpAddress;
import dev.wsn.resolver.EventJson;
import dev.wsn.resolver.InMemoryResolver;
import dev.wsn.resolver.ListenException;
import dev.wsn.resolver.Signed;
import dev.wsn.resolver.cache.AnswerCache;
import dev.wsn.resolver.quota.Limit;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What the server does to connections that are too many, too slow, too large or not HTTP. */
final class ResolverServerTest {
  private static final Duration LONG = Duration.ofSeconds(30);

  private static Serving serving(int answerMillis, int bodyMillis) {
    return new Serving(setup(answerMillis, bodyMillis));
  }

  private static Serving.Setup setup(int answerMillis, int bodyMillis) {
    return Serving.Setup.defaults()
        .with(new AnswerCache.Limits(100, 100, 2, Duration.ofMillis(answerMillis)))
        .withBodyPatience(Duration.ofMillis(bodyMillis));
  }

  private static ResolverServer.Options patience(int connections, Duration patience) {
    return patience(connections, patience, LONG);
  }

  private static ResolverServer.Options patience(int most, Duration patience, Duration idle) {
    return new ResolverServer.Options(most, most, patience, idle, Optional.empty());
  }

  private static Socket connect(Serving serving) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), serving.listening().port());
    socket.setSoTimeout(20_000);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
  }

  private static String rest(Socket socket) throws IOException {
    return new String(socket.getInputStream().readAllBytes(), UTF_8);
  }

  @Test
  void aPortInUseIsSaidInPlainWords() {
    try (Serving first = new Serving()) {
      ResolverServer second = first.another();
      int port = first.listening().port();
      assertThatThrownBy(() -> Serving.await(second.start(Serving.LOOPBACK, port)))
          .hasCauseInstanceOf(ListenException.class)
          .cause()
          .hasMessage(
              "port "
                  + port
                  + " on 127.0.0.1 is in use: another program, perhaps another wsn, listens there");
    }
  }

  @Test
  void anAddressOfAnotherMachineIsSaidInPlainWords() {
    try (Serving any = new Serving()) {
      ResolverServer server = any.another();
      IpAddress elsewhere = IpAddress.parse("203.0.113.7").orElseThrow();
      assertThatThrownBy(() -> Serving.await(server.start(elsewhere, 0)))
          .hasCauseInstanceOf(ListenException.class)
          .cause()
          .hasMessage("203.0.113.7 is no address of this machine");
    }
  }

  @Test
  void aStoppedServerFreesItsPort() {
    Serving serving = new Serving();
    int port = serving.listening().port();
    serving.close();
    assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port))
        .isInstanceOf(IOException.class);
  }

  @Test
  void connectionsOverTheLimitAreClosedAndLaterOnesServed() throws IOException {
    try (Serving serving = new Serving(setup(20_000, 20_000).with(patience(2, LONG)))) {
      String live = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";
      List<Socket> held = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        Socket socket = connect(serving);
        held.add(socket);
        send(socket, live);
        assertThat(firstLine(socket)).isEqualTo("HTTP/1.1 200 OK");
      }
      try (Socket third = connect(serving)) {
        send(third, live);
        assertThat(rest(third)).isEmpty();
      }
      assertThat(serving.refused.of(Limit.CONNECTIONS)).isEqualTo(1);
      for (Socket socket : held) {
        socket.close();
      }
      assertThat(servedAgain(serving)).startsWith("HTTP/1.1 200 ");
    }
  }

  private static String firstLine(Socket socket) throws IOException {
    return new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8)).readLine();
  }

  /** The server learns of a closed connection a moment later, so the first tries may be refused. */
  private static String servedAgain(Serving serving) {
    String request = "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    String answer = "";
    for (int tries = 0; answer.isEmpty() && tries < 1000; tries++) {
      answer = serving.raw(request);
    }
    return answer;
  }

  @Test
  void aRequestHeadThatNeverEndsIsCutOff() throws IOException {
    Duration patience = Duration.ofSeconds(1);
    try (Serving serving =
        new Serving(setup(20_000, 20_000).with(patience(10, patience, patience.multipliedBy(2))))) {
      try (Socket silent = connect(serving);
          Socket slow = connect(serving);
          Socket second = connect(serving)) {
        send(slow, "GET /health/live HTTP/1.1\r\nHost: ");
        send(second, "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\nGET /health");
        assertThat(rest(silent)).isEmpty();
        assertThat(rest(slow)).isEmpty();
        assertThat(rest(second)).startsWith("HTTP/1.1 200 OK").endsWith("{\"status\":\"live\"}");
        assertThat(serving.refused.of(Limit.IDLE_CONNECTIONS)).isPositive();
      }
    }
  }

  @Test
  void aRequestHeadOfWhichAByteComesNowAndThenIsCutOff() throws Exception {
    Duration patience = Duration.ofSeconds(1);
    try (Serving serving = new Serving(setup(20_000, 20_000).with(patience(1, patience)));
        Socket slow = connect(serving)) {
      long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
      boolean isOpen = true;
      slow.setSoTimeout(100);
      send(slow, "GET /health/live HTTP/1.1\r\nHost: ");
      while (isOpen && System.nanoTime() < end) {
        isOpen = isOpenAfter(slow, "x");
      }
      assertThat(isOpen).isFalse();
      assertThat(serving.refused.of(Limit.IDLE_CONNECTIONS)).isPositive();
    }
  }

  @Test
  void aConnectionThatSaysNothingCountsInTheLimit() throws IOException {
    try (Serving serving = new Serving(setup(20_000, 20_000).with(patience(1, LONG)));
        Socket silent = connect(serving);
        Socket second = connect(serving)) {
      send(second, "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n");
      assertThat(rest(second)).isEmpty();
      assertThat(serving.refused.of(Limit.CONNECTIONS)).isEqualTo(1);
      assertThat(silent.isConnected()).isTrue();
    }
  }

  /** Whether a connection is open still, a moment after a byte was sent on it. */
  private static boolean isOpenAfter(Socket socket, String text) throws IOException {
    try {
      send(socket, text);
      return socket.getInputStream().read() >= 0;
    } catch (SocketTimeoutException silence) {
      return true;
    } catch (SocketException closed) {
      return false;
    }
  }

  @Test
  void anAnswerMayTakeLongerThanThePatienceForRequests() {
    Duration patience = Duration.ofSeconds(1);
    try (Serving serving = new Serving(setup(1500, 20_000).with(patience(10, patience)))) {
      serving.resolver.network(InMemoryResolver.Network.SILENT);
      assertThat(serving.get(Serving.path(Signed.ALICE)).statusCode()).isEqualTo(504);
    }
  }

  @Test
  void aDhtThatDoesNotAnswerIsATimeout() {
    try (Serving serving = serving(100, 20_000)) {
      serving.resolver.network(InMemoryResolver.Network.SILENT);
      assertThat(serving.get(Serving.path(Signed.ALICE)).body()).contains("/problems/timeout");
      byte[] json =
          EventJson.write(
              Signed.record(Signed.ALICE_SECRET, Duration.ZERO, "203.0.113.7:4848").event());
      var published = serving.put(Signed.ALICE, json);
      assertThat(published.statusCode()).isEqualTo(504);
      assertThat(published.body()).contains("/problems/timeout");
    }
  }

  @Test
  void questionsOverTheLimitAreToldToComeBack() throws IOException {
    try (Serving serving = serving(20_000, 20_000);
        Socket first = connect(serving);
        Socket second = connect(serving)) {
      serving.resolver.network(InMemoryResolver.Network.SILENT);
      send(first, "GET " + Serving.path(Signed.ALICE) + " HTTP/1.1\r\nHost: x\r\n\r\n");
      send(second, "GET " + Serving.path(Signed.BOB) + " HTTP/1.1\r\nHost: x\r\n\r\n");
      String path = Serving.path(Signed.CAROL);
      while (serving.resolver.asked().size() < 2) {
        Thread.onSpinWait();
      }
      var third = serving.get(path);
      assertThat(third.statusCode()).isEqualTo(503);
      assertThat(third.body()).contains("/problems/busy");
      assertThat(third.headers().firstValue("Retry-After")).hasValue("5");
      serving.resolver.breakSilence();
      assertThat(firstLine(first)).isEqualTo("HTTP/1.1 404 Not Found");
      assertThat(firstLine(second)).isEqualTo("HTTP/1.1 404 Not Found");
      serving.resolver.network(InMemoryResolver.Network.FINE);
      assertThat(serving.get(path).statusCode()).isEqualTo(404);
    }
  }

  @Test
  void aBodyThatComesTooSlowlyIsATimeoutAndNotPublished() throws IOException {
    try (Serving serving = serving(20_000, 200);
        Socket socket = connect(serving)) {
      String json =
          new String(
              EventJson.write(
                  Signed.record(Signed.ALICE_SECRET, Duration.ZERO, "203.0.113.7:4848").event()),
              UTF_8);
      send(
          socket,
          "PUT %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
              .formatted(Serving.path(Signed.ALICE), json.length(), json.substring(0, 100)));
      BufferedReader answer =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      assertThat(answer.readLine()).isEqualTo("HTTP/1.1 408 Request Timeout");
      send(socket, json.substring(100));
      send(socket, "GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
      assertThat(answer.lines()).anyMatch(line -> line.endsWith("HTTP/1.1 200 OK"));
      assertThat(serving.resolver.size()).isZero();
    }
  }

  @Test
  void aClientThatWaitsToContinueIsToldToUnlessItsBodyIsTooLarge() throws IOException {
    String head =
        "PUT %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n"
            .formatted(Serving.path(Signed.ALICE));
    try (Serving serving = new Serving();
        Socket small = connect(serving);
        Socket large = connect(serving)) {
      send(small, head + "Content-Length: 2\r\nConnection: close\r\n\r\n");
      BufferedReader answer =
          new BufferedReader(new InputStreamReader(small.getInputStream(), UTF_8));
      assertThat(answer.readLine()).isEqualTo("HTTP/1.1 100 Continue");
      send(small, "{}");
      assertThat(answer.lines()).contains("HTTP/1.1 400 Bad Request");
      send(large, head + "Content-Length: 99999\r\n\r\n");
      assertThat(firstLine(large)).isEqualTo("HTTP/1.1 413 Request Entity Too Large");
    }
  }

  @Test
  void whatIsTooLongOrNotHttpGetsAProblemAndIsClosed() {
    try (Serving serving = new Serving()) {
      String line = "GET /" + "a".repeat(9000) + " HTTP/1.1\r\nHost: x\r\n\r\n";
      assertThat(serving.raw(line))
          .containsPattern("^HTTP/1.. 414 ")
          .contains("application/problem+json", "/problems/uri-too-long");
      String header = "GET / HTTP/1.1\r\nHost: x\r\nX: " + "a".repeat(9000) + "\r\n\r\n";
      assertThat(serving.raw(header))
          .containsPattern("^HTTP/1.. 431 ")
          .contains("application/problem+json", "/problems/headers-too-large");
      String number = "PUT /v1/relays/x HTTP/1.1\r\nHost: x\r\nContent-Length: 1x\r\n\r\n";
      assertThat(serving.raw(number))
          .containsPattern("^HTTP/1.. 400 ")
          .contains("malformed-request");
      assertThat(serving.raw("\u0016\u0003\u0001hello\r\n\r\n"))
          .containsPattern("^HTTP/1.. 400 ")
          .contains("/problems/malformed-request");
      assertThat(serving.get("/health/live").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void randomBytesDoNoHarm() throws IOException {
    RandomGenerator random = RandomGenerator.of("L64X128MixRandom");
    try (Serving serving = new Serving()) {
      for (int i = 0; i < 200; i++) {
        byte[] noise = new byte[random.nextInt(1, 2000)];
        random.nextBytes(noise);
        try (Socket socket = connect(serving)) {
          String start = i % 2 == 0 ? "" : "PUT /v1/relays/";
          send(socket, start);
          socket.getOutputStream().write(noise);
          socket.shutdownOutput();
          assertThat(rest(socket)).doesNotContain("Exception", " 500 ");
        } catch (SocketException reset) {
          assertThat(reset).hasMessageMatching("Connection reset.*|Broken pipe.*");
        }
      }
      assertThat(serving.get("/health/live").statusCode()).isEqualTo(200);
    }
  }
}
