package dev.wsn.store;

import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.kademlia.HeldRecord;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import dev.wsn.record.RecordRules;
import dev.wsn.record.RecordSeal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;

/** Signed records for tests; the same arguments give the same record. */
final class Records {
  static final long NOW = 1_800_000_000L;
  static final RecordRules RULES = new RecordRules(Secp256k1.preferred(), true);

  static final RecordSeal SEALS = RecordSeal.of(secret(100));

  private Records() {}

  static HeldRecord own(AddressRecord addressRecord) {
    return new HeldRecord(addressRecord, HeldRecord.OWN);
  }

  static SecretKey secret(int number) {
    return SecretKey.of(ByteBuffer.allocate(SecretKey.BYTES).putInt(28, number + 1).array());
  }

  /** A record of key {@code number} whose expiry is {@code lifetime} after its creation. */
  static AddressRecord of(int number, long createdAt, int port, Duration lifetime) {
    Endpoint endpoint = new Endpoint(Endpoint.Network.CLEARNET, "203.0.113.7", port, Endpoint.WSN);
    return RULES.sign(
        secret(number),
        List.of(endpoint),
        createdAt,
        lifetime,
        new byte[Secp256k1.AUXILIARY_RANDOM_BYTES]);
  }

  static AddressRecord of(int number, long createdAt) {
    return of(number, createdAt, 4848, Duration.ofHours(2));
  }
}
