package dev.wsn.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Records whose key is not here: signed in advance, or by a remote signer (whose conversation the
 * interop suite has with real software).
 */
class SignedElsewhereTest {
  private static final String SIGNER =
      "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";

  private Path directory = Path.of("");
  private String key = "";
  private Path records = Path.of("");

  @BeforeEach
  void makeKey(@TempDir Path own) {
    directory = own;
    key = directory.resolve("key").toString();
    records = directory.resolve("records");
    assertThat(new RecordedHost().run("keygen", "--out", key)).isZero();
  }

  private RecordedHost run(int exitCode, RecordedHost machine, String... arguments) {
    assertThat(machine.run(arguments)).as(machine.err()).isEqualTo(exitCode);
    return machine;
  }

  private void sign(RecordedHost machine, String... more) {
    String[] arguments = new String[7 + more.length];
    System.arraycopy(
        new String[] {
          "publish", "--key", key, "--endpoint", "203.0.113.7:4848", "--out", records.toString()
        },
        0,
        arguments,
        0,
        7);
    System.arraycopy(more, 0, arguments, 7, more.length);
    run(ExitCode.DONE, machine, arguments);
  }

  private String announce(int exitCode, RecordedHost machine, String resolver) {
    return run(
            exitCode,
            machine,
            "publish",
            "--record",
            records.toString(),
            "--resolver",
            resolver,
            "--local")
        .err();
  }

  @Test
  void theRecordWhoseTurnItIsIsPublishedWithoutTheKey(@TempDir Path nodes) throws IOException {
    sign(new RecordedHost(), "--ttl", "2h", "--for", "5h");
    assertThat(Files.readAllLines(records)).hasSize(5);
    Files.delete(Path.of(key));
    try (CliNetwork network = new CliNetwork(nodes)) {
      assertThat(announce(ExitCode.DONE, new RecordedHost(), network.resolver()))
          .contains("lasts until");
    }
  }

  @Test
  void recordsThatExpiredSaySoAndWhatToDo() {
    sign(new RecordedHost(), "--ttl", "2h", "--for", "4h");
    var later = RecordedHost.withClockAhead(Duration.ofHours(30));
    assertThat(announce(ExitCode.REFUSED, later, "http://127.0.0.1:9"))
        .contains("every record in")
        .contains("has expired")
        .contains("wsn publish --out");
  }

  @Test
  void recordsOfTheFutureWait() {
    sign(RecordedHost.withClockAhead(Duration.ofDays(2)));
    assertThat(announce(ExitCode.REFUSED, new RecordedHost(), "http://127.0.0.1:9"))
        .contains("begins at");
  }

  @Test
  void aLineThatWasChangedIsNamed() throws IOException {
    sign(new RecordedHost(), "--for", "3h");
    List<String> lines = Files.readAllLines(records);
    String changed = lines.get(1).replace("203.0.113.7", "203.0.113.8");
    Path unused = Files.writeString(records, lines.get(0) + "\n" + changed + "\n");
    assertThat(announce(ExitCode.USAGE, new RecordedHost(), "http://127.0.0.1:9"))
        .contains("line 2");
  }

  @Test
  void signingInAdvanceNeedsNoNetworkAndHasABound() {
    String[] arguments = {
      "publish", "--key", key, "--endpoint", "203.0.113.7:4848", "--out", "x", "--for", "9000h"
    };
    assertThat(run(ExitCode.USAGE, new RecordedHost(), arguments).err()).contains("more than 1000");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bunker://",
        "bunker://1234?relay=wss://a.example",
        "bunker://SIGNER",
        "bunker://SIGNER?relay=https://a.example",
        "bunker://SIGNER?relay=%zz",
        "nostrconnect://SIGNER?relay=wss://a.example"
      })
  void addressesThatAreNoneAreRefused(String text) {
    assertThatThrownBy(() -> BunkerAddress.parse(text.replace("SIGNER", SIGNER)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anAddressIsReadAndItsSecretNotShown() {
    String text =
        "bunker://%s?relay=wss%%3A%%2F%%2Fa.example&relay=ws://b.example:7777&secret=s%%2Bt";
    BunkerAddress address = BunkerAddress.parse(text.formatted(SIGNER));
    assertThat(address.signer().hex()).isEqualTo(SIGNER);
    assertThat(address.relays()).hasSize(2);
    assertThat(address.secret()).contains("s+t");
    assertThat(address.toString()).doesNotContain("s+t");
  }

  @Test
  void aSignerThatCannotBeReachedIsSaidSoAndNothingIsWritten() throws IOException {
    Path bunker = directory.resolve("bunker");
    Path unused =
        Files.writeString(bunker, "bunker://" + SIGNER + "?relay=ws://127.0.0.1:9&secret=hush");
    String[] arguments = {
      "publish",
      "--bunker",
      bunker.toString(),
      "--endpoint",
      "203.0.113.7:4848",
      "--out",
      records.toString()
    };
    Path unusedOpen =
        Files.setPosixFilePermissions(bunker, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(run(ExitCode.USAGE, new RecordedHost(), arguments).err()).contains("chmod 600");
    Path unusedClosed =
        Files.setPosixFilePermissions(bunker, PosixFilePermissions.fromString("rw-------"));
    assertThat(run(ExitCode.UNREACHABLE, new RecordedHost(), arguments).err())
        .contains("127.0.0.1")
        .doesNotContain("hush");
    assertThat(directory.resolve("bunker.client")).doesNotExist();
  }

  @Test
  void anAddressOnTheCommandLineIsNotTaken() {
    String[] arguments = {
      "publish", "--bunker", "bunker://" + SIGNER, "--endpoint", "203.0.113.7:4848", "--out", "x"
    };
    assertThat(run(ExitCode.USAGE, new RecordedHost(), arguments).err())
        .contains("others can see the command line");
  }
}
