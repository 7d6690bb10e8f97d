package dev.wsn.resolver.mirror;

import dev.wsn.record.AddressRecord;
import java.util.concurrent.CompletionStage;

/**
 * The newest version that was seen of each key, wherever it was seen. Thread-safe; stages complete
 * on a thread of the implementation.
 */
public interface VersionMemory {
  /**
   * Remembers a verified record, unless a newer one of its key was seen.
   *
   * @return whether it may be believed; false if a newer one was seen
   */
  CompletionStage<Boolean> admit(AddressRecord addressRecord);
}
