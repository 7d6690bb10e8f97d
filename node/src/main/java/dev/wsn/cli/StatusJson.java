package dev.wsn.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wsn.crypto.Nip19;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.KademliaObserver.RequestKind;
import dev.wsn.kademlia.KademliaObserver.SearchKind;
import dev.wsn.kademlia.NodeId;
import dev.wsn.kademlia.Protocol;
import dev.wsn.mapping.PortMapper;
import dev.wsn.mapping.WantedPort;
import dev.wsn.metrics.Histogram;
import dev.wsn.metrics.Tally;
import dev.wsn.node.DhtNode;
import dev.wsn.node.NodeMetrics;
import dev.wsn.node.SearchMetrics;
import dev.wsn.record.AddressScope;
import dev.wsn.record.IpAddress;
import dev.wsn.resolver.NetworkStatus;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** The page {@code /status} of a running server, for {@code wsn status} and scripts. */
final class StatusJson {
  /** Contacts that are listed, the nearest first. */
  static final int MAX_PEERS = 64;

  /** Whether others reach the node unasked, for each family in which it knows somebody. */
  static final String REACHABLE_UNASKED = "reachable_unasked";

  private StatusJson() {}

  /** What a node of the DHT, or a client of it, is and knows. */
  static ObjectNode of(DhtNode node) {
    NetworkStatus network = node.status();
    ObjectNode status =
        JsonText.object()
            .put("version", VersionText.number())
            .put("npub", Nip19.npub(node.key()))
            .put("seed", network.seed())
            .put("reachable", network.isReachable())
            .put("detail", network.detail())
            .put("contacts", network.nodes())
            .put("network_size", node.view().networkSize())
            .put("records", node.view().records());
    List<Contact> contacts = Answers.await(node.view().contacts(), "the table");
    addTables(status, node, network, contacts);
    addPeers(status, contacts);
    addRequests(status, node.metrics());
    addLookups(status, node.metrics());
    addStore(status, node);
    return status;
  }

  /** Adds how often each limit of a resolver or gateway was reached, of those that were. */
  static <E extends Enum<E>> void addLimits(
      ObjectNode to, Class<E> limits, ToLongFunction<E> reached) {
    ObjectNode counts = to.putObject("limits_reached");
    for (E limit : EnumSet.allOf(limits)) {
      if (reached.applyAsLong(limit) > 0) {
        counts.put(name(limit), reached.applyAsLong(limit));
      }
    }
  }

  /**
   * Adds what a router does for {@code --map-port}.
   *
   * @param nowMillis on the clock of the mapper
   */
  static void addMapping(
      ObjectNode status, WantedPort wanted, PortMapper.State state, long nowMillis) {
    ObjectNode mapping = status.putObject("port_mapping").put("port", wanted.toString());
    if (state instanceof PortMapper.State.Mapped mapped) {
      IpAddress external = mapped.mapping().external();
      mapping.put("state", "mapped").put("router", mapped.mapping().router());
      if (external != null) {
        mapping.put("address", external.toString());
        mapping.put("public", external.scope() == AddressScope.PUBLIC);
      }
      if (mapped.untilMillis() < Long.MAX_VALUE) {
        mapping.put("seconds_left", Math.max(0, (mapped.untilMillis() - nowMillis) / 1_000));
      }
    } else if (state instanceof PortMapper.State.Refused refused) {
      mapping.put("state", "refused").put("detail", refused.reasons());
    } else {
      mapping.put("state", state instanceof PortMapper.State.Asking ? "asking" : "ended");
    }
  }

  private static void addTables(
      ObjectNode status, DhtNode node, NetworkStatus network, List<Contact> contacts) {
    NodeId own = NodeId.of(node.key(), node.reachableAt().address());
    int[] shared = new int[Protocol.ID_BITS + 1];
    int[] families = new int[2];
    for (Contact contact : contacts) {
      shared[own.distanceTo(contact.id()).sharedBits()]++;
      families[contact.address().address().isIpv4() ? 0 : 1]++;
    }
    status.put("contacts_ipv4", families[0]).put("contacts_ipv6", families[1]);
    ObjectNode unasked = status.putObject(REACHABLE_UNASKED);
    putUnasked(unasked, "IPv4", network.ipv4());
    putUnasked(unasked, "IPv6", network.ipv6());
    ArrayNode table = status.putArray("table");
    for (int bits = 0; bits < shared.length; bits++) {
      if (shared[bits] > 0) {
        table.addObject().put("shared_bits", bits).put("contacts", shared[bits]);
      }
    }
  }

  private static void putUnasked(ObjectNode unasked, String family, NetworkStatus.Family of) {
    if (of.contacts() > 0) {
      unasked.put(family, of.isReachable());
    }
  }

  private static void addPeers(ObjectNode status, List<Contact> contacts) {
    ArrayNode peers = status.putArray("peers");
    contacts.stream()
        .limit(MAX_PEERS)
        .forEach(
            contact ->
                peers
                    .addObject()
                    .put("npub", Nip19.npub(contact.key()))
                    .put("address", contact.address().toString()));
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static void addRequests(ObjectNode status, NodeMetrics metrics) {
    ObjectNode requests = status.putObject("requests");
    for (RequestKind kind : RequestKind.values()) {
      requests
          .putObject(name(kind))
          .put("received", metrics.requests().received().of(kind))
          .put("sent", metrics.requests().sent().of(kind))
          .put("answered", metrics.requests().answered().of(kind))
          .put("unanswered", metrics.requests().unanswered().of(kind));
    }
    status.put("datagrams_rejected", metrics.rejectedInTotal());
  }

  private static void addLookups(ObjectNode status, NodeMetrics metrics) {
    ObjectNode lookups = status.putObject("lookups");
    for (SearchKind kind : SearchKind.values()) {
      SearchMetrics.Kind of = metrics.searches().of(kind);
      ObjectNode one = lookups.putObject(name(kind));
      Tally<SearchMetrics.Result> results = of.results();
      for (SearchMetrics.Result result : SearchMetrics.Result.values()) {
        one.put(name(result), results.of(result));
      }
      one.put("mean_millis", Math.round(1e3 * mean(of.seconds())));
      one.put("mean_hops", Math.round(10 * mean(of.hops())) / 10.0);
      one.put("mean_asked", Math.round(10 * mean(of.asked())) / 10.0);
    }
  }

  private static double mean(Histogram histogram) {
    long count = Arrays.stream(histogram.counts()).sum();
    return count == 0 ? 0 : histogram.sum() / count;
  }

  private static void addStore(ObjectNode status, DhtNode node) {
    node.view()
        .store()
        .ifPresent(
            store ->
                status
                    .putObject("store")
                    .put("bytes", store.bytes())
                    .put("commits", store.commits())
                    .put("writes", store.written())
                    .put("waiting", store.waiting())
                    .put("lost", store.busy() + store.failed()));
  }
}
