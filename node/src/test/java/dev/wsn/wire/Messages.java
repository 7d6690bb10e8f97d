package dev.wsn.wire;

import dev.wsn.crypto.PublicKey;
import dev.wsn.crypto.Secp256k1;
import dev.wsn.crypto.SecretKey;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.NodeId;
import dev.wsn.kademlia.Reply;
import dev.wsn.kademlia.Request;
import dev.wsn.kademlia.RequestId;
import dev.wsn.kademlia.Token;
import dev.wsn.record.Endpoint;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import dev.wsn.record.NostrEvent;
import dev.wsn.record.RecordRejection;
import dev.wsn.record.RecordRules;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Messages of every kind, with anything in them that their types allow. */
final class Messages {
  static final SecretKey OWNER =
      SecretKey.of(ByteBuffer.allocate(32).putLong(0x0123456789abcdefL).array());
  static final NostrEvent EVENT = event(1);

  private Messages() {}

  /** A signed record with so many endpoints. */
  static NostrEvent event(int endpoints) {
    List<Endpoint> list = new ArrayList<>();
    for (int i = 0; i < endpoints; i++) {
      list.add(new Endpoint(Endpoint.Network.CLEARNET, "203.0.113." + i, 4848, Endpoint.WSN));
    }
    return new RecordRules(Secp256k1.preferred(), false)
        .sign(OWNER, list, 1_800_000_000, Duration.ofHours(2), new byte[32])
        .event();
  }

  static Arbitrary<Request> requests() {
    return Combinators.combine(ids(), Arbitraries.of(true, false), tokens(), asks())
        .as(Request::new);
  }

  static Arbitrary<Reply> replies() {
    return Combinators.combine(ids(), addresses(), tokens(), answers()).as(Reply::new);
  }

  static Arbitrary<Reply> repliesWithContacts() {
    return Combinators.combine(ids(), addresses(), tokens(), contacts())
        .as((id, at, token, list) -> new Reply(id, at, token, new Reply.Nodes(list)));
  }

  static Arbitrary<Request.Ask> asks() {
    return Arbitraries.oneOf(
        Arbitraries.just(new Request.Ping()),
        nodeIds().map(Request.FindNode::new),
        nodeIds().map(Request.FindRecord::new),
        Combinators.combine(tokens(), events()).as(Request.Store::new));
  }

  static Arbitrary<Reply.Answer> answers() {
    return Arbitraries.oneOf(
        Arbitraries.just(new Reply.Pong()),
        Arbitraries.just(new Reply.Stored()),
        Arbitraries.just(new Reply.Retry()),
        refusals().map(Reply.Refused::new),
        contacts().map(Reply.Nodes::new),
        Combinators.combine(tokens(), events().optional(), contacts()).as(Reply.RecordFound::new));
  }

  static Arbitrary<RequestId> ids() {
    return Combinators.combine(Arbitraries.longs(), Arbitraries.integers()).as(RequestId::new);
  }

  private static Arbitrary<Reply.Refusal> refusals() {
    return Arbitraries.of(RecordRejection.class)
        .map(reason -> new Reply.Refusal(false, Optional.of(reason)))
        .injectNull(0.1)
        .map(refusal -> refusal == null ? new Reply.Refusal(true, Optional.empty()) : refusal);
  }

  private static Arbitrary<NostrEvent> events() {
    return Arbitraries.of(EVENT, event(0), event(3), event(8));
  }

  private static Arbitrary<Token> tokens() {
    return Arbitraries.oneOf(Arbitraries.just(Token.NONE), Arbitraries.longs().map(Token::new));
  }

  private static Arbitrary<NodeId> nodeIds() {
    return Arbitraries.bytes().array(byte[].class).ofSize(32).map(NodeId::of);
  }

  private static Arbitrary<IpPort> addresses() {
    Arbitrary<byte[]> ipv4 = Arbitraries.bytes().array(byte[].class).ofSize(4);
    Arbitrary<byte[]> ipv6 = Arbitraries.bytes().array(byte[].class).ofSize(16);
    return Combinators.combine(
            Arbitraries.oneOf(ipv4, ipv6), Arbitraries.integers().between(1, 65_535))
        .as((ip, port) -> new IpPort(IpAddress.of(ip), port));
  }

  private static Arbitrary<List<Contact>> contacts() {
    Arbitrary<PublicKey> keys =
        Arbitraries.bytes().array(byte[].class).ofSize(32).map(PublicKey::of);
    return Combinators.combine(keys, addresses())
        .as(Contact::of)
        .list()
        .ofMaxSize(Datagrams.MAX_CONTACTS);
  }
}
