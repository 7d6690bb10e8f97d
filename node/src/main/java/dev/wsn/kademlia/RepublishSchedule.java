package dev.wsn.kademlia;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * When each held record is due to be stored at its k closest nodes again (Kademlia 2.5). Every
 * store from outside puts it off, so that of all holders usually one republishes. One entry per
 * held record.
 */
final class RepublishSchedule {
  /** One hour, give or take a quarter so that the holders of a record do not act at once. */
  static final long INTERVAL_MILLIS = 60 * 60_000;

  private static final long SPREAD_MILLIS = INTERVAL_MILLIS / 4;

  private record Due(long atMillis, long serial, boolean isHastened, NodeId place)
      implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      int order = Long.compare(atMillis, other.atMillis);
      return order != 0 ? order : Long.compare(serial, other.serial);
    }
  }

  private final RandomGenerator random;
  private final Map<NodeId, Due> byPlace = new HashMap<>();
  private final TreeSet<Due> queue = new TreeSet<>();
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
    drop(place);
    Due due = new Due(atMillis, serials++, isHastened, place);
    byPlace.put(place, due);
    queue.add(due);
  }
}
