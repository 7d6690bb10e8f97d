package dev.wsn.kademlia;

import dev.wsn.record.AddressRecord;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordRejection;
import dev.wsn.record.RecordRules;
import dev.wsn.record.RecordVersion;
import java.util.List;
import java.util.Optional;

/** Answers questions about topics. Cheap checks come before the signature, as for stores. */
final class TopicRequests {
  private final NodeState node;

  TopicRequests(NodeState node) {
    this.node = node;
  }

  Reply.Answer find(Step step, Caller caller, Request.FindTopic find) {
    List<NostrEvent> events =
        node
            .announcements
            .after(find.target(), find.after(), Protocol.MAX_ANNOUNCEMENTS_IN_REPLY)
            .stream()
            .filter(announced -> isCurrent(step, announced))
            .map(AddressRecord::event)
            .toList();
    Token token = node.tokens.forStore(step.millis(), caller, find.target());
    return new Reply.TopicFound(token, node.announcements.size(find.target()), events);
  }

  /** Whether it is alive and no newer record of the key was seen here. */
  private boolean isCurrent(Step step, AddressRecord announced) {
    return announced.isLive(step.unixSeconds())
        && node.memory.admits(announced.pubkey(), announced.version());
  }

  Reply.Answer announce(Step step, Caller caller, Request.Announce announce) {
    NodeId topic = announce.target();
    if (!node.tokens.allowsStore(step.millis(), caller, topic, announce.storeToken())) {
      node.observer.badStoreToken();
      return new Reply.Refused(new Reply.Refusal(true, Optional.empty()));
    }
    NostrEvent event = announce.event();
    AddressRecord known = node.announcements.of(topic, event.pubkey()).orElse(null);
    if (known != null && known.event().equals(event)) {
      return new Reply.Stored();
    }
    RecordVersion version = new RecordVersion(event.createdAt(), event.id());
    boolean isOlder = known != null && known.version().supersedes(version);
    if (isOlder || !node.memory.admits(event.pubkey(), version)) {
      return refused(RecordRejection.OLDER_THAN_KNOWN);
    }
    RecordRules.Verdict verdict = node.rules.verify(event, step.unixSeconds());
    if (verdict instanceof RecordRules.Verdict.Refused refused) {
      return refused(refused.reason());
    }
    AddressRecord current = ((RecordRules.Verdict.Accepted) verdict).addressRecord();
    if (!belongsTo(current, topic)) {
      // An announcement that the owner does not make any more.
      if (known != null) {
        node.remember(current);
        node.announcements.remove(topic, current.pubkey());
      }
      return new Reply.Stored();
    }
    if (!node.announcements.put(topic, current, Subnet.source(caller.address().address()))) {
      return refused(RecordRejection.FULL);
    }
    node.remember(current);
    return new Reply.Stored();
  }

  /** Whether a relay that is somewhere says that it belongs to the topic at this place. */
  static boolean belongsTo(AddressRecord addressRecord, NodeId topic) {
    return !addressRecord.isWithdrawal()
        && addressRecord.topics().stream().anyMatch(each -> NodeId.ofTopic(each).equals(topic));
  }

  private Reply.Answer refused(RecordRejection reason) {
    node.observer.storeRefused(reason);
    return new Reply.Refused(new Reply.Refusal(false, Optional.of(reason)));
  }
}
