package dev.wsn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code wsn relay} does over its life: it has itself dialled, restarts, and withdraws. */
class RelayLifeTest extends NetworkTest {
  private static String[] relay(Path key, String... more) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("relay", "--local", "--key", key.toString()));
    command.addAll(List.of("--backend", "ws://127.0.0.1:1", "--listen", "127.0.0.1:0"));
    command.addAll(List.of("--seed", network.seed()));
    command.addAll(List.of(more));
    return command.toArray(String[]::new);
  }

  private JsonNode resolved(int exitCode) throws IOException {
    RecordedHost machine = new RecordedHost();
    String[] command = {
      "resolve", npub, "--resolver", network.resolver(), "--policy", "quorum", "--json"
    };
    assertThat(machine.run(command)).as(machine.err()).isEqualTo(exitCode);
    return new ObjectMapper().readTree(machine.out());
  }

  private static String addressOf(RecordedHost.Running running) {
    String line = running.line("address ");
    return line.substring(line.indexOf('@') + 1);
  }

  @Test
  void aRelayThatIsReachableIsToldSo() {
    try (WatchedLog log = new WatchedLog();
        RecordedHost.Running running =
            new RecordedHost().start(relay(key, "--check-from", network.resolver()))) {
      String said = log.await("INFO wsn://" + npub);
      assertThat(said).contains(addressOf(running) + " is reachable from outside");
    }
  }

  @Test
  void anAddressOfSomebodyElseIsSaidInPlainWords(@TempDir Path directory) throws IOException {
    Path other = directory.resolve("other.key");
    String unused = RecordedHost.keygen(other);
    try (WatchedLog log = new WatchedLog();
        RecordedHost.Running stranger = new RecordedHost().start(relay(other))) {
      String elsewhere = addressOf(stranger);
      String[] command = relay(key, "--check-from", network.resolver(), "--advertise", elsewhere);
      try (RecordedHost.Running running = new RecordedHost().start(command)) {
        assertThat(log.await("WARN nobody can reach this relay at"))
            .contains(elsewhere)
            .contains("does not hold the key");
        assertThat(addressOf(running)).isEqualTo(elsewhere);
      }
    }
  }

  @Test
  void aClosedPortIsSaidWithWhatToLookAt() {
    String closed = "127.0.0.1:1";
    String[] command = relay(key, "--check-from", network.resolver(), "--advertise", closed);
    try (WatchedLog log = new WatchedLog();
        RecordedHost.Running running = new RecordedHost().start(command)) {
      assertThat(log.await("WARN nobody can reach this relay at"))
          .contains(closed + ": nobody answers there")
          .contains("forwarded by the router");
      assertThat(addressOf(running)).isEqualTo(closed);
    }
  }

  @Test
  void aResolverThatCannotSayIsNamed() {
    String[] command = relay(key, "--check-from", "http://127.0.0.1:1");
    try (WatchedLog log = new WatchedLog();
        RecordedHost.Running running = new RecordedHost().start(command)) {
      assertThat(log.await("WARN http://127.0.0.1:1 cannot say whether this relay is reachable"))
          .isNotEmpty();
      assertThat(addressOf(running)).startsWith("127.0.0.1:");
    }
  }

  @Test
  void aRestartWithTheClockSetBackPublishesANewerTimeAndIsFound() throws IOException {
    String before;
    try (RecordedHost.Running running =
        RecordedHost.withClockAhead(Duration.ofSeconds(40)).start(relay(key))) {
      before = addressOf(running);
    }
    long first = resolved(ExitCode.DONE).findValue("created_at").asLong();
    try (RecordedHost.Running running = new RecordedHost().start(relay(key))) {
      String after = addressOf(running);
      assertThat(after).isNotEqualTo(before);
      JsonNode now = resolved(ExitCode.DONE);
      assertThat(now.findValue("created_at").asLong()).isEqualTo(first + 1);
      assertThat(now.toString()).contains(after).doesNotContain(before);
    }
  }

  @Test
  void aCleanStopWithdrawsWhenAskedAndOtherwiseLeavesTheRecord() throws IOException {
    try (RecordedHost.Running running = new RecordedHost().start(relay(key))) {
      assertThat(addressOf(running)).isNotEmpty();
    }
    assertThat(resolved(ExitCode.DONE).path("status").asText()).isEqualTo("found");
    try (RecordedHost.Running running = new RecordedHost().start(relay(key, "--withdraw"))) {
      assertThat(addressOf(running)).isNotEmpty();
    }
    assertThat(resolved(ExitCode.NOT_FOUND).path("status").asText()).isEqualTo("withdrawn");
  }
}
