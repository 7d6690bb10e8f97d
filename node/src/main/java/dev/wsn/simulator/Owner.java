package dev.wsn.simulator;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.SecretKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.RecordRules;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** A key that publishes records: what it signed, and what is known to be stored. */
final class Owner {
  private static final int AUXILIARY_BYTES = 32;

  private final SecretKey secret;
  private final PublicKey key;
  private final RecordRules rules;
  private final Safety safety;
  private long lastCreatedAt;
  private int versions;
  private Optional<AddressRecord> confirmed = Optional.empty();

  Owner(SecretKey secret, RecordRules rules, Safety safety) {
    this.secret = secret;
    this.key = rules.author(secret);
    this.rules = rules;
    this.safety = safety;
  }

  PublicKey key() {
    return key;
  }

  /** The newest record that a publication confirmed. */
  Optional<AddressRecord> confirmed() {
    return confirmed;
  }

  /** A new record, newer than all before. */
  AddressRecord sign(long unixSeconds) {
    return sign(unixSeconds, Duration.ofHours(2));
  }

  AddressRecord sign(long unixSeconds, Duration lifetime) {
    lastCreatedAt = Math.max(unixSeconds, lastCreatedAt + 1);
    int port = 1 + ++versions % 65_535;
    Endpoint endpoint = new Endpoint(Endpoint.Network.CLEARNET, "203.0.113.7", port, Endpoint.WSN);
    AddressRecord signed =
        rules.sign(secret, List.of(endpoint), lastCreatedAt, lifetime, new byte[AUXILIARY_BYTES]);
    safety.signed(signed);
    return signed;
  }

  void confirm(AddressRecord addressRecord) {
    if (confirmed.isEmpty()
        || addressRecord.version().supersedes(confirmed.orElseThrow().version())) {
      confirmed = Optional.of(addressRecord);
    }
  }
}
