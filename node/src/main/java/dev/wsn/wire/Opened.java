package dev.wsn.wire;

import dev.wsn.crypto.PublicKey;
import dev.wsn.kademlia.Caller;
import dev.wsn.kademlia.Reply;
import dev.wsn.kademlia.Request;
import dev.wsn.kademlia.RequestId;

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

  /**
   * A request that is not opened unless it comes again with a cookie.
   *
   * @param reason the rate that it is over
   * @param challenge the datagram to answer with; the receiver of this value owns the array
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Unproven(RejectReason reason, byte[] challenge) implements Opened {}

  /**
   * A callee wants the request again, with the cookie that it just gave and that {@link
   * DatagramSealer} now puts on all requests to it.
   *
   * @param callee the key that the request was sealed for
   * @param request which request; it has got no reply and will not
   */
  record Challenged(PublicKey callee, RequestId request) implements Opened {}

  /** To be dropped without an answer. */
  record Rejected(RejectReason reason) implements Opened {}
}
