package dev.wsn.kademlia;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.crypto.PublicKey;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.AddressScope;
import dev.wsn.record.IpAddress;
import dev.wsn.record.IpPort;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * A hundred nodes of one attacker, as near to a record as the rules of ids let it place them. They
 * say that they store and do not, have nothing, and name each other.
 */
class SybilTest {
  private static final int HONEST = 110;
  private static final int SYBILS = 100;
  private static final int READS = 30;
  private static final int CANDIDATES = 150_000;

  private final MemoryNetwork network = new MemoryNetwork(Long.getLong("sim.seed", 1));
  private final RandomGenerator random = Peers.random(99);
  private final List<MemoryNetwork.Node> honest = new ArrayList<>();
  private final List<Contact> sybils = new ArrayList<>();
  private final AddressRecord victim = Peers.signed(1, Peers.WALL + 60);
  private final NodeId place = NodeId.ofRecord(victim.pubkey());

  /** Honest nodes all over the Internet. */
  private void grow() {
    for (int i = 0; i < HONEST; i++) {
      Contact contact = Contact.of(randomKey(), new IpPort(randomAddress(), 4848));
      MemoryNetwork.Node node = network.add(i + 1, contact, Parameters.defaults());
      if (!honest.isEmpty()) {
        node.join(honest.get(0));
      }
      honest.add(node);
    }
    network.run(120_000);
  }

  private void invade(List<Contact> places) {
    sybils.addAll(places);
    for (int i = 0; i < places.size(); i++) {
      MemoryNetwork.Node sybil = network.add(10_000 + i, places.get(i), Parameters.defaults());
      sybil.tongue = this::lie;
      sybil.join(honest.get(i % HONEST));
    }
    network.run(120_000);
  }

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
    return sybils.stream()
        .sorted(Comparator.comparing(sybil -> sybil.id().distanceTo(target)))
        .limit(Protocol.K)
        .toList();
  }

  /** The best of many addresses anywhere: what somebody has who rents one here and one there. */
  private List<Contact> anywhere() {
    Map<IpAddress, Contact> best = new HashMap<>();
    for (int i = 0; i < CANDIDATES; i++) {
      Contact contact = Contact.of(randomKey(), new IpPort(randomAddress(), 4848));
      best.put(contact.address().address(), contact);
    }
    return nearest(best);
  }

  /** The best of two whole networks of a provider. */
  private List<Contact> ofTwoProviders() {
    Map<IpAddress, Contact> best = new HashMap<>();
    byte[][] providers = {{(byte) 185, 99}, {45, 67}};
    for (int i = 0; i < CANDIDATES; i++) {
      byte[] provider = providers[i % 2];
      byte[] bytes = {
        provider[0], provider[1], (byte) random.nextInt(256), (byte) random.nextInt(256)
      };
      Contact contact = Contact.of(randomKey(), new IpPort(IpAddress.of(bytes), 4848));
      best.merge(
          contact.address().address(),
          contact,
          (a, b) -> a.id().distanceTo(place).compareTo(b.id().distanceTo(place)) < 0 ? a : b);
    }
    return nearest(best);
  }

  private List<Contact> nearest(Map<IpAddress, Contact> candidates) {
    return candidates.values().stream()
        .sorted(Comparator.comparing(contact -> contact.id().distanceTo(place)))
        .limit(SYBILS)
        .toList();
  }

  private PublicKey randomKey() {
    return PublicKey.of(
        ByteBuffer.allocate(32)
            .putLong(random.nextLong())
            .putLong(random.nextLong())
            .putLong(random.nextLong())
            .putLong(random.nextLong())
            .array());
  }

  private IpAddress randomAddress() {
    IpAddress address;
    do {
      address = IpAddress.of(ByteBuffer.allocate(4).putInt(random.nextInt()).array());
    } while (address.scope() != AddressScope.PUBLIC);
    return address;
  }

  private void assertEclipsed() {
    long nearerThanHonest =
        sybils.stream()
            .filter(
                sybil ->
                    honest.stream()
                        .allMatch(
                            node ->
                                sybil
                                        .id()
                                        .distanceTo(place)
                                        .compareTo(node.contact.id().distanceTo(place))
                                    < 0))
            .count();
    assertThat(nearerThanHonest).as("the k closest are all Sybils").isGreaterThan(Protocol.K);
  }

  private void assertReadable(ReadPolicy policy) {
    int found = 0;
    int widened = 0;
    for (int i = 0; i < READS; i++) {
      Outcome.Read read = honest.get(i * 2).resolve(victim.pubkey(), policy);
      found += read.newest().equals(Optional.of(victim)) ? 1 : 0;
      Outcome.Evidence evidence = read.evidence();
      assertThat(evidence.widened()).isLessThan(evidence.asked());
      assertThat(evidence.widened() > 0).isEqualTo(!evidence.suspicions().isEmpty());
      widened += evidence.widened() > 0 ? 1 : 0;
    }
    assertThat(widened).as("reads that say why they asked more").isGreaterThan(READS / 2);
    assertThat(found).as("%s, of %d", policy, READS).isGreaterThanOrEqualTo(READS * 99 / 100);
  }

  @Test
  void sybilsWhoWereThereBeforeDoNotSwallowTheRecord() {
    grow();
    invade(anywhere());
    assertEclipsed();
    honest.get(5).publish(victim);
    assertReadable(ReadPolicy.FAST);
    assertReadable(ReadPolicy.QUORUM);
  }

  @Test
  void sybilsWhoCameAfterwardsDoNotHideTheRecord() {
    grow();
    honest.get(5).publish(victim);
    invade(anywhere());
    assertEclipsed();
    assertReadable(ReadPolicy.FAST);
    assertReadable(ReadPolicy.SECURE);
  }

  @Test
  void ownerOfWholeNetworksDoesNotSwallowTheRecord() {
    grow();
    invade(ofTwoProviders());
    honest.get(5).publish(victim);
    assertReadable(ReadPolicy.FAST);
    assertReadable(ReadPolicy.SECURE);
  }
}
