package dev.wsn.kademlia;

import dev.wsn.record.AddressRecord;
import dev.wsn.record.RecordRejection;
import dev.wsn.record.Topic;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** How an operation ended. */
public sealed interface Outcome {
  /**
   * What a lookup cost and saw.
   *
   * @param asked nodes that a request was sent to
   * @param answered nodes that replied in time
   * @param had nodes that returned a valid record of the key
   * @param agreed nodes that returned the newest one
   * @param conflicting nodes that returned another one
   * @param hops length of the longest chain of referrals that led to an answer
   * @param elapsedMillis from the command to this outcome
   * @param widened requests sent because the k closest were suspicious, and their region was looked
   *     through; counted in {@code asked}, too
   * @param suspicions why they were; empty if they were not
   */
  record Evidence(
      int asked,
      int answered,
      int had,
      int agreed,
      int conflicting,
      int hops,
      long elapsedMillis,
      int widened,
      Set<Suspicion> suspicions) {
    /** Copies the set; the copy is in the order of the reasons. */
    public Evidence {
      EnumSet<Suspicion> copy = EnumSet.noneOf(Suspicion.class);
      copy.addAll(suspicions);
      suspicions = Collections.unmodifiableSet(copy);
    }

    /** Of a lookup that was not widened. */
    public Evidence(
        int asked, int answered, int had, int agreed, int conflicting, int hops, long elapsed) {
      this(asked, answered, had, agreed, conflicting, hops, elapsed, 0, Set.of());
    }
  }

  /**
   * A record was looked for.
   *
   * @param newest newest valid, live record seen, here or on other nodes
   * @param path whom the lookup asked so far, by hops; at most {@link Protocol#MAX_ASKED_SHOWN}
   * @param isFinal false for the first answer of a {@link ReadPolicy#FAST} read, after which a
   *     final outcome follows with the same operation
   */
  record Read(
      Optional<AddressRecord> newest, Evidence evidence, List<AskedContact> path, boolean isFinal)
      implements Outcome {
    /** Copies the list. */
    public Read {
      path = List.copyOf(path);
    }
  }

  /**
   * A record was published.
   *
   * @param acknowledged nodes, other than this one, that have it on disk
   * @param required acknowledgements that make it a success
   * @param refusals how many nodes refused, by reason
   * @param newerKnown the newer record of the key that made others refuse, if one was seen
   * @param topics those of the record, and of older ones that nodes still had: what it has to be
   *     announced under, or taken back from
   */
  record Published(
      int acknowledged,
      int required,
      Map<RecordRejection, Integer> refusals,
      Optional<AddressRecord> newerKnown,
      Set<Topic> topics,
      Evidence evidence)
      implements Outcome {
    /** Copies the map; the copy is in the order of the reasons, the same in every process. */
    public Published {
      EnumMap<RecordRejection, Integer> copy = new EnumMap<>(RecordRejection.class);
      copy.putAll(refusals);
      refusals = Collections.unmodifiableMap(copy);
      topics = Collections.unmodifiableSet(new LinkedHashSet<>(topics));
    }
  }

  /**
   * A record was announced under a topic, or an announcement was taken back.
   *
   * @param acknowledged nodes, other than this one, that have taken note
   * @param refusals how many nodes refused, by reason
   */
  record Announced(int acknowledged, Map<RecordRejection, Integer> refusals, Evidence evidence)
      implements Outcome {
    /** Copies the map; the copy is in the order of the reasons, the same in every process. */
    public Announced {
      EnumMap<RecordRejection, Integer> copy = new EnumMap<>(RecordRejection.class);
      copy.putAll(refusals);
      refusals = Collections.unmodifiableMap(copy);
    }
  }

  /**
   * The relays of a topic were looked for.
   *
   * @param records verified, alive, at most {@link Protocol#MAX_LISTED}, one per key; each says
   *     itself that it belongs to the topic
   */
  record Listed(List<AddressRecord> records, Evidence evidence) implements Outcome {
    /** Copies the list. */
    public Listed {
      records = List.copyOf(records);
    }
  }

  /** The table was filled: the node's own id was looked up. */
  record Joined(int contacts, Evidence evidence) implements Outcome {}
}
