package dev.wsn.resolver.directory;

import dev.wsn.record.AddressRecord;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Asks a relay for its information document (NIP-11) where its record says that it is, in a way
 * that only the holder of its key can answer. Thread-safe; stages complete on a thread of the
 * implementation, within some seconds, and never with an exception for what a remote party did.
 */
public interface RelayFacts {
  /** Longest document that is read. */
  int MAX_BYTES = 64 * 1024;

  /** What a relay answers. */
  sealed interface Answer {}

  /**
   * The holder of the key answers.
   *
   * @param document as it came, at most {@link #MAX_BYTES}; empty if there is none
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared, lives for one call
  record Live(byte[] document) implements Answer {}

  /** Nobody who holds the key answers. */
  record Silent() implements Answer {}

  /** The record has no endpoint that is dialled from here. */
  record NotDialled() implements Answer {}

  /** Asks the relay of a record. */
  CompletionStage<Answer> ask(AddressRecord addressRecord);

  /** Dials nobody. */
  static RelayFacts none() {
    return addressRecord -> CompletableFuture.completedFuture(new NotDialled());
  }
}
