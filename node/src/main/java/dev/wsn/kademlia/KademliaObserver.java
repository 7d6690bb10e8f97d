package dev.wsn.kademlia;

import dev.wsn.record.AddressRecord;
import dev.wsn.record.IpPort;
import dev.wsn.record.RecordRejection;

/**
 * Told what happens in the step machine, for metrics and logs; every method does nothing unless
 * overridden. Called on the owner's thread, within a step; must not call back.
 */
public interface KademliaObserver {
  /** An observer that ignores everything. */
  KademliaObserver NONE = new KademliaObserver() {};

  /** Kinds of requests, one per {@link Request.Ask}. */
  enum RequestKind {
    /** {@link Request.Ping}. */
    PING,
    /** {@link Request.FindNode}. */
    FIND_NODE,
    /** {@link Request.FindRecord}. */
    FIND_RECORD,
    /** {@link Request.Store}. */
    STORE,
    /** {@link Request.FindTopic}. */
    FIND_TOPIC,
    /** {@link Request.Announce}. */
    ANNOUNCE;

    /** The kind of a question. */
    public static RequestKind of(Request.Ask ask) {
      if (ask instanceof Request.Ping) {
        return PING;
      }
      if (ask instanceof Request.FindNode) {
        return FIND_NODE;
      }
      if (ask instanceof Request.FindRecord) {
        return FIND_RECORD;
      }
      if (ask instanceof Request.FindTopic) {
        return FIND_TOPIC;
      }
      return ask instanceof Request.Announce ? ANNOUNCE : STORE;
    }
  }

  /** Why something that arrived was left alone. */
  enum Drop {
    /** A request to a client. */
    CLIENT_ANSWERS_NOTHING,
    /** A request sealed with our own key. */
    OWN_KEY,
    /** A reply to no request that still waits. */
    UNKNOWN_REQUEST,
    /** A reply from another address than the request went to. */
    WRONG_ADDRESS,
    /** A reply sealed with another key than the request was sent to. */
    WRONG_KEY,
    /** A reply of another kind than the request. */
    WRONG_ANSWER,
    /** A second {@link Reply.Retry} to the same question. */
    REPEATED_RETRY,
    /** A second challenge to the same question. */
    REPEATED_CHALLENGE,
    /** A contact that is not public, outside local mode, or not usable at all. */
    UNUSABLE_CONTACT,
    /** A record that an answer had and that the rules refuse. */
    INVALID_RECORD,
    /** A vote about the own address: the voter's own one, of another family, or not usable. */
    UNUSABLE_VOTE,
    /** An unknown caller was not verified: its request had no bytes to spare for the ping. */
    NO_ROOM_TO_VERIFY
  }

  /** A bound that was reached; see the constant of the same name in {@link Protocol}. */
  enum Limit {
    /** A command or upkeep search was not started. */
    OPERATIONS,
    /** A request was not sent. */
    PENDING_REQUESTS,
    /** An unknown caller was not verified. */
    UNDER_VERIFICATION,
    /** A store was refused. */
    WAITING_STORES,
    /** A store was refused: no room for another record. */
    RECORDS,
    /** A store was refused: the caller's /24 or /48 has filled its share. */
    SUBNET_RECORDS,
    /** An announcement was refused or dropped: no room for all of its topic or source. */
    ANNOUNCEMENTS,
    /** A contact was left out of a lookup. */
    SHORTLIST,
    /** A lookup ended early. */
    ASKED_PER_LOOKUP,
    /** A contact was left out of a table: too many of its subnet are there. */
    SUBNET,
    /** Somebody came or went, and held records were not looked through for it. */
    CHANGES,
    /** A contact that waited for a place in a bucket, or wanted to, was forgotten. */
    REPLACEMENTS,
    /** An address token was forgotten; the next request there may take a round trip more. */
    ADDRESS_TOKENS,
    /** The oldest vote about the own address was forgotten. */
    ADDRESS_VOTES,
    /** A contact that fell silent is not tried again. */
    LOST_CONTACTS,
    /** An address that was sent to is taken for a stranger's. */
    ADDRESSES_SENT_TO,
    /** A contact given at start was not joined through. */
    JOIN_CONTACTS
  }

  /** Why a record is held no longer. */
  enum Departure {
    /** Its time is over. */
    EXPIRED,
    /** Another one of a subnet that fills less needed its room. */
    LARGEST_SUBNET,
    /** A nearer one needed its room. */
    FARTHEST
  }

  /** What a search was for. */
  enum SearchKind {
    /** The command {@link Kademlia#join}, or joining again. */
    JOIN,
    /** A bucket that was not looked up for long. */
    REFRESH,
    /** The command {@link Kademlia#resolve}. */
    READ,
    /** The command {@link Kademlia#publish}. */
    PUBLISH,
    /** A record that this node keeps for another key. */
    REPUBLISH,
    /** The command {@link Kademlia#announce}. */
    ANNOUNCE,
    /** The command {@link Kademlia#list}. */
    LIST
  }

  /** A request arrived and is being answered. */
  default void requestReceived(RequestKind kind, boolean isAddressProven) {}

  /** A request was answered with {@link Reply.Retry}. */
  default void retryDemanded(RequestKind kind) {}

  /** Something that arrived was left alone. */
  default void dropped(Drop reason) {}

  /** A bound was reached. */
  default void limitReached(Limit limit) {}

  /** A request was sent. */
  default void requestSent(RequestKind kind) {}

  /** A request was answered after this many milliseconds. */
  default void replied(RequestKind kind, long roundTripMillis) {}

  /** A request was not answered in the longest acceptable time. */
  default void unanswered(RequestKind kind) {}

  /** A search looks through a whole region, because the nodes around its place are suspicious. */
  default void widened(SearchKind kind) {}

  /** A search ended. */
  default void searchEnded(SearchKind kind, Outcome.Evidence evidence) {}

  /** A contact entered a table. */
  default void contactAdded(Contact contact) {}

  /** A contact left a table. */
  default void contactRemoved(Contact contact) {}

  /** A record is held from now on. */
  default void recordStored(AddressRecord addressRecord) {}

  /** A record is held no longer because another one needed its room. */
  default void recordEvicted(AddressRecord addressRecord, Departure reason) {}

  /** A store was refused because of its token. */
  default void badStoreToken() {}

  /** A store was refused because of its record. */
  default void storeRefused(RecordRejection reason) {}

  /** Records are held no longer because they expired. */
  default void recordsExpired(int count) {}

  /**
   * A version of a key was seen that is newer than any before; whoever keeps the rollback memory
   * across restarts writes it down. Not told of what is to be kept anyway, see {@link
   * Effect.Persist}.
   */
  default void newestSeen(AddressRecord addressRecord) {}

  /**
   * It turned out that others do, or do not, reach this node unasked in one address family. While
   * they do not, it is a client there.
   */
  default void reachability(boolean isIpv4, boolean isReachable) {}

  /** Peers from several networks agree on this address of ours. */
  default void externalAddress(IpPort address) {}
}
