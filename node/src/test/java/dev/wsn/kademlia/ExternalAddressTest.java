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
  private long millis;

  private void vote(int network, IpPort observed) {
    external.vote(Peers.ip("203.0." + network + ".1"), observed, millis);
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
      external.vote(Peers.ip("203.0.113." + host), LIE, millis);
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
  void thoseWhoHaveGoneDoNotHoldTheOldAddressUp() {
    for (int network = 0; network < 20; network++) {
      vote(network, LIE);
    }
    millis = ExternalAddress.KEPT_MILLIS - 1;
    for (int network = 20; network < 24; network++) {
      vote(network, TRUTH);
    }
    assertThat(external.agreed()).as("4 of 24").contains(LIE);
    millis++;
    vote(20, TRUTH);
    assertThat(external.agreed()).contains(TRUTH);
    assertThat(external.voters()).isEqualTo(4);
  }

  @Test
  void theLatestVotesShowAChangeBeforeItHasAMajority() {
    assertThat(external.isSure()).isFalse();
    for (int network = 0; network < 12; network++) {
      vote(network, LIE);
    }
    assertThat(external.isSure()).isTrue();
    vote(0, TRUTH);
    assertThat(external.isSure()).as("one liar makes nobody busy").isTrue();
    vote(1, TRUTH);
    assertThat(external.isSure()).isFalse();
    assertThat(external.agreed()).contains(LIE);
  }

  @Test
  void aChangeIsAgreedOnAfterTwoRoundsOfAsking() {
    NodeByHand node = new NodeByHand(Parameters.defaults().asClient());
    Contact[] seeds = new Contact[30];
    for (int i = 0; i < seeds.length; i++) {
      seeds[i] = Peers.publicContact(i + 1, "203.0." + (i + 1) + ".1:4848");
    }
    node.join(seeds);
    answerAll(node, LIE);
    assertThat(node.kademlia.externalIpv4()).contains(LIE);

    node.millis = 10_000;
    node.effects = node.kademlia.askForAddress(node.now());
    assertThat(node.sends()).as("while all agree").hasSize(4);
    answerAll(node, TRUTH);
    assertThat(node.kademlia.externalIpv4()).contains(LIE);
    node.millis = 15_000;
    node.effects = node.kademlia.askForAddress(node.now());
    assertThat(node.sends()).hasSizeGreaterThan(16).hasSizeLessThanOrEqualTo(32);
    answerAll(node, TRUTH);

    assertThat(node.kademlia.externalIpv4()).contains(TRUTH);
  }

  /** Every request of the last step, and those that follow, is answered. */
  private static void answerAll(NodeByHand node, IpPort observed) {
    List<Effect.Send> sends = new ArrayList<>(node.sends());
    while (!sends.isEmpty()) {
      Effect.Send send = sends.remove(0);
      Reply.Answer answer =
          send.request().ask() instanceof Request.Ping
              ? new Reply.Pong()
              : new Reply.Nodes(List.of());
      Reply reply = new Reply(send.request().id(), observed, Token.NONE, answer);
      node.effects = node.kademlia.receive(node.now(), send.to().address(), send.to().key(), reply);
      sends.addAll(node.sends());
    }
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
      assertThat(tables.observed(voter, voter.address(), 0)).isFalse();
      assertThat(tables.observed(voter, TRUTH, 0)).isEqualTo(network == 3);
    }
    assertThat(tables.external(true).agreed()).contains(TRUTH);
  }

  @Test
  void votesAboutAnotherFamilyOrAnImpossibleAddressDoNotCount() {
    Tables tables = new Tables(Peers.key(0), Parameters.defaults(), KademliaObserver.NONE);
    for (int network = 1; network < 10; network++) {
      Contact voter = Peers.publicContact(network, "203.0." + network + ".1:4848");
      assertThat(tables.observed(voter, Peers.address("[2001:db8::1]:4848"), 0)).isFalse();
      assertThat(tables.observed(voter, Peers.address("0.0.0.0:4848"), 0)).isFalse();
    }
    assertThat(tables.external(true).agreed()).isEmpty();
    assertThat(tables.external(false).agreed()).isEmpty();
  }
}
