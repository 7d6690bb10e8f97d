package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.record.IpPort;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReachabilityTest {
  private static final long MINUTE = 60_000;
  private static final IpPort PEER = Peers.address("203.0.113.7:4848");
  private static final IpPort STRANGER = Peers.address("198.51.100.9:4848");

  private final Reachability reachability = new Reachability();

  @Test
  void requestOfAStrangerIsProof() {
    reachability.start(0);
    reachability.sent(1000, PEER);
    reachability.received(2000, STRANGER);
    reachability.judge(Reachability.TRIAL_MILLIS, true);
    assertThat(reachability.isReachable()).isTrue();
  }

  @Test
  void requestOfWhomThisNodeWroteToIsNone() {
    reachability.start(0);
    for (long minute = 0; minute < 10; minute++) {
      reachability.sent(minute * MINUTE, PEER);
      reachability.received(minute * MINUTE + 50_000, PEER);
    }
    reachability.judge(Reachability.TRIAL_MILLIS - 1, true);
    assertThat(reachability.isReachable()).as("until the trial is over").isTrue();
    reachability.judge(Reachability.TRIAL_MILLIS, true);
    assertThat(reachability.isReachable()).isFalse();
  }

  @Test
  void oldContactIsAStrangerAgainAfterSomeMinutes() {
    reachability.start(0);
    reachability.sent(0, PEER);
    reachability.received(2 * Reachability.TURN_MILLIS - 1, PEER);
    reachability.judge(2 * Reachability.TURN_MILLIS, true);
    reachability.received(5 * MINUTE, PEER);
    reachability.judge(Reachability.TRIAL_MILLIS, true);
    assertThat(reachability.isReachable()).isTrue();
  }

  @Test
  void silenceProvesNothingWhereFewKnowThisNode() {
    reachability.start(0);
    reachability.judge(Reachability.TRIAL_MILLIS, false);
    assertThat(reachability.isReachable()).isTrue();
  }

  @Test
  void unreachableNodeTriesAgainInAnHour() {
    reachability.start(0);
    long over = Reachability.TRIAL_MILLIS;
    reachability.judge(over, true);
    assertThat(reachability.isReachable()).isFalse();
    long again = over + Reachability.PAUSE_MILLIS;
    reachability.judge(again - 1, true);
    assertThat(reachability.isReachable()).isFalse();
    reachability.judge(again, true);
    assertThat(reachability.isReachable()).isTrue();
    reachability.received(again + MINUTE, STRANGER);
    reachability.judge(again + over, true);
    assertThat(reachability.isReachable())
        .as("whom it wrote to just before the trial is not known, so minutes pass first")
        .isFalse();
  }

  @Test
  void unreachableNodeAsksAsAClient() {
    NodeByHand node = new NodeByHand(Parameters.defaults().withK(3));
    Contact[] contacts = contacts(3);
    node.join(contacts);
    for (Effect.Send send : node.sends()) {
      assertThat(send.request().isClient()).isFalse();
      node.reply(send, new Reply.Nodes(List.of()));
    }
    List<Effect> effects = pongsUntil(node, Reachability.TRIAL_MILLIS + MINUTE);
    assertThat(node.reachable).containsExactly(false);
    assertThat(node.kademlia.isReachableOverIpv4()).isFalse();
    assertThat(node.kademlia.isReachableOverIpv6()).isTrue();
    assertThat(effects).isNotEmpty();
    node.resolve(Peers.key(77), ReadPolicy.FAST);
    assertThat(node.sends()).isNotEmpty().allMatch(send -> send.request().isClient());
  }

  @Test
  void localNodeIsAlwaysReachable() {
    NodeByHand node = new NodeByHand(Parameters.defaults().asLocal().withK(3));
    node.join(Peers.contact(1), Peers.contact(2), Peers.contact(3));
    node.sends().forEach(send -> node.reply(send, new Reply.Nodes(List.of())));
    pongsUntil(node, Reachability.TRIAL_MILLIS + MINUTE);
    assertThat(node.reachable).isEmpty();
  }

  @Test
  void contactThatTurnsClientLeavesTheTable() {
    NodeByHand node = NodeByHand.local();
    Contact contact = Peers.contact(1);
    node.meet(contact);
    node.ask(contact, Token.NONE, 71, false, new Request.Ping());
    assertThat(node.kademlia.contacts()).containsExactly(contact);
    Contact elsewhere = Contact.of(contact.key(), Peers.loopback(99));
    node.ask(elsewhere, Token.NONE, 71, true, new Request.Ping());
    assertThat(node.kademlia.contacts()).as("not from another address").containsExactly(contact);
    node.ask(contact, Token.NONE, 71, true, new Request.Ping());
    assertThat(node.kademlia.contacts()).isEmpty();
  }

  private static Contact[] contacts(int count) {
    Contact[] contacts = new Contact[count];
    for (int i = 0; i < count; i++) {
      contacts[i] = Peers.publicContact(i + 1, "203.0." + (i + 1) + ".1:4848");
    }
    return contacts;
  }

  private static List<Effect> pongsUntil(NodeByHand node, long end) {
    List<Effect> all = new ArrayList<>();
    while (node.millis < end) {
      List<Effect> effects = node.sleepUntil(node.millis + 50);
      all.addAll(effects);
      for (Effect effect : effects) {
        if (effect instanceof Effect.Send send) {
          boolean isPing = send.request().ask() instanceof Request.Ping;
          node.reply(send, isPing ? new Reply.Pong() : new Reply.Nodes(List.of()));
        }
      }
    }
    return all;
  }
}
