package dev.wsn.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.wsn.crypto.KeyFile;
import dev.wsn.crypto.Nip19;
import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.node.SecretFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeygenCommandTest {
  private static final Secp256k1 CURVE = Secp256k1.preferred();

  private final RecordedHost machine = new RecordedHost();

  private final Path directory;

  KeygenCommandTest(@TempDir Path directory) {
    this.directory = directory;
  }

  @Test
  void fileHoldsTheKeyThatIsPrintedAndBelongsToItsOwnerAlone() throws IOException {
    Path file = directory.resolve("relay.nsec");
    assertThat(machine.run("keygen", "--out", file.toString(), "--json")).isZero();

    JsonNode printed = new ObjectMapper().readTree(machine.out());
    PublicKey written = CURVE.publicKey(KeyFile.read(Files.readAllBytes(file)));
    assertThat(printed.fieldNames()).toIterable().containsExactly("npub", "pubkey", "file");
    assertThat(printed.get("pubkey").asText()).isEqualTo(written.hex());
    assertThat(printed.get("npub").asText()).isEqualTo(Nip19.npub(written));
    assertThat(printed.get("file").asText()).isEqualTo(file.toString());
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void secretIsPrintedOnlyWhenNoFileWasAskedFor() throws IOException {
    assertThat(machine.run("keygen", "--json")).isZero();
    JsonNode printed = new ObjectMapper().readTree(machine.out());
    PublicKey key = CURVE.publicKey(Nip19.parseSecretKey(printed.get("nsec").asText()));
    assertThat(printed.get("npub").asText()).isEqualTo(Nip19.npub(key));

    RecordedHost other = new RecordedHost();
    other.run("keygen", "--out", directory.resolve("k").toString());
    assertThat(other.out() + other.err()).doesNotContain("nsec1");
  }

  @Test
  void passwordEncryptsTheFile() throws IOException {
    Path password = directory.resolve("password");
    SecretFile.create(password, "pässword\nsecond line\n".getBytes(UTF_8), machine.host().random());
    Path file = directory.resolve("relay.ncryptsec");
    String[] arguments = {
      "keygen", "--json", "--out", file.toString(), "--password-file", password.toString()
    };
    assertThat(machine.run(arguments)).isZero();

    PublicKey key =
        CURVE.publicKey(KeyFile.decrypt(Files.readAllBytes(file), "pässword".toCharArray()));
    assertThat(machine.out()).contains(key.hex()).doesNotContain("sec1");
  }

  @Test
  void existingFileIsNeverOverwritten() throws IOException {
    Path file = Files.writeString(directory.resolve("precious"), "keep me");
    assertThat(machine.run("keygen", "--out", file.toString())).isEqualTo(ExitCode.USAGE);
    assertThat(machine.err()).contains("exists already").contains("choose another name");
    assertThat(file).hasContent("keep me");
  }

  @Test
  void passwordFileThatOthersCanReadIsRefused() throws IOException {
    Path password = Files.writeString(directory.resolve("password"), "secret");
    Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-r--r--"));
    Path file = directory.resolve("k");
    String[] arguments = {
      "keygen", "--out", file.toString(), "--password-file", password.toString()
    };
    assertThat(machine.run(arguments)).isEqualTo(ExitCode.USAGE);
    assertThat(machine.err()).contains("rw-r--r--").contains("chmod 600");
    assertThat(file).doesNotExist();
  }
}
