package dev.wsn.resolver.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.record.AddressRecord;
import dev.wsn.resolver.InMemoryResolver;
import dev.wsn.resolver.Signed;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Server-sent events about a key, over a real connection. */
final class ChangesTest {
  private static final AddressRecord RECORD =
      Signed.record(Signed.ALICE_SECRET, Duration.ofMinutes(5), "203.0.113.7:4848");
  private static final AddressRecord NEWER =
      Signed.record(Signed.ALICE_SECRET, Duration.ofMinutes(1), "203.0.113.9:4848");
  private static final AddressRecord WITHDRAWAL = Signed.record(Signed.ALICE_SECRET, Duration.ZERO);
  private static final String PATH = Serving.path(Signed.ALICE) + "/changes";

  private final Serving serving = new Serving();

  @AfterEach
  void stop() {
    serving.close();
  }

  /** An open stream. */
  private final class Stream implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader lines;

    Stream(String... headers) throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), serving.listening().port());
      socket.setSoTimeout(20_000);
      String head = "GET " + PATH + " HTTP/1.1\r\nHost: x\r\n" + String.join("", headers) + "\r\n";
      socket.getOutputStream().write(head.getBytes(UTF_8));
      lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
      assertThat(lines.readLine()).isEqualTo("HTTP/1.1 200 OK");
      until("retry: 5000");
    }

    private void until(String wanted) throws IOException {
      String line = "";
      while (!line.equals(wanted)) {
        line = lines.readLine();
        assertThat(line).as("the stream is open").isNotNull();
      }
    }

    /** Id and name of the next event. */
    List<String> event() throws IOException {
      List<String> event = new ArrayList<>();
      while (true) {
        String line = lines.readLine();
        assertThat(line).as("the stream is open").isNotNull();
        if (line.startsWith("id: ") || line.startsWith("event: ")) {
          event.add(line);
        } else if (line.startsWith("data: ")) {
          assertThat(Serving.json(line.substring(6)).path("pubkey").asText())
              .isEqualTo(Signed.ALICE.hex());
          return event;
        }
      }
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private static List<String> event(AddressRecord about, String name) {
    String end = name.equals("expiry") ? ".expired" : "";
    return List.of("id: " + about.event().id().hex() + end, "event: " + name);
  }

  @Test
  void aWatcherHearsOfRecordsWithdrawalsAndExpiries() throws IOException {
    serving.put(RECORD);
    try (Stream stream = new Stream()) {
      assertThat(stream.event()).isEqualTo(event(RECORD, "record"));
      serving.put(NEWER);
      assertThat(stream.event()).isEqualTo(event(NEWER, "record"));
      serving.put(WITHDRAWAL);
      assertThat(stream.event()).isEqualTo(event(WITHDRAWAL, "withdrawal"));
      serving.now.set(Signed.NOW.plus(Signed.LIFETIME));
      assertThat(stream.event()).isEqualTo(event(WITHDRAWAL, "expiry"));
    }
  }

  @Test
  void whatChangesElsewhereIsHeardOfAfterAWhile() throws IOException {
    serving.resolver.rollBackTo(RECORD);
    try (Stream stream = new Stream()) {
      assertThat(stream.event()).isEqualTo(event(RECORD, "record"));
      serving.resolver.rollBackTo(NEWER);
      serving.sleep(Duration.ofSeconds(61));
      assertThat(stream.event()).isEqualTo(event(NEWER, "record"));
    }
  }

  @Test
  void whoComesBackHearsNothingTwice() throws IOException {
    serving.put(RECORD);
    String last = "Last-Event-ID: " + RECORD.event().id().hex() + "\r\n";
    try (Stream stream = new Stream(last)) {
      serving.put(NEWER);
      assertThat(stream.event()).isEqualTo(event(NEWER, "record"));
    }
    try (Stream missed = new Stream(last)) {
      assertThat(missed.event()).isEqualTo(event(NEWER, "record"));
    }
    serving.now.set(Signed.NOW.plus(Signed.LIFETIME));
    serving.resolver.rollBackTo(NEWER);
    String heard = "Last-Event-ID: " + NEWER.event().id().hex() + "\r\n";
    try (Stream late = new Stream(heard)) {
      assertThat(late.event()).isEqualTo(event(NEWER, "expiry"));
    }
  }

  @Test
  void aStreamThatIsClosedIsNotWatchedAnyMore() throws IOException {
    serving.put(RECORD);
    Stream stream = new Stream();
    assertThat(stream.event()).isEqualTo(event(RECORD, "record"));
    assertThat(serving.changes.watchers()).isEqualTo(1);
    stream.close();
    while (serving.changes.watchers() > 0) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aStreamThatCannotBeOpenedIsAProblem() {
    Serving.problem(serving.get("/v1/relays/abc/changes"), 400, "malformed-key");
    Serving.problem(serving.get(PATH, "Accept", "application/json"), 406, "not-acceptable");
    serving.resolver.network(InMemoryResolver.Network.BROKEN);
    Serving.problem(serving.get(PATH), 500, "internal");
  }
}
