package dev.wsn.resolver.client;

import dev.wsn.record.RollbackMemory;
import java.io.IOException;

/**
 * Where the newest version that was seen of each key is kept over restarts, for {@link
 * RememberingResolver}. {@link SeenFile} is one; a program with a database may write its own. Its
 * {@code toString} names it in messages for people. Called by one thread at a time.
 */
public interface SeenRecords {
  /** Most keys; those whose record is oldest go first. */
  int MAX_KEYS = 10_000;

  /**
   * Adds what is kept to a memory.
   *
   * @param unixSeconds now
   * @throws IOException if it cannot be read
   */
  void recall(RollbackMemory memory, long unixSeconds) throws IOException;

  /**
   * Keeps what a memory holds besides what is kept already, of each key the newest.
   *
   * @param unixSeconds now
   * @throws IOException if it cannot be written
   */
  void add(RollbackMemory memory, long unixSeconds) throws IOException;
}
