package dev.wsn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two networks that know nothing of each other: one has a key's present record, the other one an
 * older that is still alive, as somebody would show it who wants a client at the old address.
 */
class RollbackTest {
  private static String present = "";
  private static String past = "";
  private static String npub = "";
  private static CliNetwork first;
  private static CliNetwork second;

  @BeforeAll
  static void publishTwice(@TempDir Path directory) {
    first = new CliNetwork(directory.resolve("present"));
    second = new CliNetwork(directory.resolve("past"));
    present = first.resolver();
    past = second.resolver();
    Path file = directory.resolve("key");
    npub = RecordedHost.keygen(file);
    String key = file.toString();
    publish(key, "127.0.0.1:7001", Duration.ZERO, past);
    publish(key, "127.0.0.1:7002", Duration.ofSeconds(30), present);
  }

  private static void publish(String key, String endpoint, Duration ahead, String resolver) {
    RecordedHost machine = RecordedHost.withClockAhead(ahead);
    String command = "publish --local --key %s --endpoint %s --resolver %s";
    assertThat(machine.run(command.formatted(key, endpoint, resolver).split(" ", -1)))
        .as(machine.err())
        .isZero();
  }

  @AfterAll
  static void stop() {
    first.close();
    second.close();
  }

  private static RecordedHost resolve(Path state, int exitCode, String... where) {
    RecordedHost machine = RecordedHost.withEnvironment("XDG_STATE_HOME", state.toString());
    String[] command = new String[where.length + 2];
    command[0] = "resolve";
    command[1] = npub;
    System.arraycopy(where, 0, command, 2, where.length);
    assertThat(machine.run(command)).as(machine.err()).isEqualTo(exitCode);
    return machine;
  }

  @Test
  void anOlderRecordIsRefusedAfterARestartAndNamed(@TempDir Path state) throws IOException {
    assertThat(resolve(state, ExitCode.DONE, "--resolver", past).out()).contains(":7001");
    assertThat(resolve(state, ExitCode.DONE, "--resolver", present).out()).contains(":7002");

    RecordedHost refused = resolve(state, ExitCode.REFUSED, "--resolver", past);

    assertThat(refused.out()).isEmpty();
    assertThat(refused.err()).contains("this computer has seen one of").contains("wsn/seen");
    resolve(state, ExitCode.REFUSED, "--seed", second.seed());
    resolve(state, ExitCode.REFUSED, "--resolver", past, "--policy", "quorum");
    assertThat(resolve(state, ExitCode.DONE, "--resolver", present).out()).contains(":7002");
    Path file = state.resolve("wsn").resolve("seen");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(Files.readAllLines(file)).hasSize(2);
  }

  @Test
  void theProxyRemembersToo(@TempDir Path state) throws Exception {
    assertThat(asked(state, present)).contains("127.0.0.1:7002");
    assertThat(asked(state, past))
        .doesNotContain("127.0.0.1:7001")
        .contains("this computer has seen one of");
  }

  /** What a proxy that was started for this question alone says of the key, which nobody holds. */
  private static String asked(Path state, String resolver) throws Exception {
    RecordedHost machine = RecordedHost.withEnvironment("XDG_STATE_HOME", state.toString());
    String command = "connect --local --listen 127.0.0.1:0 --resolver " + resolver;
    try (RecordedHost.Running proxy = machine.start(command.split(" ", -1))) {
      String door = proxy.line("ready ").replace("ws:", "http:").replace("<npub>", npub);
      HttpResponse<String> answer =
          HttpClient.newHttpClient()
              .send(HttpRequest.newBuilder(URI.create(door)).build(), BodyHandlers.ofString());
      return answer.body();
    }
  }

