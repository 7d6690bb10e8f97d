package dev.wsn.wire;

import static dev.wsn.wire.ByHand.bytes;
import static dev.wsn.wire.ByHand.join;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.NodeId;
import dev.wsn.kademlia.Reply;
import dev.wsn.kademlia.Request;
import dev.wsn.kademlia.RequestId;
import dev.wsn.kademlia.Token;
import dev.wsn.record.IpPort;
import dev.wsn.record.RecordCodec;
import dev.wsn.record.RecordRejection;
import dev.wsn.record.Topic;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The conversation of docs/vectors/datagram.json, and what must be refused in it. */
final class DatagramVectors {
  static final Secp256k1 CURVE = Secp256k1.portable();
  static final RequestId ID = new RequestId(0x0001020304050607L, 0x08090a0b);
  static final byte[] REQUEST_NONCE = HexFormat.of().parseHex("000102030405060708090a0b");
  static final byte[] REPLY_NONCE = HexFormat.of().parseHex("f0f1f2f3f4f5f6f7f8f9fafb");
  static final Peer CALLER = peer(1);
  static final Peer CALLEE = peer(2);

  private static final NodeId TOPIC = NodeId.ofTopic(new Topic("music"));
  private static final NodeId TARGET = NodeId.ofRecord(Messages.EVENT.pubkey());
  private static final Token ADDRESS_TOKEN = new Token(0x1112131415161718L);
  private static final Token STORE_TOKEN = new Token(0x2122232425262728L);
  private static final IpPort IPV6 = IpPort.parse("[2001:db8::7]:4848").orElseThrow();
  private static final byte[] OBSERVED = bytes(4, 203, 0, 113, 1, 0x12, 0xf0);
  static final byte[] COOKIE = HexFormat.of().parseHex("3132333435363738");
  private static final byte[] NO_TOKEN = new byte[8];

  private DatagramVectors() {}

  /** Who opens a datagram of the list of refused ones. */
  enum Receiver {
    /** The node that was called; has opened nothing yet. */
    CALLEE,
    /** The node that called; its request with the usual nonce waits for the reply. */
    CALLER,
    /** The same without any request. */
    IDLE_CALLER,
    /** The node that was called, after it opened the same datagram once. */
    CALLEE_AGAIN
  }

  @SuppressWarnings("ArrayRecordComponent")
  record MustFail(String name, RejectReason reason, Receiver receiver, byte[] datagram) {}

  private static Peer peer(int number) {
    return Peer.of(number, CURVE, Peer.NETWORK, new FixedNonce(REPLY_NONCE));
  }

  static Map<String, Request> requests() {
    Map<String, Request> requests = new LinkedHashMap<>();
    requests.put("ping", request(Token.NONE, new Request.Ping()));
    requests.put("ping of a client", new Request(ID, true, Token.NONE, new Request.Ping()));
    requests.put("find node, padded", request(Token.NONE, new Request.FindNode(TARGET)));
    requests.put("find node", request(ADDRESS_TOKEN, new Request.FindNode(TARGET)));
    requests.put("find record, padded", request(Token.NONE, new Request.FindRecord(TARGET)));
    requests.put("find record", request(ADDRESS_TOKEN, new Request.FindRecord(TARGET)));
    requests.put("store", request(ADDRESS_TOKEN, new Request.Store(STORE_TOKEN, Messages.EVENT)));
    requests.put("find topic, padded", request(Token.NONE, new Request.FindTopic(TOPIC, TARGET)));
    requests.put("find topic", request(ADDRESS_TOKEN, new Request.FindTopic(TOPIC, TARGET)));
    requests.put(
        "announce",
        request(ADDRESS_TOKEN, new Request.Announce(STORE_TOKEN, TOPIC, Messages.EVENT)));
    return requests;
  }

  static Map<String, Reply> replies() {
    Contact ipv4 = Peer.of(3).contact;
    Contact ipv6 = Contact.of(Peer.of(4).key, IPV6);
    Map<String, Reply> replies = new LinkedHashMap<>();
    replies.put("pong", reply(new Reply.Pong()));
    replies.put("pong to IPv6", new Reply(ID, IPV6, ADDRESS_TOKEN, new Reply.Pong()));
    replies.put("nodes", reply(new Reply.Nodes(List.of(ipv4, ipv6))));
    replies.put("no nodes", reply(new Reply.Nodes(List.of())));
    replies.put(
        "record found",
        reply(
            new Reply.RecordFound(STORE_TOKEN, Optional.of(Messages.EVENT), List.of(ipv4, ipv6))));
    replies.put(
        "no record", reply(new Reply.RecordFound(STORE_TOKEN, Optional.empty(), List.of(ipv4))));
    replies.put("stored", reply(new Reply.Stored()));
    replies.put(
        "refused, bad token", reply(new Reply.Refused(new Reply.Refusal(true, Optional.empty()))));
    replies.put(
        "refused, older",
        reply(
            new Reply.Refused(
                new Reply.Refusal(false, Optional.of(RecordRejection.OLDER_THAN_KNOWN)))));
    replies.put(
        "topic found",
        reply(new Reply.TopicFound(STORE_TOKEN, 300, List.of(Messages.EVENT, Messages.EVENT))));
    replies.put("nobody of the topic", reply(new Reply.TopicFound(STORE_TOKEN, 0, List.of())));
    replies.put("retry", reply(new Reply.Retry()));
    return replies;
  }

