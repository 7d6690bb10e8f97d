package dev.wsn.kademlia;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordVersion;
import dev.wsn.record.Topic;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which contact returned which record of one key, all of them verified, and what is newest. */
final class Sightings {
  private final NodeState node;
  private final PublicKey key;
  private final Map<Contact, AddressRecord> byContact = new LinkedHashMap<>();
  private final Map<Contact, Token> storeTokens = new LinkedHashMap<>();
  private final Set<Contact> brokenFrom = new HashSet<>();
  private @Nullable AddressRecord newest;

  Sightings(NodeState node, PublicKey key) {
    this.node = node;
    this.key = key;
  }

  /** Takes a record that this node knows already. */
  void know(AddressRecord addressRecord) {
    if (newest == null || addressRecord.version().supersedes(newest.version())) {
      newest = addressRecord;
    }
  }

  /** Takes an answer; a record in it that does not verify is as good as none. */
  void heard(Step step, Contact contact, Reply.RecordFound found) {
    storeTokens.put(contact, found.storeToken());
    if (found.event().isEmpty()) {
      return;
    }
    NostrEvent event = found.event().get();
    AddressRecord seen = seenBefore(event).or(() -> node.verify(step, key, event)).orElse(null);
    if (seen != null) {
      byContact.put(contact, seen);
      node.remember(seen);
      know(seen);
    } else {
      brokenFrom.add(contact);
    }
  }

  /**
   * What a contact that answered said.
   *
   * @param newest the record that the search ends with now
   */
  AskedContact.Answer said(Contact contact, Optional<AddressRecord> newest) {
    AddressRecord seen = byContact.get(contact);
    if (seen == null) {
      return brokenFrom.contains(contact)
          ? AskedContact.Answer.BAD_RECORD
          : AskedContact.Answer.NODES;
    }
    return newest.filter(record -> record.version().equals(seen.version())).isPresent()
        ? AskedContact.Answer.RECORD
        : AskedContact.Answer.OLDER_RECORD;
  }

  /** The newest record that is alive and not older than anything remembered. */
  Optional<AddressRecord> newest(Step step) {
    return Optional.ofNullable(newest)
        .filter(found -> found.isLive(step.unixSeconds()))
        .filter(found -> node.memory.admits(key, found.version()));
  }

  /** Token for a store at this contact. */
  Token storeToken(Contact contact) {
    return storeTokens.getOrDefault(contact, Token.NONE);
  }

  /** Whether the contact returned this record or a newer one. */
  boolean has(Contact contact, AddressRecord addressRecord) {
    AddressRecord seen = byContact.get(contact);
    return seen != null && !addressRecord.version().supersedes(seen.version());
  }

  /** Whether the contact answered. */
  boolean isHeard(Contact contact) {
    return storeTokens.containsKey(contact);
  }

  /** Whether the contact returned a record, whichever. */
  boolean hasAny(Contact contact) {
    return byContact.containsKey(contact);
  }

  /** The topics of every version that was seen, at most those of some. */
  Set<Topic> topics() {
    Map<RecordVersion, AddressRecord> versions = new LinkedHashMap<>();
    byContact.values().forEach(seen -> versions.put(seen.version(), seen));
    Set<Topic> topics = new LinkedHashSet<>();
    versions.values().stream()
        .limit(Protocol.MAX_FORMER_VERSIONS)
        .forEach(version -> topics.addAll(version.topics()));
    return topics;
  }

  /** Contacts that returned a record. */
  int had() {
    return byContact.size();
  }

  /** Contacts that returned exactly this record. */
  int agreed(AddressRecord addressRecord) {
    return (int)
        byContact.values().stream()
            .filter(seen -> seen.version().equals(addressRecord.version()))
            .count();
  }

  /** Contacts that returned a record newer than this one. */
  int newerThan(AddressRecord addressRecord) {
    return (int)
        byContact.values().stream()
            .filter(seen -> seen.version().supersedes(addressRecord.version()))
            .count();
  }

  /** Equal events need one verification, which most answers of a lookup share. */
  private Optional<AddressRecord> seenBefore(NostrEvent event) {
    if (newest != null && newest.event().equals(event)) {
      return Optional.of(newest);
    }
    return byContact.values().stream().filter(seen -> seen.event().equals(event)).findFirst();
  }
}
