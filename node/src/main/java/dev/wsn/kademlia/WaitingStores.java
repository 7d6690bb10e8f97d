package dev.wsn.kademlia;

import dev.wsn.record.AddressRecord;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The records that wait for the disk, by ticket; bounded. */
final class WaitingStores {
  /** Who is told when the record is on disk. */
  record Waiter(Caller caller, RequestId request, int maxBytes) {}

  /** A record on its way to the disk; nobody waits for what this node keeps by itself. */
  record WaitingStore(AddressRecord addressRecord, Optional<Waiter> waiter) {
    /** Who the record is counted against. */
    long source() {
      return waiter
          .map(waiting -> Subnet.source(waiting.caller().address().address()))
          .orElse(HeldRecord.OWN);
    }
  }

  private final Map<Long, WaitingStore> byTicket = new HashMap<>();
  private long tickets;

  boolean isFull() {
    return byTicket.size() >= Protocol.MAX_WAITING_STORES;
  }

  int size() {
    return byTicket.size();
  }

  void add(Step step, AddressRecord addressRecord) {
    add(step, new WaitingStore(addressRecord, Optional.empty()));
  }

  void add(Step step, AddressRecord addressRecord, Waiter waiter) {
    add(step, new WaitingStore(addressRecord, Optional.of(waiter)));
  }

  Optional<WaitingStore> take(long ticket) {
    return Optional.ofNullable(byTicket.remove(ticket));
  }

  private void add(Step step, WaitingStore store) {
    if (isFull()) {
      throw new IllegalStateException("too many stores wait for the disk");
    }
    long ticket = ++tickets;
    byTicket.put(ticket, store);
    step.emit(new Effect.Persist(ticket, new HeldRecord(store.addressRecord, store.source())));
  }
}
