package dev.wsn.monitor;

import dev.wsn.kademlia.KademliaObserver.Departure;
import dev.wsn.kademlia.KademliaObserver.Drop;
import dev.wsn.kademlia.KademliaObserver.Limit;
import dev.wsn.kademlia.KademliaObserver.RequestKind;
import dev.wsn.kademlia.KademliaObserver.SearchKind;
import dev.wsn.metrics.Histogram;
import dev.wsn.node.DhtNode;
import dev.wsn.node.KeepingMetrics;
import dev.wsn.node.NodeMetrics;
import dev.wsn.node.RequestMetrics;
import dev.wsn.node.SearchMetrics;
import dev.wsn.record.RecordRejection;
import dev.wsn.store.StoreStatistics;
import dev.wsn.wire.Forgotten;
import dev.wsn.wire.RejectReason;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/** Shows a node of the DHT, or a client of it. */
public final class NodeMeters {
  private final Meters meters;
  private final DhtNode node;

  private NodeMeters(Meters meters, DhtNode node) {
    this.meters = meters;
    this.node = node;
  }

  /** Adds the meters of a node. */
  public static void add(Meters meters, DhtNode node) {
    NodeMeters adding = new NodeMeters(meters, node);
    adding.datagrams();
    adding.requests(node.metrics().requests());
    adding.searches(node.metrics().searches());
    adding.network();
    adding.keeping(node.metrics().keeping());
    node.view().store().ifPresent(adding::store);
  }

  /** Adds the space of the file system that a node's data is on. */
  public static void addDisk(Meters meters, Path directory) {
    var disk = directory.toFile();
    meters.gauge(
        "wsn.disk.free.bytes",
        "Bytes that this program may still write where its data is",
        disk::getUsableSpace);
    meters.gauge("wsn.disk.size.bytes", "Size of that file system", disk::getTotalSpace);
  }

  private void datagrams() {
    NodeMetrics metrics = node.metrics();
    meters.counter(
        "wsn.datagrams.received", "Datagrams received", () -> node.view().transport().received());
    meters.counter(
        "wsn.datagrams.received.bytes",
        "Their payload",
        () -> node.view().transport().receivedBytes());
    meters.counter("wsn.datagrams.sent", "Datagrams sent", () -> node.view().transport().sent());
    meters.counter(
        "wsn.datagrams.sent.bytes", "Their payload", () -> node.view().transport().sentBytes());
    meters.counter(
        "wsn.datagrams.unsent",
        "Datagrams not sent because too many were waiting",
        () -> node.view().transport().dropped());
    meters.counter(
        "wsn.datagrams.errors",
        "Reads and writes that the operating system refused",
        () -> node.view().transport().errors());
    meters.counter(
        "wsn.datagrams.overflowed",
        "Datagrams that the system dropped because they came faster than they were read",
        () -> node.view().overflowed());
    each(
        RejectReason.class,
        "wsn.datagrams.rejected",
        "Datagrams left alone, by reason",
        "reason",
        metrics::rejected);
    each(
        RejectReason.class,
        "wsn.requests.challenged",
        "Requests over a rate that were answered with a challenge, by rate",
        "reason",
        metrics::challenged);
    meters.counter(
        "wsn.challenges.received",
        "Challenges of other nodes to our requests",
        metrics::challengesReceived);
    each(
        RejectReason.class,
        "wsn.messages.unsealable",
        "Messages that no datagram could be made of, by reason",
        "reason",
        metrics::unsealable);
    each(
        Drop.class,
        "wsn.messages.dropped",
        "Messages that opened and were left alone, by reason",
        "reason",
        metrics::dropped);
    each(
        Limit.class,
        "wsn.limits.reached",
        "How often a bound was reached, by bound",
        "limit",
        metrics::limited);
    each(
        Forgotten.class,
        "wsn.sealer.forgotten",
        "Keys, cookies, nonces and unanswered requests that made room for newer ones",
        "what",
        metrics::forgotten);
  }

  private <E extends Enum<E>> void each(
      Class<E> type, String name, String help, String label, ToLongFunction<E> value) {
    for (E constant : EnumSet.allOf(type)) {
      meters.counter(name, help, () -> value.applyAsLong(constant), label, Meters.label(constant));
    }
  }

