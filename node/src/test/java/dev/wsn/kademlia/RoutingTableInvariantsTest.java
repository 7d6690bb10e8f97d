package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.PublicKey;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.From;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;

/** What holds for every table, whatever happened to it. */
class RoutingTableInvariantsTest {
  private enum Happening {
    ANSWERED,
    UNANSWERED,
    UNANSWERED_FOR_SURE
  }

  record Move(int key, int host, int network, int kind) {
    Contact contact() {
      return Peers.publicContact(key, "203.0." + network + "." + host + ":4848");
    }
  }

  @Provide
  Arbitrary<Move> moves() {
    return Combinators.combine(
            Arbitraries.integers().between(1, 60),
            Arbitraries.integers().between(1, 3),
            Arbitraries.integers().between(1, 6),
            Arbitraries.integers().between(0, Happening.values().length - 1))
        .as(Move::new);
  }

  @Property(tries = 200)
  void invariantsHold(@ForAll @Size(max = 150) List<@From("moves") Move> moves) {
    NodeId own = NodeId.of(Peers.key(0), Peers.ip("198.51.100.1"));
    Parameters parameters = Parameters.defaults().withK(4);
    RoutingTable table = new RoutingTable(own, parameters, KademliaObserver.NONE);
    long now = 0;
    for (Move move : moves) {
      now++;
      switch (Happening.values()[move.kind]) {
        case ANSWERED -> table.answered(move.contact(), now, 10);
        case UNANSWERED -> table.unanswered(move.contact(), false);
        case UNANSWERED_FOR_SURE -> table.unanswered(move.contact(), true);
      }
      check(table, own);
    }
    table.rebase(NodeId.of(Peers.key(0), Peers.ip("192.0.2.1")));
    check(table, table.own());
  }

  private static void check(RoutingTable table, NodeId own) {
    Set<PublicKey> keys = new HashSet<>();
    Map<Subnet, Integer> perTable = new HashMap<>();
    int size = 0;
    for (int index = 0; index < Protocol.ID_BITS; index++) {
      KBucket bucket = table.bucket(index).orElse(null);
      if (bucket == null) {
        continue;
      }
      assertThat(bucket.entries()).hasSizeLessThanOrEqualTo(bucket.capacity());
      assertThat(bucket.replacements()).hasSizeLessThanOrEqualTo(Protocol.MAX_REPLACEMENTS);
      Map<Subnet, Integer> perBucket = new HashMap<>();
      for (TableEntry entry : bucket.entries()) {
        Contact contact = entry.contact();
        Subnet subnet = Subnet.of(contact.address().address());
        size++;
        assertThat(own.distanceTo(contact.id()).bucketIndex()).isEqualTo(index);
        assertThat(keys.add(contact.key())).as("one contact per key").isTrue();
        assertThat(table.entry(contact)).containsSame(entry);
        assertThat(perBucket.merge(subnet, 1, Integer::sum))
            .isLessThanOrEqualTo(Protocol.MAX_PER_SUBNET_IN_BUCKET);
        assertThat(perTable.merge(subnet, 1, Integer::sum))
            .isLessThanOrEqualTo(Protocol.MAX_PER_SUBNET_IN_TABLE);
      }
    }
    assertThat(table.size()).isEqualTo(size);
  }
}
