package dev.wsn.kademlia;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which relays have announced themselves to this node, by topic. In memory only: what a restart
 * loses comes back when the relays publish next. Not thread-safe; owned by the thread of {@link
 * Kademlia}.
 *
 * <p>Nobody gets room for coming early or often. One subnet has at most two announcements of a
 * topic. Where there is no room left, the branch of the address space with the most announcements
 * loses one (the idea of TopDisc's similarity score: /8, in it /16, in it /24; /32, /40, /48 for
 * IPv6). Between branches that have the same a secret order decides, other at every node and never
 * changing, so that what is kept is a sample of the networks that announce, whoever floods.
 */
final class Announcements {
  private record Announcement(
      NodeId topic, Distance order, AddressRecord addressRecord, long source) {}

  private static final int[] BRANCHES = {16, 8, 0};
  private static final NodeId ORIGIN = new NodeId(0, 0, 0, 0);

  private final RandomGenerator random;
  private final KademliaObserver observer;
  private final Map<NodeId, NavigableMap<Distance, Announcement>> byTopic = new HashMap<>();
  private final Map<Long, Integer> bySource = new HashMap<>();
  private byte @Nullable [] secret;
  private int size;

  Announcements(RandomGenerator random, KademliaObserver observer) {
    this.random = random;
    this.observer = observer;
  }

  /** Number of announcements. */
  int size() {
    return size;
  }

  /** Number of announcements of a topic. */
  int size(NodeId topic) {
    NavigableMap<Distance, Announcement> announced = byTopic.get(topic);
    return announced == null ? 0 : announced.size();
  }

  /** What a key has announced under a topic. */
  Optional<AddressRecord> of(NodeId topic, PublicKey key) {
    NavigableMap<Distance, Announcement> announced = byTopic.get(topic);
    return announced == null
        ? Optional.empty()
        : Optional.ofNullable(announced.get(order(key))).map(Announcement::addressRecord);
  }

  /** Up to so many announcements that come after a point, and after the last the first ones. */
  List<AddressRecord> after(NodeId topic, NodeId after, int max) {
    NavigableMap<Distance, Announcement> announced = byTopic.get(topic);
    if (announced == null) {
      return List.of();
    }
    List<AddressRecord> found = new ArrayList<>(max);
    Distance point = after.distanceTo(ORIGIN);
    for (Announcement each : announced.tailMap(point, false).values()) {
      if (found.size() == max) {
        return found;
      }
      found.add(each.addressRecord);
    }
    for (Announcement each : announced.headMap(point, true).values()) {
      if (found.size() == max) {
        return found;
      }
      found.add(each.addressRecord);
    }
    return found;
  }

  /**
   * Takes an announcement, in place of the older one of its key.
   *
   * @param source who made it, {@link Subnet#source}
   * @return false if there is no room for it
   */
  boolean put(NodeId topic, AddressRecord addressRecord, long source) {
    remove(topic, addressRecord.pubkey());
    if (isOverQuota(topic, source)) {
      observer.limitReached(KademliaObserver.Limit.ANNOUNCEMENTS);
      return false;
    }
    Announcement added =
        new Announcement(topic, order(addressRecord.pubkey()), addressRecord, source);
    add(added);
    boolean isKept = true;
    if (size(topic) > Protocol.MAX_ANNOUNCEMENTS_OF_TOPIC) {
      isKept = drop(List.copyOf(announced(topic).values()), added);
    }
    if (size > Protocol.MAX_ANNOUNCEMENTS) {
      List<Announcement> all = new ArrayList<>(size);
      byTopic.values().forEach(each -> all.addAll(each.values()));
      isKept = drop(all, added);
    }
    return isKept;
  }

  /** Forgets what a key announced under a topic. */
  void remove(NodeId topic, PublicKey key) {
    NavigableMap<Distance, Announcement> announced = byTopic.get(topic);
    Announcement gone = announced == null ? null : announced.get(order(key));
    if (gone != null) {
      remove(gone);
    }
  }

  /** Forgets what is dead. */
  void expire(long unixSeconds) {
    List<Announcement> dead = new ArrayList<>();
    for (NavigableMap<Distance, Announcement> announced : byTopic.values()) {
      for (Announcement each : announced.values()) {
        if (!each.addressRecord.isLive(unixSeconds)) {
          dead.add(each);
        }
      }
    }
    dead.forEach(this::remove);
  }

  private boolean isOverQuota(NodeId topic, long source) {
    if (source == HeldRecord.OWN) {
      return false;
    }
    if (bySource.getOrDefault(source, 0) >= Protocol.MAX_ANNOUNCEMENTS_OF_SUBNET) {
      return true;
    }
    NavigableMap<Distance, Announcement> announced = byTopic.get(topic);
    return announced != null
        && announced.values().stream().filter(each -> each.source == source).count()
            >= Protocol.MAX_ANNOUNCEMENTS_OF_SUBNET_IN_TOPIC;
  }

  private NavigableMap<Distance, Announcement> announced(NodeId topic) {
    return byTopic.computeIfAbsent(topic, fresh -> new TreeMap<>());
  }

  private void add(Announcement added) {
    announced(added.topic).put(added.order, added);
    bySource.merge(added.source, 1, Integer::sum);
    size++;
  }

  private void remove(Announcement gone) {
    NavigableMap<Distance, Announcement> announced = announced(gone.topic);
    announced.remove(gone.order);
    if (announced.isEmpty()) {
      byTopic.remove(gone.topic);
    }
    bySource.computeIfPresent(gone.source, (source, count) -> count == 1 ? null : count - 1);
    size--;
  }

  /** Makes room for one; false if that takes the newcomer. */
  private boolean drop(List<Announcement> all, Announcement newcomer) {
    List<Announcement> branch = all;
    for (int shift : BRANCHES) {
      Map<Long, List<Announcement>> branches = new HashMap<>();
      for (Announcement each : branch) {
        branches.computeIfAbsent(each.source >>> shift, fresh -> new ArrayList<>()).add(each);
      }
      branch = loser(branches);
    }
    // Within a subnet who is there stays.
    Announcement gone = branch.contains(newcomer) ? newcomer : branch.get(0);
    remove(gone);
    observer.limitReached(KademliaObserver.Limit.ANNOUNCEMENTS);
    return !gone.equals(newcomer);
  }

  private List<Announcement> loser(Map<Long, List<Announcement>> branches) {
    List<Announcement> loser = List.of();
    long rank = 0;
    for (Map.Entry<Long, List<Announcement>> each : branches.entrySet()) {
      int more = Integer.compare(each.getValue().size(), loser.size());
      long its = more < 0 ? 0 : rank(each.getKey());
      if (more > 0 || (more == 0 && Long.compareUnsigned(its, rank) > 0)) {
        loser = each.getValue();
        rank = its;
      }
    }
    return loser;
  }

  /** The secret order of branches. */
  private long rank(long branch) {
    if (secret == null) {
      secret = new byte[32];
      random.nextBytes(secret);
    }
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(secret);
      byte[] hash = sha256.digest(ByteBuffer.allocate(Long.BYTES).putLong(branch).array());
      return ByteBuffer.wrap(hash).getLong();
    } catch (NoSuchAlgorithmException absent) {
      throw new IllegalStateException("every Java platform has SHA-256", absent);
    }
  }

  private static Distance order(PublicKey key) {
    return NodeId.ofRecord(key).distanceTo(ORIGIN);
  }
}
