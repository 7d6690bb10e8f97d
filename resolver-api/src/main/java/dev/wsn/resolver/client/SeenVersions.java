package dev.wsn.resolver.client;

import dev.wsn.record.AddressRecord;
import dev.wsn.record.RollbackMemory;

/**
 * The newest version that was seen of each key, shared by the clients of several resolvers, so that
 * one of them cannot serve what another has replaced; ends with the program, where {@link
 * RememberingResolver} does not. Thread-safe.
 */
public final class SeenVersions {
  private final RollbackMemory memory = new RollbackMemory(SeenRecords.MAX_KEYS);

  /**
   * Whether no newer record of the key was seen; what is seen is remembered.
   *
   * @param unixSeconds now
   */
  public synchronized boolean admits(AddressRecord seen, long unixSeconds) {
    memory.forget(unixSeconds);
    boolean isNewest = memory.admits(seen.pubkey(), seen.version());
    memory.remember(seen.pubkey(), seen.version());
    return isNewest;
  }
}
