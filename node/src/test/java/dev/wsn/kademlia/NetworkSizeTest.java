package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class NetworkSizeTest {
  private static final long HEARD = 20 * 60_000;

  private final NetworkSize size = new NetworkSize();

  @Test
  void nothingIsKnownUntilSomethingWasMeasured() {
    assertThat(size.nodes(0)).isEmpty();
    size.measured(0, Peers.id(0), 100);
    assertThat(size.nodes(0)).hasValue(100);
    assertThat(size.nodes(HEARD - 1)).hasValue(100);
    assertThat(size.nodes(HEARD)).as("too old").isEmpty();
  }

  @Test
  void everySixteenthHasOneVoice() {
    size.measured(0, Peers.id(0x10), 900);
    size.measured(0, Peers.id(0x20), 1000);
    size.measured(0, Peers.id(0x30), 1100);
    for (int i = 0; i < 50; i++) {
      size.measured(0, Peers.id(0x40 + i % 16), 1_000_000);
    }
    assertThat(size.nodes(0)).as("the lower of the middle two").hasValue(1000);
    NetworkSize two = new NetworkSize();
    two.measured(0, Peers.id(0x10), 900);
    two.measured(0, Peers.id(0x40), 1_000_000);
    assertThat(two.nodes(0)).as("a crowd does not outvote one other place").hasValue(900);
  }

  @Test
  void randomIdsAreCountedToAFifth() {
    RandomGenerator random = Peers.random(5);
    for (int nodes : new int[] {100, 3000, 20_000}) {
      List<Contact> all = new ArrayList<>();
      for (int i = 0; i < nodes; i++) {
        all.add(new Contact(anywhere(random), Peers.key(i), Peers.loopback(i)));
      }
      NetworkSize estimate = new NetworkSize();
      for (int lookup = 0; lookup < 16; lookup++) {
        NodeId target = new NodeId((long) lookup << 60 | random.nextLong() >>> 4, 0, 0, 0);
        List<Contact> closest =
            all.stream()
                .sorted(Comparator.comparing(contact -> contact.id().distanceTo(target)))
                .limit(Protocol.K)
                .toList();
        estimate.measured(0, target, NetworkSize.around(target, closest));
      }
      assertThat(estimate.nodes(0).orElseThrow()).isCloseTo(nodes, within(nodes * 0.2));
    }
  }

  private static NodeId anywhere(RandomGenerator random) {
    return new NodeId(random.nextLong(), random.nextLong(), random.nextLong(), random.nextLong());
  }

  @Test
  void idsAtTheTargetDoNotCountAsInfinite() {
    Contact there = new Contact(Peers.id(1), Peers.key(1), Peers.loopback(1));
    assertThat(NetworkSize.around(Peers.id(1), List.of(there, there))).isFinite();
  }
}
