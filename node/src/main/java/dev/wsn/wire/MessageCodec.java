package dev.wsn.wire;

import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.NodeId;
import dev.wsn.kademlia.Reply;
import dev.wsn.kademlia.Request;
import dev.wsn.kademlia.RequestId;
import dev.wsn.kademlia.Token;
import dev.wsn.record.IpPort;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordCodec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Messages to bytes and back (PROTOCOL.md, "Messages"): big-endian, no field names, one encoding
 * per message, then any number of zero bytes. The request's id is the nonce of its datagram, and a
 * contact's id follows from its key and address, so neither is written. Stateless.
 *
 * <pre>
 * request  kind 1 | flags 1 | address token 8, if its flag is set | ask
 * reply    kind 1 | observed address 7 or 19 | address token 8 | answer
 * </pre>
 */
final class MessageCodec {
  /** Shortest message of a reply: {@code Pong} to an IPv4 caller. */
  static final int MIN_REPLY_BYTES = 1 + 7 + 8;

  private static final int PING = 1;
  private static final int FIND_NODE = 2;
  private static final int FIND_RECORD = 3;
  private static final int STORE = 4;
  private static final int FIND_TOPIC = 5;
  private static final int ANNOUNCE = 6;

  private static final int PONG = 1;
  private static final int NODES = 2;
  private static final int RECORD_FOUND = 3;
  private static final int STORED = 4;
  private static final int REFUSED = 5;
  private static final int RETRY = 6;
  private static final int TOPIC_FOUND = 7;

  private static final int CLIENT_FLAG = 1;
  private static final int TOKEN_FLAG = 2;
  private static final byte[] NO_RECORD = {};

  private MessageCodec() {}

  /**
   * Writes a request at the buffer's position.
   *
   * @param target with room for {@link Datagrams#MAX_BYTES}
   * @throws dev.wsn.record.MalformedRecordException if the record to store has no compact form,
   *     which no verified record does
   */
  static void encode(Request request, ByteBuffer target) {
    MessageWriter out = new MessageWriter(target);
    boolean hasToken = request.addressToken().isPresent();
    int flags = (request.isClient() ? CLIENT_FLAG : 0) | (hasToken ? TOKEN_FLAG : 0);
    Request.Ask ask = request.ask();
    out.u8(kind(ask));
    out.u8(flags);
    if (hasToken) {
      out.token(request.addressToken());
    }
    if (ask instanceof Request.FindNode find) {
      out.nodeId(find.target());
    } else if (ask instanceof Request.FindRecord find) {
      out.nodeId(find.target());
    } else if (ask instanceof Request.Store store) {
      out.token(store.storeToken());
      out.event(RecordCodec.encode(store.event()));
    } else if (ask instanceof Request.FindTopic find) {
      out.nodeId(find.target());
      out.nodeId(find.after());
    } else if (ask instanceof Request.Announce announce) {
      out.token(announce.storeToken());
      out.nodeId(announce.target());
      out.event(RecordCodec.encode(announce.event()));
    }
  }

  /**
   * Writes a reply at the buffer's position. Contacts are left out from the end of the list until
   * it fits. If the answer would be worth nothing then, having neither a record nor a contact
   * although there are some, it becomes {@code Retry}.
   *
   * @param maxBytes of the message
   * @return whether it was written; false if not even {@code Retry} fits, and then nothing was
   */
  static boolean encode(Reply reply, int maxBytes, ByteBuffer target) {
    int room = maxBytes - 1 - MessageWriter.lengthBytes(reply.observed()) - Long.BYTES;
    if (room < 0) {
      return false;
    }
    if (!tryEncode(reply, room, target)) {
      header(RETRY, reply, target);
    }
    return true;
  }

  private static boolean tryEncode(Reply reply, int room, ByteBuffer target) {
    Reply.Answer answer = reply.answer();
    if (answer instanceof Reply.Pong) {
      header(PONG, reply, target);
    } else if (answer instanceof Reply.Stored) {
      header(STORED, reply, target);
    } else if (answer instanceof Reply.Refused refused) {
      if (room < 1) {
        return false;
      }
      header(REFUSED, reply, target).u8(RefusalCode.of(refused.reason()));
    } else if (answer instanceof Reply.Nodes nodes) {
      List<Contact> closest = fitting(nodes.closest(), room - 1);
      if (room < 1 || (closest.isEmpty() && !nodes.closest().isEmpty())) {
        return false;
      }
      header(NODES, reply, target).contacts(closest);
    } else if (answer instanceof Reply.RecordFound found) {
      return tryEncode(found, reply, room, target);
    } else if (answer instanceof Reply.TopicFound found) {
      return tryEncode(found, reply, room, target);
    } else {
      header(RETRY, reply, target);
    }
    return true;
  }

  private static boolean tryEncode(
      Reply.RecordFound found, Reply reply, int room, ByteBuffer target) {
    byte[] compact = found.event().map(RecordCodec::encode).orElse(NO_RECORD);
    int left = room - Long.BYTES - 2 - compact.length - 1;
    List<Contact> closest = fitting(found.closest(), left);
    boolean isWorthless =
        closest.isEmpty() && !found.closest().isEmpty() && found.event().isEmpty();
    if (left < 0 || isWorthless) {
      return false;
    }
    MessageWriter out = header(RECORD_FOUND, reply, target);
    out.token(found.storeToken());
    out.event(compact);
    out.contacts(closest);
    return true;
  }

