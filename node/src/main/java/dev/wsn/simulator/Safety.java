package dev.wsn.simulator;

import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Effect;
import dev.wsn.kademlia.NodeId;
import dev.wsn.kademlia.Outcome;
import dev.wsn.kademlia.Reply;
import dev.wsn.kademlia.Request;
import dev.wsn.kademlia.RequestId;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.EventId;
import dev.wsn.record.IpPort;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordRules;
import dev.wsn.record.RecordVersion;
import dev.wsn.wire.Opened;
import dev.wsn.wire.RejectReason;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What must hold in every step of every run, whatever the faults. Each check throws, and the run
 * ends with the seed that shows it.
 */
final class Safety {
  /** What an honest node meets: repeated datagrams, and replies to what it forgot in a crash. */
  private static final Set<RejectReason> EXPECTED =
      EnumSet.of(RejectReason.REPLAYED, RejectReason.UNEXPECTED_REPLY);

  private record Reader(SimulatedNode node, PublicKey key) {}

  private final RecordRules rules;
  private final Set<EventId> published = new HashSet<>();
  private final Map<Reader, RecordVersion> lastRead = new HashMap<>();
  private final Map<RequestId, NostrEvent> stores = new HashMap<>();
  private Opened.@Nullable IncomingRequest current;
  private int bytesBack;

  Safety(RecordRules rules) {
    this.rules = rules;
  }

  RecordRules rules() {
    return rules;
  }

  /** An owner signed a record: from now on it may be seen. */
  void signed(AddressRecord addressRecord) {
    published.add(addressRecord.event().id());
  }

  /** A datagram that an honest node sent was rejected by another. */
  void rejected(RejectReason reason) {
    check(EXPECTED.contains(reason), "an honest datagram was rejected: " + reason);
  }

  void effects(List<Effect> effects) {
    int wakes = 0;
    for (Effect effect : effects) {
      wakes += effect instanceof Effect.WakeAt ? 1 : 0;
    }
    check(
        wakes == 1 && effects.get(effects.size() - 1) instanceof Effect.WakeAt,
        "effects end with exactly one WakeAt");
  }

  /** A request arrived; until {@link #answered} what goes back to its address is counted. */
  void asked(SimulatedNode callee, Opened.IncomingRequest incoming) {
    current = incoming;
    bytesBack = 0;
    if (incoming.request().ask() instanceof Request.Store store) {
      stores.put(incoming.request().id(), store.event());
    }
  }

  void sent(IpPort to, int bytes) {
    if (current != null && current.caller().address().equals(to)) {
      bytesBack += bytes;
    }
  }

  void answered(Opened.IncomingRequest incoming) {
    boolean hasProof =
        incoming.request().addressToken().isPresent()
            || incoming.request().ask() instanceof Request.Store
            || incoming.request().ask() instanceof Request.Announce;
    int spent = incoming.caller().requestBytes();
    if (!hasProof && bytesBack > spent) {
      throw new AssertionError(
          "sent " + bytesBack + " bytes to an unproven address that spent " + spent);
    }
    current = null;
  }

  /** What a reply promises must be so. */
  void answers(SimulatedNode node, Effect.Answer effect) {
    long now = node.now().unixSeconds();
    if (effect.reply().answer() instanceof Reply.RecordFound found && found.event().isPresent()) {
      NostrEvent event = found.event().get();
      check(published.contains(event.id()), "a record that nobody signed is handed out");
      check(
          rules.verify(event, now) instanceof RecordRules.Verdict.Accepted,
          "an invalid record is handed out");
    }
    if (effect.reply().answer() instanceof Reply.Stored) {
      NostrEvent event = stores.remove(effect.reply().id());
      if (event == null) {
        throw new AssertionError("an acknowledgement of nothing");
      }
      NodeId place = NodeId.ofRecord(event.pubkey());
      RecordVersion version = new RecordVersion(event.createdAt(), event.id());
      check(
          node.disk().at(place).filter(held -> !version.supersedes(held.version())).isPresent(),
          "acknowledged before it is on disk");
    }
  }

  void finishes(SimulatedNode node, Effect.Finish effect, boolean isRunning) {
    if (!isRunning) {
      throw new AssertionError(node + " finishes " + effect.operation() + " twice");
    }
  }

  /** A reader never sees what is dead, was not signed, or is older than what it saw before. */
  void read(SimulatedNode node, PublicKey key, Outcome.Read read) {
    if (read.newest().isEmpty()) {
      return;
    }
    AddressRecord newest = read.newest().get();
    check(newest.pubkey().equals(key), "a record of another key");
    check(newest.isLive(node.now().unixSeconds()), "an expired record is returned");
    check(published.contains(newest.event().id()), "a record that nobody signed is returned");
    RecordVersion before = lastRead.put(new Reader(node, key), newest.version());
    check(before == null || !before.supersedes(newest.version()), "a rollback is returned");
  }

  static void check(boolean holds, String otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise);
    }
  }
}
