package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.record.IpPort;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ExternalAddressTest {
  private static final IpPort TRUTH = Peers.address("198.51.100.9:4848");
  private static final IpPort LIE = Peers.address("192.0.2.6:4848");

  private final ExternalAddress external = new ExternalAddress();

  private void vote(int network, IpPort observed) {
    external.vote(Peers.ip("203.0." + network + ".1"), observed);
  }

  @Test
  void threeNetworksMustAgree() {
    vote(1, TRUTH);
    vote(2, TRUTH);
    assertThat(external.agreed()).isEmpty();
    vote(3, TRUTH);
    assertThat(external.agreed()).contains(TRUTH);
  }

  @Test
  void oneNetworkHasOneVote() {
    for (int host = 1; host < 20; host++) {
      external.vote(Peers.ip("203.0.113." + host), LIE);
    }
    assertThat(external.agreed()).isEmpty();
  }

  @Test
  void moreThanHalfMustAgree() {
    for (int network = 1; network <= 3; network++) {
      vote(network, TRUTH);
      vote(10 + network, LIE);
    }
    assertThat(external.agreed()).isEmpty();
    vote(4, TRUTH);
    assertThat(external.agreed()).contains(TRUTH);
  }

  @Test
  void portIsTheOneMostOftenSeen() {
    vote(1, Peers.address("198.51.100.9:1"));
    vote(2, TRUTH);
    vote(3, TRUTH);
    assertThat(external.agreed()).contains(TRUTH);
  }

  @Test
  void newVotesReplaceOldOnes() {
    for (int network = 0; network < 200; network++) {
      vote(network, LIE);
    }
    for (int network = 0; network < 17; network++) {
      vote(network, TRUTH);
    }
    assertThat(external.agreed()).as("17 of the last 32").contains(TRUTH);
  }

  @Test
  void nodeMovesToTheIdOfItsAddressAndTakesItsContactsAlong() {
    NodeByHand node = NodeByHand.open();
    Contact[] seeds = {
      Peers.publicContact(1, "203.0.1.1:4848"),
      Peers.publicContact(2, "203.0.2.1:4848"),
      Peers.publicContact(3, "203.0.3.1:4848"),
      Peers.publicContact(4, "203.0.4.1:4848")
    };
    RoutingTable table = node.kademlia.state().tables.both().get(0);
    assertThat(table.own()).isEqualTo(NodeId.unplaced(NodeByHand.SELF));
    node.join(seeds);

    for (Effect.Send send : node.sends()) {
      Reply reply = new Reply(send.request().id(), TRUTH, Token.NONE, new Reply.Nodes(List.of()));
      node.effects = node.kademlia.receive(node.now(), send.to().address(), send.to().key(), reply);
    }

    assertThat(node.external).containsExactly(TRUTH);
    assertThat(node.kademlia.externalIpv4()).contains(TRUTH);
    assertThat(node.kademlia.externalIpv6()).isEmpty();
    assertThat(table.own()).isEqualTo(NodeId.of(NodeByHand.SELF, TRUTH.address()));
    assertThat(node.kademlia.contacts()).containsExactlyInAnyOrder(seeds);
    node.wakeAt(1);
    node.wakeAt(2_000);
    assertThat(node.sends())
        .as("looks for its new neighbours")
        .anyMatch(
            send ->
                send.request().ask() instanceof Request.FindNode find
                    && find.target().equals(table.own()));
  }

  @Test
  void whoeverIsSaidToLiveAtTheOwnAddressIsLeftAlone() {
    NodeByHand node = NodeByHand.open();
    Contact[] seeds = new Contact[4];
    for (int i = 0; i < seeds.length; i++) {
      seeds[i] = Peers.publicContact(i + 1, "203.0." + (i + 1) + ".1:4848");
    }
    node.join(seeds);
    Contact impostor = Contact.of(Peers.key(9), TRUTH);
    Contact neighbour = Peers.publicContact(10, TRUTH.address() + ":9");
    List<Contact> asked = new ArrayList<>();
    for (Effect.Send send : node.sends()) {
      Reply.Answer answer = new Reply.Nodes(List.of(impostor, neighbour));
      boolean isLast = send.to().equals(seeds[seeds.length - 1]);
      Reply reply =
          new Reply(
              send.request().id(), TRUTH, Token.NONE, isLast ? answer : new Reply.Nodes(List.of()));
      node.effects = node.kademlia.receive(node.now(), send.to().address(), send.to().key(), reply);
      asked.addAll(node.asked());
    }
    assertThat(node.external).containsExactly(TRUTH);
    assertThat(asked).as("a neighbour behind the same address is one").containsExactly(neighbour);
    assertThat(node.drops(KademliaObserver.Drop.UNUSABLE_CONTACT)).isEqualTo(1);

    node.ask(impostor, node.addressToken(impostor), 100, false, new Request.Ping());
    assertThat(node.sends()).as("nobody else can be here").isEmpty();
  }

  @Test
  void voterThatHoldsUpItsOwnAddressIsNotHeard() {
    Tables tables = new Tables(Peers.key(0), Parameters.defaults(), KademliaObserver.NONE);
    for (int network = 1; network < 4; network++) {
      Contact voter = Peers.publicContact(network, "203.0." + network + ".1:4848");
      assertThat(tables.observed(voter, voter.address())).isFalse();
      assertThat(tables.observed(voter, TRUTH)).isEqualTo(network == 3);
    }
    assertThat(tables.external(true)).contains(TRUTH);
  }

  @Test
  void votesAboutAnotherFamilyOrAnImpossibleAddressDoNotCount() {
    Tables tables = new Tables(Peers.key(0), Parameters.defaults(), KademliaObserver.NONE);
    for (int network = 1; network < 10; network++) {
      Contact voter = Peers.publicContact(network, "203.0." + network + ".1:4848");
      assertThat(tables.observed(voter, Peers.address("[2001:db8::1]:4848"))).isFalse();
      assertThat(tables.observed(voter, Peers.address("0.0.0.0:4848"))).isFalse();
    }
    assertThat(tables.external(true)).isEmpty();
    assertThat(tables.external(false)).isEmpty();
  }
}
