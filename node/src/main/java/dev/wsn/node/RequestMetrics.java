package dev.wsn.node;

import dev.wsn.kademlia.KademliaObserver.RequestKind;
import dev.wsn.metrics.Histogram;
import dev.wsn.metrics.Tally;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/**
 * Requests by kind, in both directions. Written by the event loop, read by any thread.
 *
 * @param received requests that arrived and are answered
 * @param unproven those of them whose source address was not proven
 * @param retriesDemanded answers that only asked for proof of the address
 * @param sent requests to other nodes
 * @param answered those of them that were answered in time
 * @param unanswered those of them that were not
 * @param roundTrips seconds until the answer
 */
public record RequestMetrics(
    Tally<RequestKind> received,
    Tally<RequestKind> unproven,
    Tally<RequestKind> retriesDemanded,
    Tally<RequestKind> sent,
    Tally<RequestKind> answered,
    Tally<RequestKind> unanswered,
    Map<RequestKind, Histogram> roundTrips) {

  RequestMetrics() {
    this(tally(), tally(), tally(), tally(), tally(), tally(), new EnumMap<>(RequestKind.class));
    for (RequestKind kind : RequestKind.values()) {
      roundTrips.put(kind, Histogram.ofSeconds());
    }
  }

  private static Tally<RequestKind> tally() {
    return new Tally<>(RequestKind.class);
  }

  void replied(RequestKind kind, long roundTripMillis) {
    answered.count(kind);
    Objects.requireNonNull(roundTrips.get(kind)).observeMillis(roundTripMillis);
  }
}
