package dev.wsn.store;

import dev.wsn.kademlia.Protocol;

/** What became of something that was to be written. */
public enum StoreResult {
  /** It is committed: neither the end of the process nor of the power loses it. */
  ON_DISK,
  /** Nothing was written: a newer record of the key is on disk. */
  SUPERSEDED,
  /** Refused at once: {@link Protocol#MAX_WAITING_WRITES} writes are waiting. */
  BUSY,
  /** The disk or the database failed, or the store was closed; it may not be on disk. */
  FAILED
}
