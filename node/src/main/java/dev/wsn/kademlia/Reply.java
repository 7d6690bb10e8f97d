package dev.wsn.kademlia;

import dev.wsn.record.IpPort;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordRejection;
import java.util.List;
import java.util.Optional;

/**
 * What a node answers.
 *
 * @param id of the request
 * @param observed the source address that the callee saw
 * @param addressToken to be sent with the next request from that address
 * @param answer the answer
 */
public record Reply(RequestId id, IpPort observed, Token addressToken, Answer answer) {
  /** The answers. */
  public sealed interface Answer {}

  /** To {@link Request.Ping}. */
  public record Pong() implements Answer {}

  /**
   * The request proved no address and was too short for its answer: ask again, with the address
   * token of this reply.
   */
  public record Retry() implements Answer {}

  /**
   * To {@link Request.FindNode}.
   *
   * @param closest at most k, closest first; the codec drops from the end what does not fit
   */
  public record Nodes(List<Contact> closest) implements Answer {
    /** Copies the list. */
    public Nodes {
      closest = List.copyOf(closest);
    }
  }

  /**
   * To {@link Request.FindRecord}.
   *
   * @param storeToken to be sent with a {@link Request.Store} for the same target
   * @param event what the node holds, if anything; not yet verified by the receiver
   * @param closest at most k, closest first; the codec drops from the end what does not fit
   */
  public record RecordFound(Token storeToken, Optional<NostrEvent> event, List<Contact> closest)
      implements Answer {
    /** Copies the list. */
    public RecordFound {
      closest = List.copyOf(closest);
    }
  }

  /**
   * To {@link Request.FindTopic}.
   *
   * @param storeToken to be sent with a {@link Request.Announce} for the same target
   * @param held how many announcements the node has for the topic
   * @param events some of them, in the order of their places; not yet verified by the receiver; the
   *     codec drops from the end what does not fit
   */
  public record TopicFound(Token storeToken, int held, List<NostrEvent> events) implements Answer {
    /** Copies the list. */
    public TopicFound {
      events = List.copyOf(events);
    }
  }

  /**
   * To {@link Request.Store}: the record is on disk, and so is every older duty about its key. To
   * {@link Request.Announce}: the node has taken note.
   */
  public record Stored() implements Answer {}

  /** To {@link Request.Store} and {@link Request.Announce}: the record is not kept. */
  public record Refused(Refusal reason) implements Answer {}

  /**
   * Why a store was refused.
   *
   * @param isBadToken whether the store token was wrong or too old; the record was not looked at
   * @param rejection why the record is not kept, when the token was good
   */
  public record Refusal(boolean isBadToken, Optional<RecordRejection> rejection) {}
}
