package dev.wsn.kademlia;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.IpPort;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * The step machine of one node: commands, requests, replies and the time in, effects out. No
 * sockets, threads, clocks or logs; the same calls with the same random source give the same
 * effects. Every returned list ends with exactly one {@link Effect.WakeAt}. Not thread-safe; one
 * owner. Made with {@code new Kademlia(Parameters, PublicKey self, RecordRules, RecordIndex,
 * RollbackMemory, RandomGenerator, KademliaObserver)}.
 */
@SuppressWarnings("DoNotCallSuggester")
public final class Kademlia {
  /**
   * Looks the own id up, so that the table fills and others learn of this node. Ends with {@link
   * Outcome.Joined}.
   *
   * @param seedsAndRemembered nodes to start from, the most trusted first; at most 64 are used, and
   *     kept for joining again
   */
  public List<Effect> join(Now now, OperationId operation, List<Contact> seedsAndRemembered) {
    throw new UnsupportedOperationException(now.toString() + operation + seedsAndRemembered);
  }

  /** Handles a request. */
  public List<Effect> receive(Now now, Caller caller, Request request) {
    throw new UnsupportedOperationException(now.toString() + caller + request);
  }

  /**
   * Handles a reply.
   *
   * @param from source address of the datagram
   * @param replier the key that sealed it
   */
  public List<Effect> receive(Now now, IpPort from, PublicKey replier, Reply reply) {
    throw new UnsupportedOperationException(now.toString() + from + replier + reply);
  }

  /**
   * Looks a key's record up. Ends with one final {@link Outcome.Read}, before which a {@link
   * ReadPolicy#FAST} read may give one that is not final.
   */
  public List<Effect> resolve(Now now, OperationId operation, PublicKey key, ReadPolicy policy) {
    throw new UnsupportedOperationException(now.toString() + operation + key + policy);
  }

  /** Stores a record at the k closest nodes. Ends with {@link Outcome.Published}. */
  public List<Effect> publish(Now now, OperationId operation, AddressRecord addressRecord) {
    throw new UnsupportedOperationException(now.toString() + operation + addressRecord);
  }

  /** Handles time: deadlines, refresh, republish, expiry. */
  public List<Effect> wake(Now now) {
    throw new UnsupportedOperationException(now.toString());
  }

  /** Reports that a {@link Effect.Persist} is on disk, or failed. */
  public List<Effect> persisted(Now now, long ticket, boolean isOnDisk) {
    throw new UnsupportedOperationException(now.toString() + ticket + isOnDisk);
  }

  /** All contacts of the tables, for the next start: those that answered last come first. */
  public List<Contact> contacts() {
    throw new UnsupportedOperationException();
  }

  /** Number of records that this node holds. */
  public int recordsHeld() {
    throw new UnsupportedOperationException();
  }

  /** When a reply arrived last, monotonic milliseconds; empty if none ever did. */
  public OptionalLong lastAnswerMillis() {
    throw new UnsupportedOperationException();
  }

  /** This node's IPv4 address and port as peers of several networks agree on it. */
  public Optional<IpPort> externalIpv4() {
    throw new UnsupportedOperationException();
  }

  /** This node's IPv6 address and port as peers of several networks agree on it. */
  public Optional<IpPort> externalIpv6() {
    throw new UnsupportedOperationException();
  }
}
