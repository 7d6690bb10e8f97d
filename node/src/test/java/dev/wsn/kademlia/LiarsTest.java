package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.record.AddressRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Every fifth node lies and knows the others that do. */
class LiarsTest {
  private static final int NODES = 150;
  private static final int RECORDS = 25;
  private static final int READERS = 4;

  private final MemoryNetwork network = new MemoryNetwork(Long.getLong("sim.seed", 1));
  private final List<MemoryNetwork.Node> honest = new ArrayList<>();
  private final List<Contact> liars = new ArrayList<>();

  /**
   * Says that it stored what it did not, has nothing, and names only the liars next to a target.
   */
  private Reply.Answer lie(Request.Ask ask, Reply.Answer answer) {
    if (ask instanceof Request.FindNode find) {
      return new Reply.Nodes(near(find.target()));
    }
    if (ask instanceof Request.FindRecord find && answer instanceof Reply.RecordFound found) {
      return new Reply.RecordFound(found.storeToken(), Optional.empty(), near(find.target()));
    }
    return answer instanceof Reply.Refused ? new Reply.Stored() : answer;
  }

  private List<Contact> near(NodeId target) {
    return liars.stream()
        .sorted(Comparator.comparing(liar -> liar.id().distanceTo(target)))
        .limit(Protocol.K)
        .toList();
  }

  private void grow() {
    List<MemoryNetwork.Node> nodes = network.grow(NODES);
    for (int i = 0; i < NODES; i++) {
      MemoryNetwork.Node node = nodes.get(i);
      if (i % 5 == 4) {
        liars.add(node.contact);
        node.tongue = this::lie;
      } else {
        honest.add(node);
      }
    }
    network.run(60_000);
  }

  @Test
  void secureReadsFindWhatIsThere() {
    grow();
    int found = 0;
    for (int record = 1; record <= RECORDS; record++) {
      AddressRecord signed = Peers.signed(record, network.now().unixSeconds());
      honest.get(record).publish(signed);
      for (int reader = 0; reader < READERS; reader++) {
        Outcome.Read read =
            honest
                .get(honest.size() - 1 - record - reader)
                .resolve(signed.pubkey(), ReadPolicy.SECURE);
        found += read.newest().equals(Optional.of(signed)) ? 1 : 0;
      }
    }
    assertThat(found).as("of %d reads", RECORDS * READERS).isEqualTo(RECORDS * READERS);
  }
}
