package dev.wsn.store;

import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.HeldRecord;
import dev.wsn.kademlia.Protocol;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.RecordVersion;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The writes of the store, prepared once. Owned by the writer's thread. */
final class Statements implements AutoCloseable {

  /** Writes after which the length of the log is fitted to the database again. */
  private static final int WRITES_UNTIL_FITTED = 1_024;

  private static final long CONTACT_DAYS = 30;
  private static final long DAY_SECONDS = 86_400;

  private static final String BEGIN = "BEGIN IMMEDIATE";
  private static final String COMMIT = "COMMIT";
  private static final String PUT_RECORD =
      "INSERT INTO record"
          + " (pubkey, created_at, id, expires_at, event, withdrawn, source, seal)"
          + " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
          + " ON CONFLICT (pubkey) DO UPDATE SET created_at = excluded.created_at,"
          + " id = excluded.id, expires_at = excluded.expires_at, event = excluded.event,"
          + " withdrawn = excluded.withdrawn, source = excluded.source, seal = excluded.seal"
          + " WHERE excluded.created_at > record.created_at"
          + " OR excluded.created_at = record.created_at AND excluded.id < record.id";
  private static final String ERASE = "DELETE FROM record WHERE pubkey = ? AND id = ?";
  private static final String FIND_ID = "SELECT id FROM record WHERE pubkey = ?";
  private static final String UNLESS_NEWER =
      " ON CONFLICT (pubkey) DO UPDATE SET created_at = excluded.created_at,"
          + " id = excluded.id, forget_after = excluded.forget_after"
          + " WHERE excluded.created_at > remembered.created_at"
          + " OR excluded.created_at = remembered.created_at AND excluded.id < remembered.id";
  private static final String REMEMBER =
      "INSERT INTO remembered (pubkey, created_at, id, forget_after) VALUES (?, ?, ?, ?)"
          + UNLESS_NEWER;
  private static final String REMEMBER_RECORD =
      "INSERT INTO remembered (pubkey, created_at, id, forget_after)"
          + " SELECT pubkey, created_at, id, created_at + "
          + RecordStore.KEPT_SECONDS
          + " FROM record WHERE ";
  private static final String REMEMBER_ERASED =
      REMEMBER_RECORD + "pubkey = ? AND id = ?" + UNLESS_NEWER;
  private static final String PUT_CONTACT =
      "INSERT INTO contact (pubkey, ip, port, seen_at) VALUES (?, ?, ?, ?)"
          + " ON CONFLICT (pubkey, ip) DO UPDATE SET port = excluded.port,"
          + " seen_at = excluded.seen_at";

  private final Connection connection;

  /** One per statement above. */
  private final Map<String, PreparedStatement> prepared = new HashMap<>();

  private int writesUntilFitted = WRITES_UNTIL_FITTED;

  Statements(Connection connection) {
    this.connection = connection;
  }

  private PreparedStatement prepared(String sql) throws SQLException {
    PreparedStatement known = prepared.get(sql);
    if (known != null) {
      return known;
    }
    PreparedStatement fresh = connection.prepareStatement(sql);
    prepared.put(sql, fresh);
    return fresh;
  }

  StoreResult put(HeldRecord held, byte[] seal) throws SQLException {
    AddressRecord addressRecord = held.addressRecord();
    byte[] id = addressRecord.version().id().bytes();
    PreparedStatement putRecord = prepared(PUT_RECORD);
    putRecord.setBytes(1, addressRecord.pubkey().bytes());
    putRecord.setLong(2, addressRecord.createdAt());
    putRecord.setBytes(3, id);
    putRecord.setLong(4, addressRecord.expiresAt());
    putRecord.setBytes(5, addressRecord.compact());
    putRecord.setInt(6, addressRecord.isWithdrawal() ? 1 : 0);
    putRecord.setLong(7, held.source());
    putRecord.setBytes(8, seal);
    return putRecord.executeUpdate() > 0 || holds(addressRecord.pubkey(), id)
        ? StoreResult.ON_DISK
        : StoreResult.SUPERSEDED;
  }

  StoreResult erase(AddressRecord addressRecord) throws SQLException {
    for (String sql : List.of(REMEMBER_ERASED, ERASE)) {
      PreparedStatement statement = prepared(sql);
      statement.setBytes(1, addressRecord.pubkey().bytes());
      statement.setBytes(2, addressRecord.version().id().bytes());
      statement.executeUpdate();
    }
    return StoreResult.ON_DISK;
  }

