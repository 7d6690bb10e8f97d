package dev.wsn.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.KeyFile;
import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;

/**
 * Every mistake of a person has one clear message on standard error, its exit code, nothing on
 * standard output and never a stack trace. The table is {@code bad-input.csv}; its {@code {names}}
 * stand for what is made here.
 */
class BadInputTest {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final SecretKey SECRET = SecretKey.generate(RANDOM);
  private static final Map<String, String> NAMES = new HashMap<>();

  private static CliNetwork network;
  private static ServerSocket takenTcp;
  private static DatagramSocket takenUdp;

  @BeforeAll
  static void makeTheWorld(@TempDir Path directory) throws IOException {
    network = new CliNetwork(directory);
    InetAddress loopback = InetAddress.getLoopbackAddress();
    takenTcp = new ServerSocket(0, 1, loopback);
    takenUdp = new DatagramSocket(new InetSocketAddress(loopback, 0));
    String npub = Nip19.npub(Secp256k1.portable().publicKey(SECRET));
    NAMES.put("dir", directory.toString());
    NAMES.put("npub", npub);
    NAMES.put("typo", npub.substring(0, 62) + (npub.endsWith("q") ? "p" : "q"));
    NAMES.put("nsec", Nip19.nsec(SECRET));
    NAMES.put("seed", network.seed());
    NAMES.put("resolver", network.resolver());
    NAMES.put("tcp", "127.0.0.1:" + takenTcp.getLocalPort());
    NAMES.put("udp", "127.0.0.1:" + takenUdp.getLocalPort());
    file(directory, "key", "rw-------", KeyFile.nsec(SECRET));
    file(directory, "open", "rw-r--r--", KeyFile.nsec(SECRET));
    file(directory, "nokey", "rw-------", "hello".getBytes(UTF_8));
    file(directory, "locked", "rw-r--r--", KeyFile.encrypt(SECRET, "right".toCharArray(), RANDOM));
    file(directory, "wrong", "rw-------", "wrong\n".getBytes(UTF_8));
    file(directory, "empty", "rw-------", "\n".getBytes(UTF_8));
    file(directory, "typo.yml", "rw-r--r--", "lisen: 0.0.0.0:4848\n".getBytes(UTF_8));
    file(directory, "bad.yml", "rw-r--r--", "listen: [\n".getBytes(UTF_8));
    file(directory, "text.yml", "rw-r--r--", "just text\n".getBytes(UTF_8));
    file(directory, "name.yml", "rw-r--r--", "listen: example.com:4848\n".getBytes(UTF_8));
    file(directory, "deep.yml", "rw-r--r--", "local: true\nseed: [[a]]\n".getBytes(UTF_8));
    String both = "allow: clients\naccess-url: http://127.0.0.1:1/\n";
    file(directory, "both.yml", "rw-r--r--", both.getBytes(UTF_8));
    file(directory, "half.yml", "rw-r--r--", "allow: clients\n".getBytes(UTF_8));
    file(directory, "loop.yml", "rw-r--r--", "\nlisten: 127.0.0.1:0\n".getBytes(UTF_8));
    file(directory, "twice.yml", "rw-r--r--", "http: 127.0.0.1:1\nhttp: x\n".getBytes(UTF_8));
  }

  private static void file(Path directory, String name, String mode, byte[] content)
      throws IOException {
    Path file = Files.write(directory.resolve(name), content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
    NAMES.put(name, file.toString());
  }

  @AfterAll
  static void end() throws IOException {
    takenTcp.close();
    takenUdp.close();
    network.close();
  }

  @ParameterizedTest(name = "{0}")
  @CsvFileSource(resources = "/bad-input.csv", delimiter = '|', numLinesToSkip = 1)
  void mistakeHasItsMessageAndItsCode(String name, String line, int exitCode, String message) {
    RecordedHost machine = new RecordedHost();
    String[] arguments = line == null ? new String[0] : filled(line).split(" ", -1);
    int code = machine.run(arguments);

    assertThat(machine.err()).containsIgnoringCase(filled(message));
    assertThat(code).as(machine.err()).isEqualTo(exitCode);
    assertThat(machine.err())
        .doesNotContain("Exception", "\tat ", "internal error", Nip19.nsec(SECRET));
    assertThat(machine.out()).isEmpty();
    assertThat(machine.err().lines().filter(text -> text.startsWith("wsn"))).hasSize(1);
  }

  @Test
  void unreadableKeyFileIsNamed(@TempDir Path directory) throws IOException {
    Path file = Files.write(directory.resolve("k"), KeyFile.nsec(SecretKey.generate(RANDOM)));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("---------"));
    RecordedHost machine = new RecordedHost();
    int code = machine.run("withdraw", "--key", file.toString(), "--resolver", network.resolver());
    // The superuser reads every file; then the key is simply used.
    boolean isSuperuser = Files.isReadable(file);
    assertThat(code).isEqualTo(isSuperuser ? ExitCode.DONE : ExitCode.USAGE);
    assertThat(machine.err()).contains(isSuperuser ? "" : "permission denied");
  }

  private static String filled(String text) {
    String filled = text;
    for (Map.Entry<String, String> each : NAMES.entrySet()) {
      filled = filled.replace("{" + each.getKey() + "}", each.getValue());
    }
    return filled;
  }
}