  private void requests(RequestMetrics metrics) {
    Class<RequestKind> type = RequestKind.class;
    meters.tally(
        "wsn.requests.received", "Requests answered, by kind", "kind", type, metrics.received());
    meters.tally(
        "wsn.requests.received.unproven",
        "Those whose source address was not proven",
        "kind",
        type,
        metrics.unproven());
    meters.tally(
        "wsn.retries.demanded",
        "Requests answered only with a demand for proof of the address",
        "kind",
        type,
        metrics.retriesDemanded());
    meters.tally("wsn.requests.sent", "Requests sent, by kind", "kind", type, metrics.sent());
    meters.tally(
        "wsn.requests.answered", "Requests answered in time", "kind", type, metrics.answered());
    meters.tally(
        "wsn.requests.unanswered",
        "Requests not answered in time",
        "kind",
        type,
        metrics.unanswered());
    Map<String, Histogram> roundTrips = new TreeMap<>();
    metrics.roundTrips().forEach((kind, times) -> roundTrips.put(Meters.label(kind), times));
    meters.histograms(
        "wsn_request_round_trip_seconds", "Time until the answer, by kind", "kind", roundTrips);
  }

  private void searches(SearchMetrics metrics) {
    for (SearchKind kind : SearchKind.values()) {
      meters.tally(
          "wsn.lookups",
          "Lookups, by what they were for and how they ended",
          "result",
          SearchMetrics.Result.class,
          metrics.of(kind).results(),
          "kind",
          Meters.label(kind));
    }
    meters.tally(
        "wsn.lookups.widened",
        "Lookups that searched a whole region because the nodes around their place looked placed",
        "kind",
        SearchKind.class,
        metrics.widened());
    lookups(
        "wsn_lookup_duration_seconds", "How long lookups took", metrics, each -> each.seconds());
    lookups("wsn_lookup_hops", "Longest chain of referrals", metrics, each -> each.hops());
    lookups("wsn_lookup_requests", "Nodes that a lookup asked", metrics, each -> each.asked());
    lookups(
        "wsn_lookup_conflicts",
        "Nodes that had another record than the newest",
        metrics,
        each -> each.conflicting());
  }

  private void lookups(
      String name,
      String help,
      SearchMetrics metrics,
      Function<SearchMetrics.Kind, Histogram> part) {
    Map<String, Histogram> byKind = new TreeMap<>();
    for (SearchKind kind : SearchKind.values()) {
      byKind.put(Meters.label(kind), part.apply(metrics.of(kind)));
    }
    meters.histograms(name, help, "kind", byKind);
  }

  private void network() {
    meters.gauge("wsn.contacts", "Nodes in the tables", () -> node.status().nodes());
    meters.gauge(
        "wsn.network.nodes",
        "Estimated nodes of the network, this one included",
        () -> node.view().networkSize());
    meters.gauge(
        "wsn.network.reachable",
        "1 while other nodes answer, else 0",
        () -> node.status().isReachable() ? 1 : 0);
    meters.gauge(
        "wsn.network.silence.seconds",
        "Time since another node answered",
        () ->
            node.view().silentSeconds().isPresent()
                ? node.view().silentSeconds().getAsLong()
                : Double.NaN);
  }

  private void keeping(KeepingMetrics metrics) {
    meters.counter(
        "wsn.contacts.added", "Nodes that entered a table", metrics.contactsAdded()::sum);
    meters.counter(
        "wsn.contacts.removed", "Nodes that left a table", metrics.contactsRemoved()::sum);
    meters.gauge("wsn.records", "Records held for others", () -> node.view().records());
    meters.counter("wsn.records.stored", "Records taken into keeping", metrics.stored()::sum);
    meters.tally(
        "wsn.records.evicted",
        "Records dropped, by reason",
        "reason",
        Departure.class,
        metrics.departed());
    meters.tally(
        "wsn.stores.refused",
        "Stores refused because of the record, by reason",
        "reason",
        RecordRejection.class,
        metrics.refused());
    meters.counter(
        "wsn.stores.bad.token", "Stores refused because of their token", metrics.badTokens()::sum);
  }

  private void store(StoreStatistics first) {
    meters.gauge("wsn.store.bytes", "Size of the database", () -> now().bytes());
    meters.gauge("wsn.store.waiting", "Writes that wait for the disk", () -> now().waiting());
    meters.counter("wsn.store.commits", "Transactions committed", () -> now().commits());
    meters.counter("wsn.store.writes", "Writes on disk", () -> now().written());
    meters.counter(
        "wsn.store.writes.lost",
        "Writes that were not done, by reason",
        () -> now().busy(),
        "reason",
        "busy");
    meters.counter(
        "wsn.store.writes.lost",
        "Writes that were not done, by reason",
        () -> now().failed(),
        "reason",
        "failed");
    meters.histograms(
        "wsn_store_commit_seconds",
        "How long transactions took, with their sync",
        "operation",
        Map.of("commit", first.commitSeconds()));
  }

  private StoreStatistics now() {
    return node.view().store().orElseThrow();
  }
}
