package dev.wsn.kademlia;

import java.util.List;

/** The step machine of one node. Not thread-safe; one owner. */
@SuppressWarnings("DoNotCallSuggester")
public final class Kademlia {
  /** Handles time: deadlines, refresh, republish, expiry. */
  public List<Effect> wake(Now now) {
    throw new UnsupportedOperationException(now.toString());
  }

  /** Reports that a {@link Effect.Persist} is on disk, or failed. */
  public List<Effect> persisted(Now now, long ticket, boolean isOnDisk) {
    throw new UnsupportedOperationException(now.toString() + ticket + isOnDisk);
  }
}
