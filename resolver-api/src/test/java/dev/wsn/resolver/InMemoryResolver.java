package dev.wsn.resolver;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordRejection;
import dev.wsn.record.RecordRules.Verdict;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A resolver that keeps the newest verified record of every key in memory, as one node would; its
 * network can be taken away.
 */
public final class InMemoryResolver implements Resolver {
  /** How the network behind the resolver is. */
  public enum Network {
    FINE,
    UNREACHABLE,
    TOO_FEW,
    SILENT,
    BROKEN
  }

  private final Map<PublicKey, AddressRecord> records = new ConcurrentHashMap<>();
  private final Queue<ResolvePolicy> asked = new ConcurrentLinkedQueue<>();
  private final CompletableFuture<String> silence = new CompletableFuture<>();
  private final InstantSource time;
  private volatile Network network = Network.FINE;

  public InMemoryResolver(InstantSource time) {
    this.time = time;
  }

  public void network(Network now) {
    network = now;
  }

  /** Forgets a newer record, as a dishonest resolver would. */
  public void rollBackTo(AddressRecord older) {
    records.put(older.pubkey(), older);
  }

  /** The policies of all questions so far. */
  public Queue<ResolvePolicy> asked() {
    return asked;
  }

  public int size() {
    return records.size();
  }

  public static Evidence evidence(ResolvePolicy policy, int had) {
    return new Evidence(policy, "local", 3, 2, had, had, 0, 1, 7);
  }

  private static Evidence traced(ResolvePolicy policy, int had) {
    return evidence(policy, had).along(path(had));
  }

  private static List<AskedNode> path(int had) {
    AskedNode.Said said = had == 0 ? AskedNode.Said.NODES : AskedNode.Said.RECORD;
    return List.of(
        new AskedNode(
            "0a1b2c3d", "203.0.113.9:4848", 1, 3, Optional.empty(), said, OptionalLong.of(7)),
        new AskedNode(
            "4e5f6a7b",
            "203.0.113.10:4848",
            2,
            9,
            Optional.of("0a1b2c3d"),
            AskedNode.Said.SILENCE,
            OptionalLong.empty()));
  }

  @Override
  public CompletionStage<Resolution> resolve(PublicKey key, ResolvePolicy policy) {
    asked.add(policy);
    return switch (network) {
      case SILENT -> silence(key, policy);
      case BROKEN -> throw new IllegalStateException("a bug");
      case UNREACHABLE ->
          done(new Resolution.Unreachable("no node answers; \u001b[31m\"check\" the <seed>"));
      case FINE, TOO_FEW -> done(known(key, policy));
    };
  }

  private CompletionStage<Resolution> silence(PublicKey key, ResolvePolicy policy) {
    return silence.thenApply(over -> known(key, policy));
  }

  /** Answers the questions that fell into silence. */
  public void breakSilence() {
    silence.complete("over");
  }

  private Resolution known(PublicKey key, ResolvePolicy policy) {
    AddressRecord known = records.get(key);
    if (known == null || !known.isLive(time.instant().getEpochSecond())) {
      return new Resolution.NotFound(traced(policy, 0));
    }
    return known.isWithdrawal()
        ? new Resolution.Withdrawn(known, traced(policy, 2))
        : new Resolution.Found(known, traced(policy, 2));
  }

  @Override
  public CompletionStage<Publication> publish(NostrEvent event) {
    return switch (network) {
      case SILENT -> new CompletableFuture<>();
      case BROKEN -> CompletableFuture.failedFuture(new IllegalStateException("a bug"));
      case UNREACHABLE -> done(new Publication.Unreachable("no node answers"));
      case TOO_FEW -> done(new Publication.TooFew(1, 2, Map.of(RecordRejection.FULL, 2)));
      case FINE -> done(store(event));
    };
  }

  private synchronized Publication store(NostrEvent event) {
    Verdict verdict = Signed.RULES.verify(event, time.instant().getEpochSecond());
    if (verdict instanceof Verdict.Refused refused) {
      return new Publication.Refused(refused.reason(), refused.detail());
    }
    AddressRecord offered = ((Verdict.Accepted) verdict).addressRecord();
    AddressRecord known = records.get(offered.pubkey());
    if (known != null && known.version().supersedes(offered.version())) {
      return new Publication.Refused(
          RecordRejection.OLDER_THAN_KNOWN, "a newer record of this key is known");
    }
    records.put(offered.pubkey(), offered);
    boolean isNew = known == null || !offered.equals(known);
    return new Publication.Accepted(2, 2, Map.of(), isNew);
  }

  private static <T> CompletionStage<T> done(T value) {
    // From another thread, as a real resolver does.
    return CompletableFuture.supplyAsync(() -> value);
  }
}
