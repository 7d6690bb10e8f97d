package dev.wsn.kademlia;

import dev.wsn.record.IndexedHeap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * When each held record is due to be stored at its k closest nodes again (Kademlia 2.5). Every
 * store from outside puts it off, so that of all holders usually one republishes. One entry per
 * held record, some 90 bytes.
 */
final class RepublishSchedule {
  /** One hour, give or take a quarter so that the holders of a record do not act at once. */
  static final long INTERVAL_MILLIS = 60 * 60_000;

  private static final long SPREAD_MILLIS = INTERVAL_MILLIS / 4;

  private static final class Due {
    private final NodeId place;
    private long atMillis;
    private long serial;
    private boolean isHastened;
    private int position;

    private Due(NodeId place) {
      this.place = place;
    }
  }

  /** Equal times in the order in which they were set. */
  private static final class Queue extends IndexedHeap<Due> {
    @Override
    protected boolean isBefore(Due first, Due second) {
      return first.atMillis != second.atMillis
          ? first.atMillis < second.atMillis
          : first.serial < second.serial;
    }

    @Override
    protected int position(Due element) {
      return element.position;
    }

    @Override
    protected void moved(Due element, int position) {
      element.position = position;
    }
  }

  private final RandomGenerator random;
  private final Map<NodeId, Due> byPlace = new HashMap<>();
  private final Queue queue = new Queue();
  private long serials;

  RepublishSchedule(RandomGenerator random) {
    this.random = random;
  }

  /** Counts the hour from now. */
  void putOff(NodeId place, long nowMillis) {
    long delay = INTERVAL_MILLIS - SPREAD_MILLIS + random.nextLong(2 * SPREAD_MILLIS);
    schedule(place, nowMillis + delay, false);
  }

  /** Schedules a record that was on disk at start: at any time within the hour. */
  void spread(NodeId place, long nowMillis) {
    schedule(place, nowMillis + random.nextLong(INTERVAL_MILLIS), false);
  }

  /** Makes a record due at a time, unless it is due before that; see {@link Neighbourhood}. */
  void hasten(NodeId place, long atMillis) {
    Due due = byPlace.get(place);
    if (due != null && due.atMillis > atMillis) {
      schedule(place, atMillis, true);
    }
  }

  /** Whether a record is due before its time. */
  boolean isHastened(NodeId place) {
    Due due = byPlace.get(place);
    return due != null && due.isHastened;
  }

  /** The places of all records, a copy. */
  List<NodeId> places() {
    return new ArrayList<>(byPlace.keySet());
  }

  void drop(NodeId place) {
    Due due = byPlace.remove(place);
    if (due != null) {
      queue.remove(due);
    }
  }

  /** The place that has been due longest, if one is. */
  Optional<NodeId> next(long nowMillis) {
    if (nextMillis() > nowMillis) {
      return Optional.empty();
    }
    return Optional.of(queue.first().place);
  }

  /** When {@link #next} has something; {@link Long#MAX_VALUE} if nothing is scheduled. */
  long nextMillis() {
    return queue.isEmpty() ? Long.MAX_VALUE : queue.first().atMillis;
  }

  int size() {
    return byPlace.size();
  }

  private void schedule(NodeId place, long atMillis, boolean isHastened) {
    Due known = byPlace.get(place);
    Due due = known == null ? new Due(place) : known;
    due.atMillis = atMillis;
    due.serial = serials++;
    due.isHastened = isHastened;
    if (known == null) {
      byPlace.put(place, due);
      queue.add(due);
    } else {
      queue.changed(due);
    }
  }
}
