package dev.wsn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * {@code wsn relay --advertise auto} against nodes of three networks, all of them on the loopback
 * interface. {@code deploy/check/address} does the same with public addresses that change.
 */
class AdvertiseTest {
  private static final List<RecordedHost.Running> NODES = new ArrayList<>();
  private static String seed = "";
  private static String resolver = "";

  private Path key = Path.of("");
  private String npub = "";

  @BeforeAll
  static void startNodes(@TempDir Path directory) {
    for (int network = 1; network <= 3; network++) {
      List<String> command = new ArrayList<>();
      command.addAll(List.of("node", "--local", "--http", "127.0.0.1:0"));
      command.addAll(List.of("--listen", "127.0." + network + ".1:0"));
      command.addAll(List.of("--data", directory.resolve("node" + network).toString()));
      if (!seed.isEmpty()) {
        command.addAll(List.of("--seed", seed));
      }
      RecordedHost.Running node = new RecordedHost().start(command.toArray(String[]::new));
      NODES.add(node);
      seed = node.line("seed ");
      resolver = node.line("http ");
    }
  }

  @AfterAll
  static void stopNodes() {
    NODES.forEach(RecordedHost.Running::close);
  }

  @BeforeEach
  void makeKey(@TempDir Path directory) {
    key = directory.resolve("relay.key");
    npub = RecordedHost.keygen(key);
  }

  private String[] relay(String... more) {
    List<String> command = new ArrayList<>();
    command.addAll(List.of("relay", "--key", key.toString(), "--backend", "ws://127.0.0.1:1"));
    command.addAll(List.of("--listen", "0.0.0.0:0", "--seed", seed));
    command.addAll(List.of(more));
    return command.toArray(String[]::new);
  }

  private String resolved() {
    RecordedHost asking = new RecordedHost();
    String[] command = {"resolve", npub, "--resolver", resolver, "--policy", "quorum"};
    return asking.run(command) == ExitCode.DONE ? asking.out() : "";
  }

  @Test
  void whatNodesOfThreeNetworksSeeIsPublishedBetweenWhatWasGiven() {
    RecordedHost machine = new RecordedHost();
    String given = "127.0.0.9:7000";
    try (RecordedHost.Running relay =
        machine.start(relay("--local", "--advertise", given + ",auto:8443"))) {
      assertThat(relay.line("address ")).endsWith(given);
      String both = "wsn://%s@%s%nwsn://%s@127.0.0.1:8443%n".formatted(npub, given, npub);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (!resolved().equals(both) && System.nanoTime() < deadline) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
      }
      assertThat(resolved()).isEqualTo(both);
    }
  }

  @Test
  void aServerWithoutGatewayIsWhereNodesOfThreeNetworksSeeIt() {
    RecordedHost machine = new RecordedHost();
    String[] command = {
      "publish",
      "--keep",
      "--local",
      "--key",
      key.toString(),
      "--seed",
      seed,
      "--withdraw",
      "--endpoint",
      "127.0.0.9:7000,wss://auto:8443"
    };
    try (RecordedHost.Running kept = machine.start(command)) {
      assertThat(kept.line("address ")).endsWith("127.0.0.9:7000");
      String both = "wsn://%s@127.0.0.9:7000%nwss://127.0.0.1:8443%n".formatted(npub);
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (!resolved().equals(both) && System.nanoTime() < deadline) {
        LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(200));
      }
      assertThat(resolved()).isEqualTo(both);
    }
    assertThat(resolved()).as("withdrawn").isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "--keep --endpoint auto --seed SEED, at which port",
    "--endpoint auto:443 --seed SEED, add --keep",
    "--endpoint auto:443 --out FILE, add --keep",
    "--keep --endpoint auto:443 --resolver http://127.0.0.1:1, a resolver cannot tell",
    "--keep --endpoint auto:0 --seed SEED, or auto"
  })
  void autoWithoutSomebodyWhoStaysAndAsksIsRefused(String options, String why) {
    RecordedHost machine = new RecordedHost();
    String command = "publish --local --key " + key + " " + options.replace("SEED", seed);
    assertThat(machine.run(command.split(" ", -1))).as(machine.err()).isEqualTo(ExitCode.USAGE);
    assertThat(machine.err()).contains(why);
  }

  @Test
  void anAddressThatTheInternetCannotReachIsNamedAndNotPublished() {
    RecordedHost machine = new RecordedHost();
    try (WatchedLog log = new WatchedLog();
        RecordedHost.Running relay = machine.start(relay("--advertise", "auto"))) {
      assertThat(relay.line("relay ")).isEqualTo("wsn://" + npub);
      String what = "other nodes see this machine at 127.0.0.1, which the Internet cannot reach";
      assertThat(log.await("WARN nothing is published, because " + what)).contains("--local");
      assertThat(machine.out()).doesNotContain("address ");
      assertThat(new RecordedHost().run("resolve", npub, "--resolver", resolver))
          .isEqualTo(ExitCode.NOT_FOUND);
    }
  }
}
