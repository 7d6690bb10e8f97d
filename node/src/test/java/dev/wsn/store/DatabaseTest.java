package dev.wsn.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsn.kademlia.HeldRecord;
import dev.wsn.record.AddressRecord;
import dev.wsn.store.StoreException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
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
        store.put(Records.own(Records.of(i, Records.NOW)), result -> stored.countDown());
      }
      stored.await();
    }
  }

  private RecordStore open() {
    return RecordStore.open(directory, "main", Records.SEALS, () -> 0, failure -> {});
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

  /** One of 16,384 pages would take them all. */
  @Test
  void logOfSmallDatabaseStaysShort() throws IOException {
    try (RecordStore store =
        RecordStore.open(directory, "main", Records.SEALS, () -> 0, failure -> {}, Runnable::run)) {
      for (int i = 200; i < 800; i++) {
        store.put(Records.own(Records.of(i, Records.NOW)), result -> {});
      }
      assertThat(store.statistics().commits()).isEqualTo(600);
      assertThat(Files.size(directory.resolve(Database.FILE + "-wal")))
          .isBetween(1L << 20, 3L << 20);
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

  /** Every damage is noticed at start, and the node starts with a new database. */
  private void assertReplaced(int number) {
    try (RecordStore store = open()) {
      assertThat(store.restore(Records.RULES, Records.NOW).records()).isEmpty();
      assertThat(directory.resolve("wsn.db.damaged-" + number)).exists();
      CompletableFuture<StoreResult> result = new CompletableFuture<>();
      store.put(Records.own(Records.of(1, Records.NOW)), result::complete);
      assertThat(result.join()).isEqualTo(StoreResult.ON_DISK);
    }
  }

  @Test
  void truncatedFileIsMovedAside() throws IOException {
    long length = Files.size(file) / 2;
    try (RandomAccessFile damaged = new RandomAccessFile(file.toFile(), "rw")) {
      damaged.setLength(length);
    }
    assertReplaced(1);
    assertThat(directory.resolve("wsn.db.damaged-1")).hasSize(length);
  }

  @Test
  void emptyFileIsNotTakenForNew() throws IOException {
    Files.write(file, new byte[0]);
    assertReplaced(1);
  }

  @Test
  void randomBytesAreMovedAside() throws IOException {
    Files.write(file, "not a database at all ".repeat(100).getBytes(StandardCharsets.UTF_8));
    assertReplaced(1);
  }

  @Test
  void overwrittenPageIsNoticed() throws IOException {
    try (RandomAccessFile damaged = new RandomAccessFile(file.toFile(), "rw")) {
      damaged.seek(4 * 4096);
      damaged.write(new byte[4096]);
    }
    assertReplaced(1);
  }

  @Test
  void logWithoutItsDatabaseIsMovedAside() throws IOException {
    Files.move(file, directory.resolve("wsn.db-wal"));
    try (RecordStore store = open()) {
      assertThat(store.restore(Records.RULES, Records.NOW).records()).isEmpty();
    }
    assertThat(directory.resolve("wsn.db.damaged-1-wal")).exists();
  }

  @Test
  void fewDamagedFilesAreKept() throws IOException {
    for (int i = 1; i <= 5; i++) {
      Files.write(file, new byte[] {1, 2, 3});
      assertReplaced(Math.min(i, 3));
    }
    assertThat(directory.resolve("wsn.db.damaged-4")).doesNotExist();
  }

  /** A file that version 0.1 of this program wrote, with three records. */
  @Test
  void previousSchemaIsMigratedWithEverythingInIt() throws Exception {
    try (InputStream old = DatabaseTest.class.getResourceAsStream("schema-1.db")) {
      Files.copy(Objects.requireNonNull(old), file, StandardCopyOption.REPLACE_EXISTING);
    }
    AddressRecord fresh = Records.of(5, Records.NOW);
    try (RecordStore store = open();
        Sql sql = new Sql(directory)) {
      assertThat(sql.number("PRAGMA user_version")).isEqualTo(Database.SCHEMA_VERSION);
      Restored restored = store.restore(Records.RULES, Records.NOW);
      assertThat(restored.records())
          .containsExactlyInAnyOrder(
              Records.of(0, Records.NOW), Records.of(1, Records.NOW), Records.of(2, Records.NOW));
      assertThat(restored.dropped()).isZero();
      assertThat(restored.remembered())
          .hasSize(4)
          .containsEntry(Records.of(7, Records.NOW).pubkey(), Records.of(7, Records.NOW).version());
      assertThat(restored.contacts()).hasSize(1);
      CompletableFuture<StoreResult> result = new CompletableFuture<>();
      store.put(new HeldRecord(fresh, 77), result::complete);
      assertThat(result.join()).isEqualTo(StoreResult.ON_DISK);
    }
    try (RecordStore store = open()) {
      assertThat(store.restore(Records.RULES, Records.NOW).held())
          .hasSize(4)
          .contains(new HeldRecord(fresh, 77));
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
      sql.run("PRAGMA user_version = 3");
    }
    assertRefused(Reason.NEWER_SCHEMA, file.toString(), "newer version of wsn", "schema 3");
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
    assertThatThrownBy(
            () -> RecordStore.open(directory, "test", Records.SEALS, () -> 0, failure -> {}))
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