  private static boolean tryEncode(
      Reply.TopicFound found, Reply reply, int room, ByteBuffer target) {
    int left = room - Long.BYTES - Short.BYTES - 1;
    List<byte[]> fitting = new ArrayList<>();
    for (NostrEvent event : found.events()) {
      byte[] compact = RecordCodec.encode(event);
      left -= Short.BYTES + compact.length;
      if (left < 0 || fitting.size() == Datagrams.MAX_ANNOUNCEMENTS) {
        break;
      }
      fitting.add(compact);
    }
    if (room < Long.BYTES + Short.BYTES + 1 || (fitting.isEmpty() && !found.events().isEmpty())) {
      return false;
    }
    MessageWriter out = header(TOPIC_FOUND, reply, target);
    out.token(found.storeToken());
    out.u16(found.held());
    out.u8(fitting.size());
    fitting.forEach(out::event);
    return true;
  }

  private static MessageWriter header(int kind, Reply reply, ByteBuffer target) {
    MessageWriter out = new MessageWriter(target);
    out.u8(kind);
    out.address(reply.observed());
    out.token(reply.addressToken());
    return out;
  }

  private static List<Contact> fitting(List<Contact> contacts, int room) {
    int count = 0;
    int left = room;
    while (count < Math.min(contacts.size(), Datagrams.MAX_CONTACTS)) {
      left -= MessageWriter.lengthBytes(contacts.get(count));
      if (left < 0) {
        break;
      }
      count++;
    }
    return contacts.subList(0, count);
  }

  private static int kind(Request.Ask ask) {
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

  /**
   * The request in these bytes.
   *
   * @param id from the datagram's nonce
   */
  static Decoded<Request> decodeRequest(RequestId id, byte[] bytes, int offset, int length) {
    MessageReader in = new MessageReader(bytes, offset, length, ContactCache.NONE);
    int kind = in.u8();
    int flags = in.u8();
    if ((flags & ~(CLIENT_FLAG | TOKEN_FLAG)) != 0) {
      in.fail(RejectReason.UNKNOWN_FLAG);
    }
    boolean isClient = (flags & CLIENT_FLAG) != 0;
    Token addressToken = Token.NONE;
    if ((flags & TOKEN_FLAG) != 0) {
      addressToken = in.token();
      if (!addressToken.isPresent()) {
        in.fail(RejectReason.ZERO_TOKEN);
      }
    }
    Request.Ask ask = ask(kind, in);
    in.padding();
    RejectReason failure = in.failure();
    return failure == null
        ? new Decoded.Message<>(new Request(id, isClient, addressToken, ask))
        : new Decoded.Malformed<>(failure);
  }

  private static Request.Ask ask(int kind, MessageReader in) {
    return switch (kind) {
      case PING -> new Request.Ping();
      case FIND_NODE -> new Request.FindNode(in.nodeId());
      case FIND_RECORD -> new Request.FindRecord(in.nodeId());
      case STORE -> store(in);
      case FIND_TOPIC -> new Request.FindTopic(in.nodeId(), in.nodeId());
      case ANNOUNCE -> announce(in);
      default -> {
        in.fail(RejectReason.UNKNOWN_KIND);
        yield new Request.Ping();
      }
    };
  }

  private static Request.Ask store(MessageReader in) {
    Token storeToken = in.token();
    Optional<NostrEvent> event = in.event();
    if (event.isPresent()) {
      return new Request.Store(storeToken, event.get());
    }
    in.fail(RejectReason.MALFORMED_RECORD);
    return new Request.Ping();
  }

  private static Request.Ask announce(MessageReader in) {
    Token storeToken = in.token();
    NodeId target = in.nodeId();
    Optional<NostrEvent> event = in.event();
    if (event.isPresent()) {
      return new Request.Announce(storeToken, target, event.get());
    }
    in.fail(RejectReason.MALFORMED_RECORD);
    return new Request.Ping();
  }

  /**
   * The reply in these bytes.
   *
   * @param id of the request that it belongs to
   */
  static Decoded<Reply> decodeReply(RequestId id, byte[] bytes, int offset, int length) {
    return decodeReply(id, new MessageReader(bytes, offset, length, ContactCache.NONE));
  }

  /** The reply that is read. */
  static Decoded<Reply> decodeReply(RequestId id, MessageReader in) {
    int kind = in.u8();
    IpPort observed = in.address();
    Token addressToken = in.token();
    Reply.Answer answer = answer(kind, in);
    in.padding();
    RejectReason failure = in.failure();
    return failure == null
        ? new Decoded.Message<>(new Reply(id, observed, addressToken, answer))
        : new Decoded.Malformed<>(failure);
  }

  private static Reply.Answer answer(int kind, MessageReader in) {
    return switch (kind) {
      case PONG -> new Reply.Pong();
      case NODES -> new Reply.Nodes(in.contacts());
      case RECORD_FOUND -> new Reply.RecordFound(in.token(), in.event(), in.contacts());
      case STORED -> new Reply.Stored();
      case REFUSED -> refused(in);
      case RETRY -> new Reply.Retry();
      case TOPIC_FOUND -> new Reply.TopicFound(in.token(), in.u16(), in.events());
      default -> {
        in.fail(RejectReason.UNKNOWN_KIND);
        yield new Reply.Retry();
      }
    };
  }

  private static Reply.Answer refused(MessageReader in) {
    Optional<Reply.Refusal> refusal = RefusalCode.decode(in.u8());
    if (refusal.isPresent()) {
      return new Reply.Refused(refusal.get());
    }
    in.fail(RejectReason.UNKNOWN_REFUSAL);
    return new Reply.Retry();
  }
}
