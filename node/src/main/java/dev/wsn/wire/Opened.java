package dev.wsn.wire;

import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Caller;
import dev.wsn.kademlia.Reply;
import dev.wsn.kademlia.Request;

/** What a datagram turned out to be. */
public sealed interface Opened {
  /** A request that the caller's key sealed for this node; its source address is not proven. */
  record IncomingRequest(Caller caller, Request request) implements Opened {}

  /**
   * The first authentic reply to a request of this node.
   *
   * @param replier the key that the request was sealed for
   */
  record IncomingReply(PublicKey replier, Reply reply) implements Opened {}

  /** To be dropped without an answer. */
  record Rejected(RejectReason reason) implements Opened {}
}
