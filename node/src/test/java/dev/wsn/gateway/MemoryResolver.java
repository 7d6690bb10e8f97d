package dev.wsn.gateway;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordRejection;
import dev.wsn.record.RecordRules;
import dev.wsn.resolver.Evidence;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import dev.wsn.resolver.Resolver;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;

/** A resolver of one process: keeps the newest valid record of each key. */
final class MemoryResolver implements Resolver {
  final Map<PublicKey, AddressRecord> records = new ConcurrentHashMap<>();
  final Map<PublicKey, AddressRecord> staleForFast = new ConcurrentHashMap<>();
  final List<ResolvePolicy> asked = new CopyOnWriteArrayList<>();
  final List<AddressRecord> published = new CopyOnWriteArrayList<>();
  final Queue<Publication> nextPublications = new ConcurrentLinkedQueue<>();
  volatile boolean isUnreachable;
  volatile boolean isSilent;
  private final RecordRules rules;
  private final InstantSource clock;

  MemoryResolver(RecordRules rules, InstantSource clock) {
    this.rules = rules;
    this.clock = clock;
  }

  @Override
  public CompletionStage<Resolution> resolve(PublicKey key, ResolvePolicy policy) {
    asked.add(policy);
    if (isSilent) {
      return new CompletableFuture<>();
    }
    Evidence evidence = new Evidence(policy, "local", 1, 1, 1, 1, 0, 0, 0);
    if (isUnreachable) {
      return CompletableFuture.completedStage(new Resolution.Unreachable("no node answered"));
    }
    AddressRecord found = records.get(key);
    if (policy == ResolvePolicy.FAST && staleForFast.containsKey(key)) {
      found = staleForFast.get(key);
    }
    if (found == null) {
      return CompletableFuture.completedStage(new Resolution.NotFound(evidence));
    }
    return CompletableFuture.completedStage(
        found.isWithdrawal()
            ? new Resolution.Withdrawn(found, evidence)
            : new Resolution.Found(found, evidence));
  }

  @Override
  public CompletionStage<Publication> publish(NostrEvent event) {
    Publication scripted = nextPublications.poll();
    if (scripted != null) {
      return CompletableFuture.completedStage(scripted);
    }
    if (isUnreachable) {
      return CompletableFuture.completedStage(new Publication.Unreachable("no node answered"));
    }
    RecordRules.Verdict verdict = rules.verify(event, clock.instant().getEpochSecond());
    if (verdict instanceof RecordRules.Verdict.Refused refused) {
      return CompletableFuture.completedStage(
          new Publication.Refused(refused.reason(), refused.detail()));
    }
    AddressRecord record = ((RecordRules.Verdict.Accepted) verdict).addressRecord();
    AddressRecord known = records.get(record.pubkey());
    if (known != null && known.version().supersedes(record.version())) {
      return CompletableFuture.completedStage(
          new Publication.Refused(RecordRejection.OLDER_THAN_KNOWN, "a newer one is known"));
    }
    boolean isNew = !record.equals(records.put(record.pubkey(), record));
    published.add(record);
    return CompletableFuture.completedStage(new Publication.Accepted(1, 1, Map.of(), isNew));
  }
}
