package dev.wsn.simulator;

import dev.wsn.kademlia.Acquaintance;
import dev.wsn.kademlia.Distance;
import dev.wsn.kademlia.NodeId;
import dev.wsn.kademlia.Protocol;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * The tables that members have after a long life: every bucket holds random members of its part of
 * the key space, as many as there are or as there is room and some that wait. Each of them was
 * online when it was asked last, and a server asks every contact once in five minutes; so some have
 * left since, as in a network that runs.
 */
final class GrownTables {
  private static final long ASKED_EVERY_MILLIS = 5 * 60_000;
  private static final long CLIENT_ASKS_EVERY_MILLIS = 15 * 60_000;
  private static final int WAITING = 10;
  private static final int MAX_TRIES = 4;
  private static final int[] WIDE_BUCKETS = {128, 64, 32};
  private static final NodeId ORIGIN = new NodeId(0, 0, 0, 0);

  private final List<Member> byId;
  private final Paths paths;
  private final SplittableRandom random;

  /** Tables of the members that are no clients. */
  GrownTables(List<Member> members, Paths paths, SplittableRandom random) {
    this.byId = new ArrayList<>(members);
    byId.removeIf(Member::isNatted);
    byId.sort(Comparator.comparing(member -> place(member.contact().id())));
    this.paths = paths;
    this.random = random;
  }

  /**
   * Who a member knows, the nearest last.
   *
   * @param nowMillis in virtual time
   * @param originMillis its monotonic clock at the beginning of virtual time
   */
  List<Acquaintance> of(Member self, long nowMillis, long originMillis) {
    List<Acquaintance> all = new ArrayList<>();
    NodeId own = self.contact().id();
    int from = 0;
    int to = byId.size();
    for (int shared = 0; shared < Protocol.ID_BITS && to - from > 1; shared++) {
      int middle = firstWithBit(from, to, shared);
      boolean isUpper = bit(own, shared);
      if (isUpper) {
        take(self, from, middle, room(shared), nowMillis, originMillis, all);
        from = middle;
      } else {
        take(self, middle, to, room(shared), nowMillis, originMillis, all);
        to = middle;
      }
    }
    return all;
  }

  private static int room(int shared) {
    return (shared < WIDE_BUCKETS.length ? WIDE_BUCKETS[shared] : Protocol.K) + WAITING;
  }

  /** Takes random members of a part of the key space. */
  private void take(
      Member self,
      int from,
      int to,
      int room,
      long nowMillis,
      long originMillis,
      List<Acquaintance> into) {
    int size = to - from;
    int end = into.size() + room;
    if (size <= 2 * room) {
      int offset = size == 0 ? 0 : random.nextInt(size);
      for (int i = 0; i < size && into.size() < end; i++) {
        addIfKnown(self, byId.get(from + (i + offset) % size), nowMillis, originMillis, into);
      }
      return;
    }
    Set<Integer> tried = new HashSet<>();
    for (int i = 0; i < MAX_TRIES * room && into.size() < end; i++) {
      int at = from + random.nextInt(size);
      if (tried.add(at)) {
        addIfKnown(self, byId.get(at), nowMillis, originMillis, into);
      }
    }
  }

  private void addIfKnown(
      Member self, Member other, long nowMillis, long originMillis, List<Acquaintance> into) {
    long every = self.isNatted() ? CLIENT_ASKS_EVERY_MILLIS : ASKED_EVERY_MILLIS;
    long askedMillis = nowMillis - random.nextLong(every);
    // Who has just arrived asked for its neighbours then.
    long knownMillis = Math.max(askedMillis, Math.min(nowMillis, self.onlineFromMillis()));
    if (other != self && other.isOnlineAt(knownMillis)) {
      long roundTrip = paths.roundTripMillis(self.index(), other.index());
      into.add(new Acquaintance(other.contact(), originMillis + knownMillis, roundTrip));
    }
  }

  /** The first of a range, whose ids share the bits before, that has a bit set. */
  private int firstWithBit(int from, int to, int bit) {
    int low = from;
    int high = to;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (bit(byId.get(middle).contact().id(), bit)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  private static boolean bit(NodeId id, int index) {
    long word = index < 64 ? id.a() : index < 128 ? id.b() : index < 192 ? id.c() : id.d();
    return (word >>> (63 - index % 64) & 1) != 0;
  }

  private static Distance place(NodeId id) {
    return ORIGIN.distanceTo(id);
  }
}
