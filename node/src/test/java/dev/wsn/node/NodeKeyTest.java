package dev.wsn.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsn.crypto.KeyFile;
import dev.wsn.crypto.SecretKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The key file of a node: made once, for its owner alone, never replaced. */
class NodeKeyTest {
  private final SecureRandom random = new SecureRandom();
  private final Path directory;
  private final Path file;

  NodeKeyTest(@TempDir Path parent) {
    directory = parent.resolve("a").resolve("data");
    file = directory.resolve(NodeKey.FILE);
  }

  @Test
  void sameKeyAtEveryStart() throws IOException {
    SecretKey first = NodeKey.loadOrCreate(directory, random);
    assertThat(NodeKey.loadOrCreate(directory, random)).isEqualTo(first);
    assertThat(mode(file)).isEqualTo("rw-------");
    assertThat(mode(directory)).isEqualTo("rwx------");
    assertThat(KeyFile.read(Files.readAllBytes(file))).isEqualTo(first);
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }

  @Test
  void fileThatOthersCanReadIsRefused() throws IOException {
    NodeKey.loadOrCreate(directory, random).close();
    for (String mode : new String[] {"rw-r-----", "rw----r--", "rw--w----"}) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
      assertThatThrownBy(() -> NodeKey.loadOrCreate(directory, random))
          .isInstanceOf(SecretFileException.class)
          .hasMessageContainingAll(file.toString(), mode, "chmod 600");
    }
  }

  @Test
  void fileWithoutAKeyIsRefusedAndKept() throws IOException {
    NodeKey.loadOrCreate(directory, random).close();
    byte[] content = "nsec1wrong".getBytes(StandardCharsets.US_ASCII);
    Files.write(file, content);
    assertThatThrownBy(() -> NodeKey.loadOrCreate(directory, random))
        .isInstanceOf(SecretFileException.class)
        .hasMessageContaining("holds no key")
        .hasMessageNotContaining("nsec1wrong");
    assertThat(file).hasBinaryContent(content);
  }

  @Test
  void existingFileIsNeverReplaced() throws IOException {
    Files.createDirectories(directory);
    Files.write(file, new byte[] {1});
    assertThat(SecretFile.create(file, new byte[] {2}, random)).isFalse();
    assertThat(file).hasBinaryContent(new byte[] {1});
    try (Stream<Path> files = Files.list(directory)) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void whatCannotBeReadOrWrittenIsSaid() throws IOException {
    assertThatThrownBy(() -> SecretFile.create(file, new byte[1], random))
        .hasMessageContaining("its directory does not exist");
    assertThatThrownBy(() -> SecretFile.read(file, "the key file"))
        .hasMessage("the key file " + file + " does not exist");
    Files.createDirectories(directory);
    assertThatThrownBy(() -> SecretFile.read(directory, "the key file"))
        .hasMessageContaining("is a directory");
    Files.write(file, new byte[KeyFile.MAX_BYTES + 1]);
    assertThatThrownBy(() -> SecretFile.read(file, "the key file"))
        .hasMessageContaining("not a key");
  }
}
