package dev.wsn.store;

import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.HeldRecord;
import dev.wsn.kademlia.Protocol;
import dev.wsn.record.EventId;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import dev.wsn.record.RecordRules;
import dev.wsn.record.RecordSeal;
import dev.wsn.record.RecordVersion;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads everything back once, at start. A row that is not valid is counted and left out. */
final class StoreReader {
  private final Connection connection;
  private final RecordRules rules;
  private final RecordSeal seals;
  private final long unixSeconds;
  private int dropped;

  StoreReader(Connection connection, RecordRules rules, RecordSeal seals, long unixSeconds) {
    this.connection = connection;
    this.rules = rules;
    this.seals = seals;
    this.unixSeconds = unixSeconds;
  }

  Restored read() throws SQLException {
    return new Restored(records(), remembered(), contacts(), dropped);
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared, lives for one call
  private record Row(RecordRules.StoredForm form, byte[] seal, long source) {}

  private List<HeldRecord> records() throws SQLException {
    int rowsOnDisk = count("record");
    List<Row> found = new ArrayList<>(Math.min(rowsOnDisk, Protocol.MAX_RECORDS_ON_DISK));
    String query =
        "SELECT event, created_at, id, expires_at, withdrawn, seal, source FROM record"
            // The plus keeps SQLite from the index.
            + " WHERE +expires_at > "
            + unixSeconds
            // By key they lie one after the other; by expiry each is a search.
            + (rowsOnDisk > Protocol.MAX_RECORDS_ON_DISK ? " ORDER BY expires_at DESC" : "")
            + " LIMIT "
            + Protocol.MAX_RECORDS_ON_DISK;
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        var form =
            new RecordRules.StoredForm(
                rows.getBytes(1),
                rows.getLong(2),
                EventId.of(rows.getBytes(3)),
                rows.getLong(4),
                rows.getInt(5) != 0);
        found.add(new Row(form, rows.getBytes(6), rows.getLong(7)));
      }
    }
    // On all cores: where the seal is missing a signature is verified.
    List<HeldRecord> records =
        found.parallelStream().flatMap(row -> verified(row).stream()).toList();
    dropped += found.size() - records.size();
    return records;
  }

  private int count(String table) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
      return rows.next() ? rows.getInt(1) : 0;
    }
  }

  private Optional<HeldRecord> verified(Row row) {
    return rules.verifyStored(row.form, row.seal, seals)
            instanceof RecordRules.Verdict.Accepted accepted
        ? Optional.of(accepted.addressRecord())
            .filter(found -> found.isLive(unixSeconds))
            .map(found -> new HeldRecord(found, row.source))
        : Optional.empty();
  }

  private Map<PublicKey, RecordVersion> remembered() throws SQLException {
    Map<PublicKey, RecordVersion> remembered = new HashMap<>();
    remember(
        remembered,
        "remembered WHERE forget_after > "
            + unixSeconds
            + " ORDER BY forget_after DESC LIMIT "
            + Protocol.MAX_VERSIONS_ON_DISK);
    // The version of a record stands with the record, also between its end and its deletion.
    remember(
        remembered,
        "record WHERE expires_at <= "
            + unixSeconds
            + " AND created_at > "
            + (unixSeconds - RecordStore.KEPT_SECONDS)
            + " LIMIT "
            + Protocol.MAX_RECORDS_ON_DISK);
    return remembered;
  }

  private void remember(Map<PublicKey, RecordVersion> remembered, String rowsOf)
      throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT pubkey, created_at, id FROM " + rowsOf)) {
      while (rows.next()) {
        remembered.merge(
            PublicKey.of(rows.getBytes(1)),
            new RecordVersion(rows.getLong(2), EventId.of(rows.getBytes(3))),
            (one, other) -> other.supersedes(one) ? other : one);
      }
    }
  }

  private List<Contact> contacts() throws SQLException {
    List<Contact> contacts = new ArrayList<>();
    String query =
        "SELECT pubkey, ip, port FROM contact ORDER BY seen_at DESC LIMIT "
            + Protocol.MAX_CONTACTS_ON_DISK;
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        IpPort address = new IpPort(IpAddress.of(rows.getBytes(2)), rows.getInt(3));
        contacts.add(Contact.of(PublicKey.of(rows.getBytes(1)), address));
      }
    }
    return contacts;
  }
}
