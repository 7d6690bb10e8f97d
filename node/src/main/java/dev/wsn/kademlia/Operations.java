package dev.wsn.kademlia;

import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;

/** The searches of one node that are running, at most {@link Protocol#MAX_OPERATIONS}. */
final class Operations {
  private final Set<Search> running = new LinkedHashSet<>();
  private final KademliaObserver observer;

  Operations(KademliaObserver observer) {
    this.observer = observer;
  }

  /** Whether no further one may begin. */
  boolean isFull() {
    boolean full = running.size() >= Protocol.MAX_OPERATIONS;
    if (full) {
      observer.limitReached(KademliaObserver.Limit.OPERATIONS);
    }
    return full;
  }

  void begin(Search search) {
    running.add(search);
  }

  void end(Search search) {
    running.remove(search);
  }

  Set<Search> running() {
    return Collections.unmodifiableSet(running);
  }
}