  private static Request request(Token addressToken, Request.Ask ask) {
    return new Request(ID, false, addressToken, ask);
  }

  private static Reply reply(Reply.Answer answer) {
    return new Reply(ID, CALLER.address, ADDRESS_TOKEN, answer);
  }

  static byte[] message(Request request) {
    ByteBuffer target = ByteBuffer.allocate(Datagrams.MAX_BYTES);
    MessageCodec.encode(request, target);
    return Arrays.copyOf(target.array(), target.position());
  }

  static byte[] message(Reply reply) {
    ByteBuffer target = ByteBuffer.allocate(Datagrams.MAX_BYTES);
    MessageCodec.encode(reply, Datagrams.MAX_BYTES, target);
    return Arrays.copyOf(target.array(), target.position());
  }

  static byte[] sealed(Request request) {
    return peer(1).seal(CALLEE, request);
  }

  /** As it is sealed after a challenge with {@link #COOKIE}. */
  static byte[] sealedWithCookie(Request request) {
    Peer caller = peer(1);
    caller.seal(CALLEE, new Request(new RequestId(0, 0), false, Token.NONE, new Request.Ping()));
    caller.open(ByHand.challenge(new byte[12], COOKIE), CALLEE);
    return caller.seal(CALLEE, request);
  }

  static byte[] sealed(Reply reply) {
    return peer(2).seal(CALLER, reply);
  }

  static byte[] shared() {
    return CURVE.ecdh(CALLER.secret, CALLEE.key);
  }

  static byte[] key(int direction) {
    return ByHand.key(ByHand.prk(shared()), Peer.NETWORK, CALLEE.key, CALLER.key, direction);
  }

  /** A request with any message, padded to the shortest datagram. */
  private static byte[] sealedRequest(byte[]... message) {
    byte[] joined = join(message);
    return ByHand.request(
        key(0x10), CALLER.key, REQUEST_NONCE, Arrays.copyOf(joined, Math.max(19, joined.length)));
  }

  /** A reply of this kind with anything after the address token. */
  private static byte[] sealedReply(int kind, byte[]... answer) {
    byte[] message = join(bytes(kind), OBSERVED, NO_TOKEN, join(answer));
    return ByHand.reply(key(0x11), REQUEST_NONCE, REPLY_NONCE, message);
  }

  /** A reply with one contact that begins with these bytes. */
  private static byte[] nodes(byte[]... contact) {
    return sealedReply(2, bytes(1), join(contact));
  }

  private static byte[] flipped(byte[] datagram, int at) {
    byte[] changed = datagram.clone();
    changed[at] ^= 1;
    return changed;
  }

  private static byte[] resized(byte[] datagram, int length) {
    return Arrays.copyOf(datagram, length);
  }

  static List<MustFail> mustFail() {
    List<MustFail> cases = new ArrayList<>();
    cases.addAll(badRequests());
    cases.addAll(badReplies());
    cases.addAll(badChallenges());
    cases.addAll(badRequestMessages());
    cases.addAll(badReplyMessages());
    return cases;
  }