  @Test
  void aDamagedFileIsMovedAsideAndSaidSo(@TempDir Path state) throws IOException {
    resolve(state, ExitCode.DONE, "--resolver", present);
    Path file = state.resolve("wsn").resolve("seen");
    String whole = Files.readString(file);
    for (String damaged : List.of("", "\0\0\0", whole.substring(0, whole.length() - 9))) {
      Files.writeString(file, damaged);
      try (WatchedLog log = new WatchedLog()) {
        assertThat(resolve(state, ExitCode.DONE, "--resolver", present).out()).contains(":7002");
        assertThat(log.await("WARN " + file)).contains("was damaged and is now");
      }
      assertThat(Files.readString(file)).isEqualTo(whole);
      try (var all = Files.list(file.getParent())) {
        Path aside =
            all.filter(each -> each.toString().contains("damaged")).findFirst().orElseThrow();
        assertThat(Files.readString(aside)).isEqualTo(damaged);
        Files.delete(aside);
      }
    }
  }

  @Test
  void aDirectoryThatCannotBeWrittenIsSaidAndTheAnswerStands(@TempDir Path state)
      throws IOException {
    Files.writeString(state.resolve("wsn"), "a file where the directory should be");
    try (WatchedLog log = new WatchedLog()) {
      assertThat(resolve(state, ExitCode.DONE, "--resolver", present).out()).contains(":7002");
      assertThat(log.await("WARN " + state.resolve("wsn"))).contains("cannot be used");
    }
  }

  @Test
  void theNextResolverIsAskedWhenOneIsDownOrSilentOrServesTheOld(@TempDir Path state)
      throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String first = "http://127.0.0.1:" + silent.getLocalPort();
      assertThat(resolve(state, ExitCode.DONE, "--resolver", first, "--resolver", present).out())
          .contains(":7002");
    }
    String dead = "http://127.0.0.1:1";
    assertThat(resolve(state, ExitCode.DONE, "--resolver", dead, "--resolver", present).out())
        .contains(":7002");
    assertThat(resolve(state, ExitCode.DONE, "--resolver", past, "--resolver", present).out())
        .as("the first one serves the old record")
        .contains(":7002");
    assertThat(resolve(state, ExitCode.UNREACHABLE, "--resolver", dead + "," + dead).err())
        .contains("cannot be reached");
  }

  @Test
  void theDhtHelpsWhenTheResolverIsDownOrSilentOrServesTheOld(@TempDir Path state)
      throws IOException {
    String seed = first.seed();
    String dead = "http://127.0.0.1:1";
    assertThat(resolve(state, ExitCode.DONE, "--resolver", dead, "--seed", seed).out())
        .contains(":7002");
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      String mute = "http://127.0.0.1:" + silent.getLocalPort();
      assertThat(resolve(state, ExitCode.DONE, "--resolver", mute, "--seed", seed).out())
          .contains(":7002");
    }
    RecordedHost helped = resolve(state, ExitCode.DONE, "--resolver", past, "--seed", seed);
    assertThat(helped.out()).as("the resolver serves the old record").contains(":7002");
    resolve(state, ExitCode.REFUSED, "--resolver", past, "--seed", second.seed());
  }

  @Test
  void theDhtHelpsWhenTheResolverKnowsNothing(@TempDir Path directory) {
    try (CliNetwork ignorant = new CliNetwork(directory.resolve("ignorant"))) {
      String resolver = ignorant.resolver();
      Path state = directory.resolve("state");
      resolve(state, ExitCode.NOT_FOUND, "--resolver", resolver);
      assertThat(
              resolve(state, ExitCode.DONE, "--resolver", resolver, "--seed", first.seed()).out())
          .contains(":7002");
      resolve(state, ExitCode.NOT_FOUND, "--resolver", resolver, "--seed", ignorant.seed());
      String both =
          resolve(state, ExitCode.DONE, "--resolver", present, "--seed", first.seed()).err();
      assertThat(both)
          .as("the resolver is asked first")
          .contains("found (cache")
          .contains("--policy quorum");
    }
  }
}
