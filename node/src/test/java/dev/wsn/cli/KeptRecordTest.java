package dev.wsn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code wsn publish --keep} over its life: it renews, restarts, and withdraws. */
class KeptRecordTest extends NetworkTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String HERE = "127.0.0.1:7001";
  private static final long LIFETIME_SECONDS = 6;
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long LIMIT_NANOS = TimeUnit.SECONDS.toNanos(60);

  private String[] keep(String... more) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("publish", "--keep", "--local", "--key", key.toString()));
    command.addAll(List.of("--endpoint", HERE));
    command.addAll(List.of(more));
    return command.toArray(String[]::new);
  }

  private String[] keepThroughResolver(String... more) {
    List<String> command = new ArrayList<>(List.of(keep("--resolver", network.resolver())));
    command.addAll(List.of(more));
    return command.toArray(String[]::new);
  }

  private JsonNode resolved() throws IOException {
    RecordedHost machine = new RecordedHost();
    int code =
        machine.run(
            "resolve", npub, "--resolver", network.resolver(), "--policy", "quorum", "--json");
    assertThat(code).as(machine.err()).isIn(ExitCode.DONE, ExitCode.NOT_FOUND);
    return JSON.readTree(machine.out());
  }

  private static long createdAt(JsonNode answer) {
    JsonNode time = answer.findValue("created_at");
    return time == null ? -1 : time.asLong();
  }

  /** The time of the first record that is found and newer. */
  private long awaitRecordAfter(long time) throws IOException {
    long deadline = System.nanoTime() + LIMIT_NANOS;
    JsonNode last = resolved();
    while (createdAt(last) <= time && System.nanoTime() - deadline < 0) {
      LockSupport.parkNanos(PAUSE_NANOS);
      last = resolved();
    }
    assertThat(createdAt(last)).as(last::toString).isGreaterThan(time);
    assertThat(last.toString()).contains(HERE);
    return createdAt(last);
  }

  @Test
  void theRecordIsRenewedAgainAndAgain() throws IOException {
    String[] command = keep("--seed", network.seed(), "--ttl", LIFETIME_SECONDS + "s");
    try (RecordedHost.Running running = new RecordedHost().start(command)) {
      assertThat(running.line("key ")).isEqualTo("wsn://" + npub);
      assertThat(running.line("address ")).isEqualTo("wsn://" + npub + "@" + HERE);
      long first = awaitRecordAfter(0);
      long unused = awaitRecordAfter(first + LIFETIME_SECONDS);
    }
  }

  @Test
  void aRestartWithTheClockSetBackPublishesANewerTime() throws IOException {
    RecordedHost ahead = RecordedHost.withClockAhead(Duration.ofSeconds(40));
    try (RecordedHost.Running running = ahead.start(keepThroughResolver())) {
      assertThat(running.line("address ")).endsWith(HERE);
    }
    JsonNode before = resolved();
    assertThat(before.path("status").asText()).isEqualTo("found");
    assertThat(key.resolveSibling("own.key.published"))
        .content()
        .endsWith(" " + createdAt(before) + "\n");
    try (RecordedHost.Running running = new RecordedHost().start(keepThroughResolver())) {
      assertThat(running.line("address ")).endsWith(HERE);
      assertThat(createdAt(resolved())).isEqualTo(createdAt(before) + 1);
    }
  }

  @Test
  void aCleanStopWithdrawsWhenAsked() throws IOException {
    try (RecordedHost.Running running =
        new RecordedHost().start(keepThroughResolver("--withdraw"))) {
      assertThat(running.line("address ")).endsWith(HERE);
      assertThat(resolved().path("status").asText()).isEqualTo("found");
    }
    assertThat(resolved().path("status").asText()).isEqualTo("withdrawn");
  }

  @Test
  void aResolverThatIsAwayIsTriedAgainAndSaidInPlainWords() {
    try (WatchedLog log = new WatchedLog();
        RecordedHost.Running running =
            new RecordedHost().start(keep("--resolver", "http://127.0.0.1:1"))) {
      assertThat(running.line("key ")).isEqualTo("wsn://" + npub);
      assertThat(log.await("WARN the record of")).contains("next attempt in");
    }
  }

  @Test
  void aWithdrawalThatNobodyTookIsAWarningWithWhatToDo() {
    try (WatchedLog log = new WatchedLog()) {
      String[] command = keep("--resolver", "http://127.0.0.1:1", "--withdraw");
      try (RecordedHost.Running running = new RecordedHost().start(command)) {
        assertThat(running.line("key ")).isEqualTo("wsn://" + npub);
      }
      assertThat(log.toString())
          .containsPattern("WARN [0-9a-f]{8} was not withdrawn \\(there is no resolver")
          .contains("wsn withdraw tries again");
    }
  }

  @Test
  void theFileOfAnotherKeyIsNotUsed() throws IOException {
    Path unused =
        Files.writeString(key.resolveSibling("own.key.published"), "0".repeat(64) + " 1\n");
    RecordedHost machine = new RecordedHost();
    assertThat(machine.run(keepThroughResolver())).isEqualTo(ExitCode.USAGE);
    assertThat(machine.err()).contains("belongs to another key");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--out=x", "--for=5h", "--record=x", "--json"})
  void whatContradictsItIsRefused(String option) {
    RecordedHost machine = new RecordedHost();
    assertThat(machine.run(keepThroughResolver(option))).isEqualTo(ExitCode.USAGE);
    assertThat(machine.err()).contains("leave --out, --for, --record and --json out");
  }

  @Test
  void withdrawAloneIsRefused() {
    RecordedHost machine = new RecordedHost();
    String[] command = {
      "publish", "--key", key.toString(), "--endpoint", HERE, "--local", "--withdraw"
    };
    assertThat(machine.run(command)).isEqualTo(ExitCode.USAGE);
    assertThat(machine.err()).contains("--withdraw needs --keep");
  }
}
