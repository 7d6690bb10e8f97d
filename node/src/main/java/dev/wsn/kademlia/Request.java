package dev.wsn.kademlia;

import dev.wsn.record.NostrEvent;

/**
 * What one node asks of another.
 *
 * @param id chosen by the caller, never used twice
 * @param isClient whether the caller answers no requests itself and must not enter a table
 * @param addressToken proof that the callee gave to this address earlier, or {@link Token#NONE};
 *     with it the reply may be longer than the request
 * @param ask the question
 */
public record Request(RequestId id, boolean isClient, Token addressToken, Ask ask) {
  /** The questions. */
  public sealed interface Ask {}

  /** Are you there? */
  public record Ping() implements Ask {}

  /** Which nodes do you know that are closest to the target? */
  public record FindNode(NodeId target) implements Ask {}

  /** Which record do you hold at the target, and which nodes are closest to it? */
  public record FindRecord(NodeId target) implements Ask {}

  /**
   * Keep this record.
   *
   * @param storeToken from the callee's answer to a {@link FindRecord} for the record's key
   * @param event not yet verified
   */
  public record Store(Token storeToken, NostrEvent event) implements Ask {}

  /**
   * Which relays have announced themselves to you under the topic at this target?
   *
   * @param after the answer begins with the record whose place comes after this, in the order of
   *     ids, and goes on with the first one after the last
   */
  public record FindTopic(NodeId target, NodeId after) implements Ask {}

  /**
   * Keep in mind that this relay belongs to a topic, or no longer does.
   *
   * @param storeToken from the callee's answer to a {@link FindTopic} for the same target
   * @param target place of the topic
   * @param event not yet verified; a withdrawal, or without the topic, takes the announcement back
   */
  public record Announce(Token storeToken, NodeId target, NostrEvent event) implements Ask {}
}
