package dev.wsn.gateway;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.Endpoint;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The newest record and the endpoint that worked last, of the {@link #MAX_KEYS} keys that were used
 * last. Not thread-safe; one event loop.
 */
final class KnownGood {
  /** Most keys. */
  static final int MAX_KEYS = 1024;

  private static final class Known {
    AddressRecord addressRecord;
    Optional<Endpoint> good = Optional.empty();

    Known(AddressRecord addressRecord) {
      this.addressRecord = addressRecord;
    }
  }

  private final Map<PublicKey, Known> entries =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<PublicKey, Known> eldest) {
          return size() > MAX_KEYS;
        }
      };

  /** Remembers a record unless a newer one is known; returns the newest. */
  AddressRecord newest(AddressRecord addressRecord) {
    Known entry = entries.computeIfAbsent(addressRecord.pubkey(), key -> new Known(addressRecord));
    if (addressRecord.version().supersedes(entry.addressRecord.version())) {
      entry.addressRecord = addressRecord;
    }
    return entry.addressRecord;
  }

  /** The newest record of a key that is known and alive. */
  Optional<AddressRecord> live(PublicKey key, long unixSeconds) {
    return Optional.ofNullable(entries.get(key))
        .map(entry -> entry.addressRecord)
        .filter(known -> known.isLive(unixSeconds));
  }

  /** The endpoint that worked last. */
  Optional<Endpoint> good(PublicKey key) {
    return Optional.ofNullable(entries.get(key)).flatMap(entry -> entry.good);
  }

  /** Remembers what worked. */
  void worked(PublicKey key, Endpoint endpoint) {
    Known entry = entries.get(key);
    if (entry != null) {
      entry.good = Optional.of(endpoint);
    }
  }
}
