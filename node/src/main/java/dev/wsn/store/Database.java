package dev.wsn.store;

import dev.wsn.kademlia.Protocol;
import dev.wsn.store.StoreException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * The SQLite file: finds or creates it, checks that it is ours and whole, and brings its schema up
 * to date. The schema's version is SQLite's {@code user_version}; version n is reached by running
 * the resource {@code n.sql} (three digits) in one transaction.
 */
final class Database {
  /** The schema that this program writes. */
  static final int SCHEMA_VERSION = 2;

  /** SQLite's {@code application_id}: "wsn1". */
  static final int APPLICATION_ID = 0x77736e31;

  static final String FILE = "wsn.db";

  private static final Logger LOG = LoggerFactory.getLogger(Database.class);

  /** How long a write waits for a person's {@code sqlite3} to end its transaction. */
  private static final int BUSY_TIMEOUT_MILLIS = 5_000;

  /** Pages of the database in memory, outside the heap; the operating system keeps the others. */
  private static final int CACHE_KIB = 32 * 1024;

  /**
   * Pages of 4 KiB after which the write-ahead log of a small database goes into it: 1 MB, which is
   * then written again and again, instead of a longer one that takes fresh memory for each page.
   */
  private static final int MIN_LOG_PAGES = 256;

  private Database() {}

  /**
   * Opens the database of a locked directory for its writer. A damaged one is moved aside and
   * replaced by a new one, with a warning in the log.
   *
   * @param network name of the network; a new database is made for it, an old one must be of it
   * @throws StoreException with the operator's message for everything that can be wrong
   */
  static Connection open(Path directory, String network) {
    try {
      return openWhole(directory, network);
    } catch (StoreException failure) {
      if (failure.reason() != Reason.DAMAGED) {
        throw failure;
      }
      Path aside = moveAside(directory);
      LOG.warn(
          "{}; it is now {}, and a new one is made: records come back from other nodes; if this"
              + " node finds none, give --seed once, for the remembered nodes were in it",
          failure.getMessage(),
          aside);
      return openWhole(directory, network);
    }
  }

  /** Renames the database and its log; of several damaged ones the last are kept. */
  private static Path moveAside(Path directory) {
    int number = 1;
    while (number < Protocol.MAX_DAMAGED_DATABASES
        && Files.exists(directory.resolve(FILE + ".damaged-" + number))) {
      number++;
    }
    Path aside = directory.resolve(FILE + ".damaged-" + number);
    try {
      for (String part : List.of("", "-wal", "-shm")) {
        Path from = directory.resolve(FILE + part);
        Path to = directory.resolve(aside.getFileName() + part);
        Files.deleteIfExists(to);
        if (Files.exists(from)) {
          Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }
      }
      force(directory);
      return aside;
    } catch (IOException failure) {
      throw DirectoryLock.inaccessible(directory, failure);
    }
  }

  private static Connection openWhole(Path directory, String network) {
    Path file = directory.resolve(FILE);
    if (file.toString().indexOf('?') >= 0) {
      // sqlite-jdbc takes what follows for options, and would use another directory.
      throw new StoreException(
          Reason.INACCESSIBLE, "the path of the data directory " + directory + " has a '?'");
    }
    try {
      if (Files.notExists(file)) {
        create(directory, file, network);
      } else if (Files.size(file) == 0) {
        throw damaged(file, "the file is empty");
      }
      Connection connection = connect(file, SQLiteConfig.JournalMode.WAL);
      try {
        prepare(connection, file, network);
        return connection;
      } catch (SQLException | RuntimeException failure) {
        connection.close();
        throw failure;
      }
    } catch (SQLException failure) {
      throw explain(directory, failure);
    } catch (IOException failure) {
      throw DirectoryLock.inaccessible(directory, failure);
    }
  }

  /** A second connection, for reading only. */
  static Connection openReader(Path directory) throws SQLException {
    return connect(directory.resolve(FILE), SQLiteConfig.JournalMode.WAL);
  }

  /** How many bytes the database of a directory takes on disk; 0 if there is none. */
  static long bytes(Path directory) {
    return length(directory.resolve(FILE)) + length(directory.resolve(FILE + "-wal"));
  }

  private static long length(Path file) {
    return file.toFile().length();
  }

  /**
   * A new database is built beside its place and moved there when it is whole, so that a file of
   * that name is never half-made: an empty one was truncated, and is not taken for a new one.
   */
  private static void create(Path directory, Path file, String network)
      throws IOException, SQLException {
    if (Files.exists(directory.resolve(FILE + "-wal"))) {
      throw damaged(file, FILE + "-wal is there and " + FILE + " is not");
    }
    Path building = directory.resolve(FILE + ".new");
    Files.deleteIfExists(building);
    Files.deleteIfExists(directory.resolve(FILE + ".new-journal"));
    try (Connection connection = connect(building, SQLiteConfig.JournalMode.DELETE)) {
      migrate(connection, 0);
      try (PreparedStatement insert =
          connection.prepareStatement("INSERT INTO setting (name, value) VALUES ('network', ?)")) {
        insert.setString(1, network);
        insert.executeUpdate();
      }
    }
    Files.move(building, file, StandardCopyOption.ATOMIC_MOVE);
    force(directory);
  }

