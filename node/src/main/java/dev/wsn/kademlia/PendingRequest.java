package dev.wsn.kademlia;

/**
 * A request that waits for its reply. It is late after a time that follows from measured round
 * trips; the sender then goes on without it. It is given up after a fixed time; that counts against
 * the contact.
 *
 * @param isRepeated whether it is the answer to a {@link Reply.Retry}
 * @param isChallenged whether it was sent before, and the callee wanted a cookie
 * @param sentAtMillis monotonic
 * @param lateAtMillis monotonic
 * @param overAtMillis monotonic, not before {@code lateAtMillis}
 */
record PendingRequest(
    Contact to,
    Request request,
    Sender sender,
    boolean isRepeated,
    boolean isChallenged,
    long sentAtMillis,
    long lateAtMillis,
    long overAtMillis) {
  boolean isAnsweredBy(Reply.Answer answer) {
    Request.Ask ask = request.ask();
    if (ask instanceof Request.Ping) {
      return answer instanceof Reply.Pong;
    }
    if (ask instanceof Request.Store || ask instanceof Request.Announce) {
      return answer instanceof Reply.Stored || answer instanceof Reply.Refused;
    }
    if (answer instanceof Reply.Retry) {
      return true;
    }
    if (ask instanceof Request.FindNode) {
      return answer instanceof Reply.Nodes;
    }
    return ask instanceof Request.FindTopic
        ? answer instanceof Reply.TopicFound
        : answer instanceof Reply.RecordFound;
  }
}
