package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.record.AddressRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Some nodes stand behind routers that let in only answers. */
class BehindRoutersTest {
  private static final int OPEN = 40;
  private static final int HIDDEN = 8;

  private final MemoryNetwork network = new MemoryNetwork(Long.getLong("sim.seed", 1));

  private MemoryNetwork.Node add(int number) {
    String address = (20 + number) + ".0." + number + ".1:4848";
    return network.add(number, Peers.publicContact(number, address), Parameters.defaults());
  }

  @Test
  void hiddenNodesBecomeClientsAndNobodyElseDoes() {
    List<MemoryNetwork.Node> open = new ArrayList<>();
    List<MemoryNetwork.Node> hidden = new ArrayList<>();
    for (int i = 0; i < OPEN + HIDDEN; i++) {
      MemoryNetwork.Node node = add(i + 1);
      node.isBehindRouter = i >= OPEN;
      if (i > 0) {
        node.join(open.get(0));
      }
      (i < OPEN ? open : hidden).add(node);
    }
    network.run(40 * 60_000);

    assertThat(open).allMatch(node -> node.kademlia.isReachableOverIpv4());
    assertThat(hidden).noneMatch(node -> node.kademlia.isReachableOverIpv4());
    Set<Contact> unreachable =
        hidden.stream().map(node -> node.contact).collect(Collectors.toSet());
    for (MemoryNetwork.Node node : open) {
      assertThat(node.kademlia.contacts()).doesNotContainAnyElementsOf(unreachable);
    }
    AddressRecord signed = Peers.signed(1, network.now().unixSeconds());
    Outcome.Published published = hidden.get(0).publish(signed);
    assertThat(published.acknowledged()).isGreaterThanOrEqualTo(published.required());
    assertThat(hidden.get(0).held(signed.pubkey())).as("nobody could fetch it there").isEmpty();
    assertThat(hidden.get(1).resolve(signed.pubkey(), ReadPolicy.QUORUM).newest()).contains(signed);
  }
}
