package dev.wsn.node;

import dev.wsn.kademlia.KademliaObserver.Departure;
import dev.wsn.metrics.Tally;
import dev.wsn.record.RecordRejection;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a node keeps for others, and whom it knows. Written by the event loop, read by any thread.
 *
 * @param stored records taken into keeping
 * @param departed records held no longer, by reason
 * @param refused stores refused because of the record, by reason; older than known is a rollback
 * @param badTokens stores refused because of their token
 * @param contactsAdded contacts that entered a table
 * @param contactsRemoved contacts that left one
 */
public record KeepingMetrics(
    LongAdder stored,
    Tally<Departure> departed,
    Tally<RecordRejection> refused,
    LongAdder badTokens,
    LongAdder contactsAdded,
    LongAdder contactsRemoved) {
  KeepingMetrics() {
    this(
        new LongAdder(),
        new Tally<>(Departure.class),
        new Tally<>(RecordRejection.class),
        new LongAdder(),
        new LongAdder(),
        new LongAdder());
  }
}