  private static void force(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException notOnThisPlatform) {
      // Windows cannot open a directory, and needs no such call.
    }
  }

  private static Connection connect(Path file, SQLiteConfig.JournalMode mode) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(mode);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setBusyTimeout(BUSY_TIMEOUT_MILLIS);
    // After each insert the driver would ask for its row id, which nobody wants.
    config.setGetGeneratedKeys(false);
    Connection connection = config.createConnection("jdbc:sqlite:" + file);
    try {
      // macOS keeps an ordinary fsync in the disk's cache; no effect elsewhere.
      execute(connection, "PRAGMA fullfsync = ON");
      execute(connection, "PRAGMA cache_size = -" + CACHE_KIB);
      fitLog(connection);
      return connection;
    } catch (SQLException failure) {
      connection.close();
      throw failure;
    }
  }

  /**
   * Lets the write-ahead log become about as long as the database is now. Keys are random, so in a
   * large one most writes are pages of their own; what is written twice between two checkpoints
   * goes into the database once.
   */
  static void fitLog(Connection connection) throws SQLException {
    int pages = Math.max(MIN_LOG_PAGES, number(connection, "PRAGMA page_count"));
    int limit = Math.min(Protocol.MAX_LOG_PAGES, Integer.highestOneBit(pages));
    if (number(connection, "PRAGMA wal_autocheckpoint = " + limit) != limit) {
      throw new SQLException("SQLite does not take the length of the write-ahead log");
    }
  }

  private static void prepare(Connection connection, Path file, String network)
      throws SQLException, IOException {
    if (number(connection, "PRAGMA application_id") != APPLICATION_ID) {
      throw new StoreException(
          Reason.FOREIGN,
          file + " is a SQLite database of another program; choose another data directory");
    }
    int version = number(connection, "PRAGMA user_version");
    if (version > SCHEMA_VERSION) {
      throw new StoreException(
          Reason.NEWER_SCHEMA,
          String.format(
              "%s was written by a newer version of wsn (schema %d, this one knows %d);"
                  + " run that version, or choose another data directory",
              file, version, SCHEMA_VERSION));
    }
    String health = text(connection, "PRAGMA quick_check(1)");
    if (!health.equals("ok")) {
      throw damaged(file, health);
    }
    migrate(connection, version);
    String owner = text(connection, "SELECT value FROM setting WHERE name = 'network'");
    if (!owner.equals(network)) {
      throw new StoreException(
          Reason.FOREIGN,
          String.format(
              "%s belongs to the network \"%s\", not to \"%s\"; choose another data directory",
              file, owner, network));
    }
  }

  private static void migrate(Connection connection, int from) throws SQLException, IOException {
    for (int version = from + 1; version <= SCHEMA_VERSION; version++) {
      execute(connection, "BEGIN IMMEDIATE");
      execute(connection, script(version));
      execute(connection, "PRAGMA application_id = " + APPLICATION_ID);
      execute(connection, "PRAGMA user_version = " + version);
      execute(connection, "COMMIT");
    }
  }

  /**
   * Runs statements. Transactions are begun and ended by statements too: with its automatic commit
   * off, the driver begins the next transaction at the end of each, and an operator's {@code
   * sqlite3} could never write.
   */
  static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate(sql);
    }
  }

  private static String script(int version) throws IOException {
    String name = String.format("%03d.sql", version);
    try (InputStream resource = Database.class.getResourceAsStream(name)) {
      if (resource == null) {
        throw new IllegalStateException("the program lacks its resource " + name);
      }
      return new String(resource.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static int number(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      return rows.next() ? rows.getInt(1) : 0;
    }
  }

  private static String text(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      String value = rows.next() ? rows.getString(1) : null;
      return value == null ? "" : value;
    }
  }

  /** The operator's message for what SQLite reported. */
  static StoreException explain(Path directory, SQLException failure) {
    if (failure instanceof SQLiteException sqlite) {
      int primary = sqlite.getResultCode().code & 0xff;
      if (primary == SQLiteErrorCode.SQLITE_CORRUPT.code
          || primary == SQLiteErrorCode.SQLITE_NOTADB.code) {
        StoreException explained = damaged(directory.resolve(FILE), sqlite.getResultCode().message);
        explained.initCause(failure);
        return explained;
      }
      String trouble = trouble(primary);
      if (!trouble.isEmpty()) {
        return new StoreException(
            Reason.INACCESSIBLE,
            "the disk of the data directory "
                + directory
                + trouble
                + "; what was acknowledged is safe, and nothing more is until that is mended",
            failure);
      }
    }
    return DirectoryLock.inaccessible(directory, failure);
  }

  private static String trouble(int primary) {
    if (primary == SQLiteErrorCode.SQLITE_FULL.code) {
      return " is full";
    }
    if (primary == SQLiteErrorCode.SQLITE_READONLY.code) {
      return " is read-only";
    }
    return primary == SQLiteErrorCode.SQLITE_IOERR.code ? " reports errors" : "";
  }

  private static StoreException damaged(Path file, String finding) {
    return new StoreException(
        Reason.DAMAGED, String.format("the database %s is damaged (%s)", file, finding));
  }
}