  private boolean holds(PublicKey key, byte[] id) throws SQLException {
    PreparedStatement findId = prepared(FIND_ID);
    findId.setBytes(1, key.bytes());
    try (ResultSet rows = findId.executeQuery()) {
      return rows.next() && Arrays.equals(rows.getBytes(1), id);
    }
  }

  StoreResult remember(PublicKey key, RecordVersion version) throws SQLException {
    PreparedStatement remember = prepared(REMEMBER);
    remember.setBytes(1, key.bytes());
    remember.setLong(2, version.createdAt());
    remember.setBytes(3, version.id().bytes());
    remember.setLong(4, version.createdAt() + RecordStore.KEPT_SECONDS);
    remember.executeUpdate();
    return StoreResult.ON_DISK;
  }

  StoreResult putContacts(List<Contact> contacts, long unixSeconds) throws SQLException {
    PreparedStatement putContact = prepared(PUT_CONTACT);
    for (Contact contact : contacts) {
      putContact.setBytes(1, contact.key().bytes());
      putContact.setBytes(2, contact.address().address().bytes());
      putContact.setInt(3, contact.address().port());
      putContact.setLong(4, unixSeconds);
      putContact.addBatch();
    }
    putContact.executeBatch();
    execute("DELETE FROM contact WHERE seen_at < " + (unixSeconds - CONTACT_DAYS * DAY_SECONDS));
    execute(
        "DELETE FROM contact WHERE (pubkey, ip) IN (SELECT pubkey, ip FROM contact"
            + " ORDER BY seen_at DESC LIMIT -1 OFFSET "
            + Protocol.MAX_CONTACTS_ON_DISK
            + ")");
    return StoreResult.ON_DISK;
  }

  /**
   * Deletes what has expired and what is over the limits, soonest to expire first; at most {@link
   * Protocol#MAX_DELETED_TOGETHER} rows of each kind. The versions of records that go stay
   * remembered.
   *
   * @return how many rows went
   */
  int deleteExpired(long unixSeconds) throws SQLException {
    int gone = 0;
    for (String doomed :
        doomed("record", "expires_at", unixSeconds, Protocol.MAX_RECORDS_ON_DISK)) {
      execute(
          REMEMBER_RECORD
              + doomed
              + " AND created_at > "
              + (unixSeconds - RecordStore.KEPT_SECONDS)
              + UNLESS_NEWER);
      gone += execute("DELETE FROM record WHERE " + doomed);
    }
    for (String doomed :
        doomed("remembered", "forget_after", unixSeconds, Protocol.MAX_VERSIONS_ON_DISK)) {
      gone += execute("DELETE FROM remembered WHERE " + doomed);
    }
    return gone;
  }

  /** Conditions of the rows to delete: those that have expired, and those over the limit. */
  private static List<String> doomed(String table, String end, long unixSeconds, int limit) {
    String soonest = " ORDER BY " + end + ", pubkey LIMIT ";
    return List.of(
        String.format(
            "pubkey IN (SELECT pubkey FROM %s WHERE %s <= %d%s%d)",
            table, end, unixSeconds, soonest, Protocol.MAX_DELETED_TOGETHER),
        String.format(
            "pubkey IN (SELECT pubkey FROM %1$s%2$smin(%3$d,"
                + " max(0, (SELECT count(*) FROM %1$s) - %4$d)))",
            table, soonest, Protocol.MAX_DELETED_TOGETHER, limit));
  }

  private int execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(sql);
    }
  }

  void begin() throws SQLException {
    prepared(BEGIN).executeUpdate();
  }

  void commit() throws SQLException {
    prepared(COMMIT).executeUpdate();
  }

  /** Notes that so many writes follow. Not within a transaction. */
  void expect(int writes) throws SQLException {
    writesUntilFitted -= writes;
    if (writesUntilFitted <= 0) {
      writesUntilFitted = WRITES_UNTIL_FITTED;
      Database.fitLog(connection);
    }
  }

  /** The driver's statements do not survive a failure of theirs, so they are prepared again. */
  void rollback() throws SQLException {
    for (PreparedStatement statement : prepared.values()) {
      statement.close();
    }
    prepared.clear();
    Database.execute(connection, "ROLLBACK");
  }

  /** Closing the last connection moves the write-ahead log into the database file. */
  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
