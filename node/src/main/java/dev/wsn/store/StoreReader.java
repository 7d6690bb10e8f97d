package dev.wsn.store;

import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Contact;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.EventId;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import dev.wsn.record.MalformedRecordException;
import dev.wsn.record.RecordCodec;
import dev.wsn.record.RecordRules;
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
  private final long unixSeconds;
  private int dropped;

  StoreReader(Connection connection, RecordRules rules, long unixSeconds) {
    this.connection = connection;
    this.rules = rules;
    this.unixSeconds = unixSeconds;
  }

  Restored read() throws SQLException {
    return new Restored(records(), remembered(), contacts(), dropped);
  }

  private List<AddressRecord> records() throws SQLException {
    List<byte[]> compacts = new ArrayList<>();
    String query =
        "SELECT event FROM record WHERE expires_at > "
            + unixSeconds
            + " ORDER BY expires_at DESC LIMIT "
            + RecordStore.MAX_RECORDS;
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        compacts.add(rows.getBytes(1));
      }
    }
    // On all cores: a full node verifies a hundred thousand signatures before it starts.
    List<AddressRecord> records =
        compacts.parallelStream().flatMap(compact -> verified(compact).stream()).toList();
    dropped += compacts.size() - records.size();
    return records;
  }

  private Optional<AddressRecord> verified(byte[] compact) {
    try {
      RecordRules.Verdict verdict = rules.verifyStored(RecordCodec.decode(compact));
      return verdict instanceof RecordRules.Verdict.Accepted accepted
          ? Optional.of(accepted.addressRecord()).filter(found -> found.isLive(unixSeconds))
          : Optional.empty();
    } catch (MalformedRecordException edited) {
      return Optional.empty();
    }
  }

  private Map<PublicKey, RecordVersion> remembered() throws SQLException {
    Map<PublicKey, RecordVersion> remembered = new HashMap<>();
    String query =
        "SELECT pubkey, created_at, id FROM remembered WHERE forget_after > "
            + unixSeconds
            + " ORDER BY forget_after DESC LIMIT "
            + RecordStore.MAX_REMEMBERED;
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      while (rows.next()) {
        remembered.put(
            PublicKey.of(rows.getBytes(1)),
            new RecordVersion(rows.getLong(2), EventId.of(rows.getBytes(3))));
      }
    }
    return remembered;
  }

  private List<Contact> contacts() throws SQLException {
    List<Contact> contacts = new ArrayList<>();
    String query =
        "SELECT pubkey, ip, port FROM contact ORDER BY seen_at DESC LIMIT "
            + RecordStore.MAX_CONTACTS;
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