  private static List<MustFail> badRequests() {
    byte[] ping = sealed(request(Token.NONE, new Request.Ping()));
    byte[] find = sealed(request(Token.NONE, new Request.FindNode(TARGET)));
    byte[] message = resized(bytes(1), 19);
    byte[] otherNetwork = ByHand.key(ByHand.prk(shared()), "test", CALLEE.key, CALLER.key, 0x10);
    byte[] otherWay = ByHand.key(ByHand.prk(shared()), "main", CALLER.key, CALLEE.key, 0x10);
    byte[] noPoint = new byte[32];
    return List.of(
        callee("nothing", RejectReason.TOO_SHORT, new byte[0]),
        callee("request without its last byte", RejectReason.TOO_SHORT, resized(ping, 79)),
        callee("request of 1233 bytes", RejectReason.TOO_LONG, resized(find, 1233)),
        callee("version 0", RejectReason.UNKNOWN_VERSION, join(bytes(0), resized(find, 100))),
        callee("version 2", RejectReason.UNKNOWN_VERSION, join(bytes(0x20), resized(find, 100))),
        callee("direction that is none", RejectReason.UNKNOWN_VERSION, flipped(ping, 0, 0x14)),
        callee("caller key without a point", RejectReason.KEY_NOT_ON_CURVE, key(ping, noPoint)),
        callee("caller key with a bit flipped", RejectReason.NOT_AUTHENTIC, key(ping, 3)),
        callee("nonce with a bit flipped", RejectReason.NOT_AUTHENTIC, flipped(ping, 33)),
        callee("box with a bit flipped", RejectReason.NOT_AUTHENTIC, flipped(ping, 45)),
        callee("tag with a bit flipped", RejectReason.NOT_AUTHENTIC, flipped(ping, 79)),
        callee("request cut within its box", RejectReason.NOT_AUTHENTIC, resized(find, 1231)),
        callee(
            "request of another network",
            RejectReason.NOT_AUTHENTIC,
            ByHand.request(otherNetwork, CALLER.key, REQUEST_NONCE, message)),
        callee(
            "request with the key of the reply",
            RejectReason.NOT_AUTHENTIC,
            ByHand.request(key(0x11), CALLER.key, REQUEST_NONCE, message)),
        callee(
            "request with caller and callee swapped",
            RejectReason.NOT_AUTHENTIC,
            ByHand.request(otherWay, CALLER.key, REQUEST_NONCE, message)),
        new MustFail("own request reflected", RejectReason.OWN_KEY, Receiver.CALLER, ping),
        new MustFail("request replayed", RejectReason.REPLAYED, Receiver.CALLEE_AGAIN, ping));
  }

  private static List<MustFail> badReplies() {
    byte[] pong = sealed(reply(new Reply.Pong()));
    byte[] message = message(reply(new Reply.Pong()));
    byte[] otherNonce = HexFormat.of().parseHex("000102030405060708090a0c");
    return List.of(
        caller("reply without its last byte", RejectReason.TOO_SHORT, resized(pong, 52)),
        caller("reply of 1233 bytes", RejectReason.TOO_LONG, resized(pong, 1233)),
        new MustFail("reply to nothing", RejectReason.UNEXPECTED_REPLY, Receiver.IDLE_CALLER, pong),
        caller("reply's head with a bit flipped", RejectReason.UNEXPECTED_REPLY, flipped(pong, 1)),
        caller("reply's nonce with a bit flipped", RejectReason.NOT_AUTHENTIC, flipped(pong, 9)),
        caller("reply's box with a bit flipped", RejectReason.NOT_AUTHENTIC, flipped(pong, 21)),
        caller("reply's tag with a bit flipped", RejectReason.NOT_AUTHENTIC, flipped(pong, 52)),
        caller(
            "reply to a request with the same head",
            RejectReason.NOT_AUTHENTIC,
            ByHand.reply(key(0x11), otherNonce, REPLY_NONCE, message)),
        caller(
            "reply with the key of the request",
            RejectReason.NOT_AUTHENTIC,
            ByHand.reply(key(0x10), REQUEST_NONCE, REPLY_NONCE, message)));
  }

  private static List<MustFail> badChallenges() {
    byte[] challenge = ByHand.challenge(REQUEST_NONCE, COOKIE);
    byte[] ping = sealedWithCookie(request(Token.NONE, new Request.Ping()));
    return List.of(
        caller("challenge without its last byte", RejectReason.TOO_SHORT, resized(challenge, 16)),
        caller("challenge of 18 bytes", RejectReason.TOO_LONG, resized(challenge, 18)),
        caller("challenge with another head", RejectReason.UNEXPECTED_REPLY, flipped(challenge, 1)),
        new MustFail(
            "challenge to nothing", RejectReason.UNEXPECTED_REPLY, Receiver.IDLE_CALLER, challenge),
        callee("cookie with a bit flipped", RejectReason.NOT_AUTHENTIC, flipped(ping, 45)),
        callee(
            "request with a cookie, said to have none",
            RejectReason.NOT_AUTHENTIC,
            flipped(ping, 0, 0x10)));
  }

