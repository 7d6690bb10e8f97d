package dev.wsn.wire;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.Secp256k1;
import dev.wsn.kademlia.Caller;
import dev.wsn.kademlia.Contact;
import dev.wsn.kademlia.Effect;
import dev.wsn.kademlia.HeldRecord;
import dev.wsn.kademlia.Kademlia;
import dev.wsn.kademlia.KademliaObserver;
import dev.wsn.kademlia.NodeId;
import dev.wsn.kademlia.Now;
import dev.wsn.kademlia.OperationId;
import dev.wsn.kademlia.Parameters;
import dev.wsn.kademlia.RecordIndex;
import dev.wsn.kademlia.Reply;
import dev.wsn.kademlia.Request;
import dev.wsn.kademlia.RequestId;
import dev.wsn.kademlia.Token;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import dev.wsn.record.RecordRules;
import dev.wsn.record.RollbackMemory;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

/**
 * Nobody who lies about their address makes this node send more bytes there than they spent
 * themselves.
 */
class AmplificationTest {
  private static final int CONTACTS = 40;
  private static final byte[] IPV4 = {20, 1, 2, 3};
  private static final byte[] IPV6 = {0x2a, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  private static final RecordRules RULES = new RecordRules(Secp256k1.preferred(), false);

  private final Peer node = Peer.of(1);
  private final Peer liar = Peer.of(2);
  private long serial;

  @Provide
  Arbitrary<Request.Ask> asks() {
    return Messages.asks();
  }

  @Provide
  Arbitrary<Reply> replies() {
    return Messages.replies();
  }

  /** Whatever the core answers, if the effect says how long the request was. */
  @Property(tries = 300)
  void replyIsNeverLongerThanAllowed(
      @ForAll("replies") Reply reply, @ForAll @IntRange(min = 80, max = 1232) int requestBytes) {
    var caller = new Caller(liar.key, liar.address, requestBytes);
    assertThat(node.seal(caller, reply, requestBytes).length).isLessThanOrEqualTo(requestBytes);
  }

  /** The whole node: the reply and whatever else it sends there, with tokens it never gave out. */
  @Property(tries = 200)
  void nodeSendsNoMoreThanItGot(
      @ForAll("asks") Request.Ask ask, @ForAll long token, @ForAll boolean isClient) {
    Kademlia kademlia = nodeWithContacts();
    Request request = new Request(new RequestId(++serial, 1), isClient, new Token(token), ask);
    byte[] asked = liar.seal(node, request);
    assertThat(bytesSentBack(kademlia, asked)).isLessThanOrEqualTo(asked.length);
  }

  @Test
  void paddedLookupIsAnsweredAndVerifiedWithinItsLength() {
    Kademlia kademlia = nodeWithContacts();
    Request.Ask find = new Request.FindNode(liar.contact.id());
    byte[] asked = liar.seal(node, new Request(new RequestId(1, 1), false, Token.NONE, find));
    assertThat(asked).hasSize(1232);
    assertThat(bytesSentBack(kademlia, asked)).as("20 contacts and a ping").isEqualTo(834 + 80);
  }

  /** A record and twenty IPv6 contacts need all the bytes that there are. */
  @Test
  void answerMakesRoomForThePing() {
    Kademlia kademlia = nodeWithContacts(IPV6);
    Request.Ask find = new Request.FindRecord(NodeId.ofRecord(Messages.EVENT.pubkey()));
    IpPort from = IpPort.parse("[2a00:1:2:3::4]:4848").orElseThrow();
    byte[] asked = liar.seal(node, new Request(new RequestId(1, 1), false, Token.NONE, find));
    assertThat(bytesSentBack(kademlia, asked, from)).isBetween(1232 - 51, 1232);
  }

  private int bytesSentBack(Kademlia kademlia, byte[] datagram) {
    return bytesSentBack(kademlia, datagram, liar.address);
  }

  private int bytesSentBack(Kademlia kademlia, byte[] datagram, IpPort from) {
    Opened opened = node.sealer.open(Peer.NOW, datagram, 0, datagram.length, from);
    Opened.IncomingRequest incoming = (Opened.IncomingRequest) opened;
    int bytes = 0;
    for (Effect effect :
        kademlia.receive(new Now(10_000, 1_800_000_010), incoming.caller(), incoming.request())) {
      if (effect instanceof Effect.Answer answer) {
        bytes += Peer.datagram(node.sealer.seal(answer)).length;
      } else if (effect instanceof Effect.Send send) {
        bytes += Peer.datagram(node.sealer.seal(send)).length;
      }
    }
    return bytes;
  }

  /** A node that knows many others, so that its answers are as long as they get. */
  private Kademlia nodeWithContacts() {
    return nodeWithContacts(IPV4);
  }

  private Kademlia nodeWithContacts(byte[] ip) {
    RecordIndex index = new RecordIndex(10);
    index.restore(
        new HeldRecord(
            ((RecordRules.Verdict.Accepted) RULES.verify(Messages.EVENT, 1_800_000_000))
                .addressRecord(),
            HeldRecord.OWN));
    Kademlia kademlia =
        new Kademlia(
            Parameters.defaults(),
            node.key,
            RULES,
            index,
            new RollbackMemory(10),
            new SplittableRandom(++serial),
            KademliaObserver.NONE);
    List<Contact> seeds = new ArrayList<>();
    for (int i = 0; i < CONTACTS; i++) {
      byte[] own = ip.clone();
      own[own.length == 4 ? 0 : 3] += (byte) i;
      seeds.add(Contact.of(Peer.of(100 + i).key, new IpPort(IpAddress.of(own), 4848)));
    }
    List<Effect> toAnswer =
        new ArrayList<>(kademlia.join(new Now(0, 1_800_000_000), new OperationId(1), seeds));
    while (!toAnswer.isEmpty()) {
      if (toAnswer.remove(0) instanceof Effect.Send send) {
        Reply.Answer answer =
            send.request().ask() instanceof Request.Ping
                ? new Reply.Pong()
                : new Reply.Nodes(seeds.subList(0, 20));
        Reply reply = new Reply(send.request().id(), node.address, Token.NONE, answer);
        toAnswer.addAll(
            kademlia.receive(
                new Now(50, 1_800_000_000), send.to().address(), send.to().key(), reply));
      }
    }
    assertThat(kademlia.contacts()).hasSizeGreaterThanOrEqualTo(20);
    return kademlia;
  }
}
