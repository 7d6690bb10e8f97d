package dev.wsn.resolver;

import dev.wsn.record.AddressRecord;

/** The answer to "where is this key now?". */
public sealed interface Resolution {
  /** The key has endpoints; the record is verified and live. */
  record Found(AddressRecord addressRecord, Evidence evidence) implements Resolution {}

  /** The owner says that the key is nowhere now; the record is verified and live. */
  record Withdrawn(AddressRecord addressRecord, Evidence evidence) implements Resolution {}

  /** The network was asked and nobody has a live record. */
  record NotFound(Evidence evidence) implements Resolution {}

  /** The network could not be asked; {@code reason} is a sentence for people. */
  record Unreachable(String reason) implements Resolution {}

  /**
   * The resolver that was asked gave an answer that does not hold: tampered with, of another key,
   * expired, or older than what this client has seen; {@code reason} is a sentence for people.
   */
  record Untrusted(String reason) implements Resolution {}
}
