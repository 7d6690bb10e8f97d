package dev.wsn.resolver.watch;

import dev.wsn.record.AddressRecord;
import dev.wsn.resolver.Resolution;

/**
 * Something that happened to the record of a key.
 *
 * @param kind what
 * @param addressRecord the newest record, or the one that has just expired
 * @param resolution how the key resolves now
 */
public record Change(Kind kind, AddressRecord addressRecord, Resolution resolution) {
  /** What can happen. */
  public enum Kind {
    /** A newer record has endpoints. */
    RECORD,
    /** A newer record has none. */
    WITHDRAWAL,
    /** The newest record is not alive any more. */
    EXPIRY
  }
}
