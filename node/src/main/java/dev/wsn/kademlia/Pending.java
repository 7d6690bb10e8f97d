package dev.wsn.kademlia;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/** The requests that wait for their reply, by id and by deadline; bounded. */
final class Pending {
  /** What has become of a request whose deadline passed. */
  record Due(PendingRequest request, boolean isOver) {}

  private record Deadline(long atMillis, long serial, boolean isOver, PendingRequest request)
      implements Comparable<Deadline> {
    @Override
    public int compareTo(Deadline other) {
      int order = Long.compare(atMillis, other.atMillis);
      return order != 0 ? order : Long.compare(serial, other.serial);
    }
  }

  private final Map<RequestId, PendingRequest> byId = new HashMap<>();
  private final PriorityQueue<Deadline> deadlines = new PriorityQueue<>();
  private long serial;

  boolean isFull() {
    return byId.size() >= Protocol.MAX_PENDING_REQUESTS;
  }

  int size() {
    return byId.size();
  }

  int deadlineCount() {
    return deadlines.size();
  }

  void add(PendingRequest request) {
    if (isFull() || byId.containsKey(request.request().id())) {
      throw new IllegalStateException("no room, or an id used twice");
    }
    byId.put(request.request().id(), request);
    expect(request.lateAtMillis(), false, request);
  }

  Optional<PendingRequest> find(RequestId id) {
    return Optional.ofNullable(byId.get(id));
  }

  void remove(PendingRequest request) {
    byId.remove(request.request().id());
    // Deadlines of answered requests are skipped when their time comes, unless they are the most.
    if (deadlines.size() > 2 * Protocol.MAX_PENDING_REQUESTS) {
      deadlines.removeIf(deadline -> !isWaiting(deadline));
    }
  }

  /** Takes the next request that is late or over, if there is one. */
  Optional<Due> next(long nowMillis) {
    Deadline first = firstDeadline();
    if (first == null || first.atMillis > nowMillis) {
      return Optional.empty();
    }
    deadlines.remove();
    if (first.isOver) {
      byId.remove(first.request.request().id());
    } else {
      expect(first.request.overAtMillis(), true, first.request);
    }
    return Optional.of(new Due(first.request, first.isOver));
  }

  /** When {@link #next} has something to say; {@link Long#MAX_VALUE} if nothing waits. */
  long nextMillis() {
    Deadline first = firstDeadline();
    return first == null ? Long.MAX_VALUE : first.atMillis;
  }

  private @Nullable Deadline firstDeadline() {
    Deadline first = deadlines.peek();
    while (first != null && !isWaiting(first)) {
      deadlines.remove();
      first = deadlines.peek();
    }
    return first;
  }

  private boolean isWaiting(Deadline deadline) {
    return byId.containsKey(deadline.request.request().id());
  }

  private void expect(long atMillis, boolean isOver, PendingRequest request) {
    deadlines.add(new Deadline(atMillis, serial++, isOver, request));
  }
}