  private static List<MustFail> badRequestMessages() {
    byte[] compact = RecordCodec.encode(Messages.EVENT);
    byte[] length = bytes(compact.length >> 8, compact.length);
    byte[] tooLong = new byte[513];
    return List.of(
        callee("request of kind 0", RejectReason.UNKNOWN_KIND, sealedRequest(bytes(0))),
        callee("request of kind 7", RejectReason.UNKNOWN_KIND, sealedRequest(bytes(7))),
        callee(
            "announcement without a record",
            RejectReason.MALFORMED_RECORD,
            sealedRequest(bytes(6, 0), NO_TOKEN, new byte[32], bytes(0, 0))),
        callee("third flag", RejectReason.UNKNOWN_FLAG, sealedRequest(bytes(1, 4))),
        callee("token of zero", RejectReason.ZERO_TOKEN, sealedRequest(bytes(1, 2), NO_TOKEN)),
        callee("target cut short", RejectReason.CUT_SHORT, sealedRequest(bytes(2, 0))),
        callee(
            "store without a record",
            RejectReason.MALFORMED_RECORD,
            sealedRequest(bytes(4, 0), NO_TOKEN, bytes(0, 0))),
        callee(
            "store of a record with a bit flipped",
            RejectReason.MALFORMED_RECORD,
            sealedRequest(bytes(4, 0), NO_TOKEN, length, flipped(compact, 0))),
        callee(
            "store of 513 bytes",
            RejectReason.MALFORMED_RECORD,
            sealedRequest(bytes(4, 0), NO_TOKEN, bytes(2, 1), tooLong)),
        callee(
            "store with its record cut short",
            RejectReason.CUT_SHORT,
            sealedRequest(bytes(4, 0), NO_TOKEN, length, resized(compact, 100))),
        callee(
            "padding that is not zero",
            RejectReason.PADDING_NOT_ZERO,
            sealedRequest(resized(bytes(1), 18), bytes(1))),
        callee(
            "text after a ping",
            RejectReason.PADDING_NOT_ZERO,
            sealedRequest(bytes(1, 0), "hello".getBytes(StandardCharsets.US_ASCII))));
  }

  private static List<MustFail> badReplyMessages() {
    byte[] key = CALLEE.key.bytes();
    byte[] mapped = bytes(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 203, 0, 113, 7);
    byte[] observedNowhere = join(bytes(1, 5), resized(OBSERVED, 14));
    return List.of(
        caller("reply of kind 0", RejectReason.UNKNOWN_KIND, sealedReply(0)),
        caller("reply of kind 8", RejectReason.UNKNOWN_KIND, sealedReply(8)),
        caller(
            "observed address of family 5",
            RejectReason.UNKNOWN_FAMILY,
            ByHand.reply(key(0x11), REQUEST_NONCE, REPLY_NONCE, resized(observedNowhere, 16))),
        caller("nodes without their count", RejectReason.CUT_SHORT, sealedReply(2)),
        caller(
            "9 announcements",
            RejectReason.TOO_MANY_ANNOUNCEMENTS,
            sealedReply(7, NO_TOKEN, bytes(0, 9, 9))),
        caller(
            "announcement of nothing",
            RejectReason.MALFORMED_RECORD,
            sealedReply(7, NO_TOKEN, bytes(0, 1, 1, 0, 0))),
        caller("21 nodes", RejectReason.TOO_MANY_CONTACTS, sealedReply(2, bytes(21))),
        caller(
            "contact of family 0",
            RejectReason.UNKNOWN_FAMILY,
            nodes(bytes(0), key, bytes(203, 0, 113, 7, 1, 1))),
        caller(
            "contact with IPv4 as IPv6",
            RejectReason.MAPPED_ADDRESS,
            nodes(bytes(6), key, mapped, bytes(1, 1))),
        caller(
            "contact at port 0",
            RejectReason.ZERO_PORT,
            nodes(bytes(4), key, bytes(203, 0, 113, 7, 0, 0))),
        caller(
            "contact cut short",
            RejectReason.CUT_SHORT,
            nodes(bytes(4), key, bytes(203, 0, 113, 7, 1))),
        caller("refusal 255", RejectReason.UNKNOWN_REFUSAL, sealedReply(5, bytes(255))),
        caller(
            "record found of one byte",
            RejectReason.MALFORMED_RECORD,
            sealedReply(3, NO_TOKEN, bytes(0, 1, 1, 0))),
        caller("text after a pong", RejectReason.PADDING_NOT_ZERO, sealedReply(1, bytes(1))));
  }

  private static MustFail callee(String name, RejectReason reason, byte[] datagram) {
    return new MustFail(name, reason, Receiver.CALLEE, datagram);
  }

  private static MustFail caller(String name, RejectReason reason, byte[] datagram) {
    return new MustFail(name, reason, Receiver.CALLER, datagram);
  }

  private static byte[] flipped(byte[] datagram, int at, int value) {
    byte[] changed = datagram.clone();
    changed[at] = (byte) value;
    return changed;
  }

  private static byte[] key(byte[] datagram, byte[] callerKey) {
    byte[] changed = datagram.clone();
    System.arraycopy(callerKey, 0, changed, 1, PublicKey.BYTES);
    return changed;
  }

  /** Another key that is on the curve, in the place of the caller's. */
  private static byte[] key(byte[] datagram, int number) {
    return key(datagram, Peer.of(number).key.bytes());
  }
}
