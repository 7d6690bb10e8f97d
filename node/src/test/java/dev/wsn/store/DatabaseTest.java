package dev.wsn.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsn.store.StoreException.Reason;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every file that is not a whole database of ours gives the operator a sentence, and stays. */
class DatabaseTest {
  private final Path parent;
  private final Path file;
  private Path directory;

  DatabaseTest(@TempDir Path parent) {
    this.parent = parent;
    directory = parent.resolve("data");
    file = directory.resolve(Database.FILE);
  }

  @BeforeEach
  void fill() throws InterruptedException {
    try (RecordStore store = open()) {
      CountDownLatch stored = new CountDownLatch(200);
      for (int i = 0; i < 200; i++) {
        store.put(Records.of(i, Records.NOW), result -> stored.countDown());
      }
      stored.await();
    }
  }

  private RecordStore open() {
    return RecordStore.open(directory, "main", () -> 0, failure -> {});
  }

  private void assertRefused(Reason reason, String... parts) {
    ThrowingCallable opening = () -> open().close();
    assertThatThrownBy(opening)
        .isInstanceOfSatisfying(
            StoreException.class, thrown -> assertThat(thrown.reason()).isEqualTo(reason))
        .hasMessageContainingAll(parts)
        .hasMessageNotContaining("null");
  }

  @Test
  void everyCommitIsSyncedAndOperatorsMayRead() throws SQLException {
    try (Connection connection = Database.open(directory, "main")) {
      assertThat(pragma(connection, "synchronous")).isEqualTo("2");
      assertThat(pragma(connection, "fullfsync")).isEqualTo("1");
      assertThat(pragma(connection, "journal_mode")).isEqualTo("wal");
      assertThat(pragma(connection, "locking_mode")).isEqualTo("normal");
    }
  }

  private static String pragma(Connection connection, String name) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("PRAGMA " + name)) {
      return rows.getString(1);
    }
  }

  @Test
  void newDirectoryIsForItsOwnerOnly() throws IOException {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
        .isEqualTo("rwx------");
  }

  @Test
  void truncatedFileIsDamaged() throws IOException {
    try (RandomAccessFile damaged = new RandomAccessFile(file.toFile(), "rw")) {
      damaged.setLength(damaged.length() / 2);
    }
    assertRefused(Reason.DAMAGED, file.toString(), "is damaged", "move", "aside");
  }

  @Test
  void emptyFileIsDamagedAndNotTakenForNew() throws IOException {
    Files.write(file, new byte[0]);
    assertRefused(Reason.DAMAGED, file.toString(), "move", "aside");
    assertThat(file).isEmptyFile();
  }

  @Test
  void randomBytesAreDamaged() throws IOException {
    Files.write(file, "not a database at all ".repeat(100).getBytes(StandardCharsets.UTF_8));
    assertRefused(Reason.DAMAGED, file.toString(), "move", "aside");
  }

  @Test
  void overwrittenPageIsDamaged() throws IOException {
    try (RandomAccessFile damaged = new RandomAccessFile(file.toFile(), "rw")) {
      damaged.seek(4 * 4096);
      damaged.write(new byte[4096]);
    }
    assertRefused(Reason.DAMAGED, file.toString(), "move", "aside");
  }

  @Test
  void logWithoutItsDatabaseIsDamaged() throws IOException {
    Files.move(file, directory.resolve("wsn.db-wal"));
    assertRefused(Reason.DAMAGED, "wsn.db-wal is there");
  }

  @Test
  void movingTheDamagedFileAsideIsEnough() throws IOException {
    Files.write(file, new byte[] {1, 2, 3});
    assertRefused(Reason.DAMAGED, "start again");
    Files.move(file, directory.resolve("aside"));
    try (RecordStore store = open()) {
      assertThat(store.restore(Records.RULES, Records.NOW).records()).isEmpty();
    }
  }

  @Test
  void halfMadeDatabaseOfAnInterruptedFirstStartIsMadeAgain() throws IOException {
    Files.move(file, directory.resolve("wsn.db.new"));
    Files.write(directory.resolve("wsn.db.new-journal"), new byte[100]);
    open().close();
    assertThat(file).exists();
    assertThat(directory.resolve("wsn.db.new")).doesNotExist();
  }

  @Test
  void newerSchemaIsLeftAlone() throws SQLException {
    try (Sql sql = new Sql(directory)) {
      sql.run("PRAGMA user_version = 2");
    }
    assertRefused(Reason.NEWER_SCHEMA, file.toString(), "newer version of wsn", "schema 2");
  }

  @Test
  void databaseOfAnotherProgramIsLeftAlone() throws IOException, SQLException {
    Files.delete(file);
    try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = other.createStatement()) {
      statement.executeUpdate("CREATE TABLE bookmark (url TEXT)");
    }
    assertRefused(Reason.FOREIGN, "another program");
  }

  @Test
  void databaseOfAnotherNetworkIsLeftAlone() {
    assertThatThrownBy(() -> RecordStore.open(directory, "test", () -> 0, failure -> {}))
        .isInstanceOf(StoreException.class)
        .hasMessageContaining("belongs to the network \"main\", not to \"test\"");
    open().close();
  }

  @Test
  void directoryThatIsAFileIsInaccessible() throws IOException {
    directory = parent.resolve("file");
    Files.write(directory, new byte[1]);
    assertRefused(Reason.INACCESSIBLE, directory.toString());
  }
}
