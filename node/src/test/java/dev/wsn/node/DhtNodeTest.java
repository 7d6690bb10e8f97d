package dev.wsn.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.wsn.kademlia.Contact;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.IpPort;
import dev.wsn.record.RecordRejection;
import dev.wsn.resolver.ListenException;
import dev.wsn.resolver.NetworkStatus;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import dev.wsn.resolver.ResolvePolicy;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes over real sockets and real files. */
@Timeout(120)
class DhtNodeTest {
  private static final long PAUSE_NANOS = 1_000_000;

  private final LoopbackNodes nodes;
  private final long now = LoopbackNodes.unixSeconds();

  DhtNodeTest(@TempDir Path parent) {
    nodes = new LoopbackNodes(parent);
  }

  @AfterEach
  void stop() {
    nodes.close();
    assertThat(nodes.failures).isEmpty();
  }

  @Test
  void recordPublishedOnOneNodeIsFoundOnAllOthers() {
    List<DhtNode> network = nodes.network(8);
    AddressRecord published = LoopbackNodes.sign(1, now, 4848);
    assertThat(LoopbackNodes.publish(network.get(3), published))
        .isInstanceOfSatisfying(
            Publication.Accepted.class,
            accepted -> {
              assertThat(accepted.acknowledged()).isEqualTo(7);
              assertThat(accepted.isNew()).isTrue();
            });
    for (DhtNode node : network) {
      assertThat(LoopbackNodes.resolve(node, published))
          .isInstanceOfSatisfying(
              Resolution.Found.class,
              found -> {
                assertThat(found.addressRecord()).isEqualTo(published);
                assertThat(found.evidence().source()).isEqualTo("dht");
                assertThat(found.evidence().agreed()).isEqualTo(found.evidence().had());
                assertThat(found.evidence().path())
                    .hasSize(found.evidence().asked())
                    .allSatisfy(asked -> assertThat(asked.at()).startsWith("127.0.0.1:"))
                    .allSatisfy(asked -> assertThat(asked.subnet()).isEqualTo("127.0.0.0/24"));
              });
      assertThat(node.status().isReachable()).isTrue();
      assertThat(node.status().nodes()).isEqualTo(7);
      assertThat(node.status().estimatedNodes()).isEqualTo(8);
      assertThat(node.status().ipv4().contacts()).isEqualTo(7);
      assertThat(node.status().ipv4().answering()).isBetween(1, 7);
      assertThat(node.status().ipv4().bySharedBits().stream().mapToInt(each -> each).sum())
          .isEqualTo(7);
      assertThat(node.status().ipv6()).isEqualTo(NetworkStatus.Family.none());
    }
    assertThat(network.get(0).status().seeds()).isEmpty();
    assertThat(network.get(1).status().seeds()).contains(network.get(0).seed());
    assertThat(LoopbackNodes.publish(network.get(3), published))
        .isInstanceOfSatisfying(
            Publication.Accepted.class, again -> assertThat(again.isNew()).isFalse());
  }

  @Test
  void restartedNodesFindEachOtherWithoutSeeds() {
    List<DhtNode> network = nodes.network(5);
    AddressRecord published = LoopbackNodes.sign(1, now, 4848);
    LoopbackNodes.publish(network.get(1), published);
    List<Integer> ports = network.stream().map(node -> node.listening().port()).toList();
    List<String> seeds = network.stream().map(DhtNode::seed).toList();
    network.forEach(DhtNode::close);

    List<DhtNode> restarted = new ArrayList<>();
    for (int i = 0; i < ports.size(); i++) {
      restarted.add(nodes.start(i, ports.get(i), List.of()));
    }
    restarted.forEach(node -> LoopbackNodes.await(node.joined()));
    assertThat(restarted.stream().map(DhtNode::seed)).isEqualTo(seeds);
    for (DhtNode node : restarted) {
      until(() -> node.status().nodes() == 4);
      assertThat(LoopbackNodes.resolve(node, published))
          .isInstanceOfSatisfying(
              Resolution.Found.class,
              found -> assertThat(found.addressRecord()).isEqualTo(published));
    }
  }

  @Test
  void firstNodeOfANetworkSaysThatItIsAlone() {
    DhtNode alone = nodes.start(0, 0, List.of());
    AddressRecord published = LoopbackNodes.sign(1, now, 4848);
    assertThat(LoopbackNodes.await(alone.joined())).isZero();
    assertThat(alone.status().isReachable()).isFalse();
    assertThat(alone.status().detail()).isEqualTo("no other node has answered yet");
    assertThat(LoopbackNodes.publish(alone, published))
        .isInstanceOfSatisfying(
            Publication.Unreachable.class,
            unreachable -> assertThat(unreachable.reason()).contains("no other node is known"));
    assertThat(LoopbackNodes.resolve(alone, published)).isInstanceOf(Resolution.Unreachable.class);
    nodes.start(1, 0, List.of(LoopbackNodes.contact(alone)));
    until(() -> alone.status().isReachable() && alone.status().nodes() == 1);
    assertThat(LoopbackNodes.publish(alone, published)).isInstanceOf(Publication.Accepted.class);
  }

  @Test
  void olderRecordIsRefusedWhereverItIsPublished() {
    List<DhtNode> network = nodes.network(3);
    AddressRecord newer = LoopbackNodes.sign(1, now, 4848);
    AddressRecord older = LoopbackNodes.sign(1, now - 60, 4847);
    LoopbackNodes.publish(network.get(1), newer);
    DhtNode newcomer = nodes.client(List.of(LoopbackNodes.contact(network.get(2))));
    for (DhtNode node : List.of(network.get(2), newcomer)) {
      assertThat(LoopbackNodes.publish(node, older))
          .isInstanceOfSatisfying(
              Publication.Refused.class,
              refused -> {
                assertThat(refused.reason()).isEqualTo(RecordRejection.OLDER_THAN_KNOWN);
                assertThat(refused.detail()).contains("of this key");
              });
    }
    assertThat(LoopbackNodes.resolve(newcomer, newer)).isInstanceOf(Resolution.Found.class);
  }

  @Test
  void recordThatBreaksARuleIsRefusedWithItsReason() {
    DhtNode node = nodes.network(2).get(0);
    AddressRecord expired = LoopbackNodes.sign(1, now - 10_000, 4848);
    assertThat(LoopbackNodes.publish(node, expired))
        .isInstanceOfSatisfying(
            Publication.Refused.class,
            refused -> assertThat(refused.reason()).isEqualTo(RecordRejection.EXPIRED));
  }

  @Test
  void clientAsksThroughItsSeedAndIsNobodysContact() {
    List<DhtNode> network = nodes.network(3);
    AddressRecord published = LoopbackNodes.sign(1, now, 4848);
    DhtNode client = nodes.client(List.of(LoopbackNodes.contact(network.get(2))));
    assertThat(LoopbackNodes.publish(client, published)).isInstanceOf(Publication.Accepted.class);
    assertThat(LoopbackNodes.resolve(client, published))
        .isInstanceOfSatisfying(
            Resolution.Found.class, found -> assertThat(found.evidence().had()).isEqualTo(3));
    assertThat(network.get(2).status().nodes()).isEqualTo(2);
  }

  @Test
  void deadSeedIsSaidToBeUnreachable() {
    Contact dead = LoopbackNodes.contact(nodes.start(0, 0, List.of()));
    nodes.close();
    DhtNode client = nodes.client(List.of(dead));
    AddressRecord wanted = LoopbackNodes.sign(1, now, 4848);
    assertThat(LoopbackNodes.resolve(client, wanted)).isInstanceOf(Resolution.Unreachable.class);
    assertThat(LoopbackNodes.publish(client, wanted)).isInstanceOf(Publication.Unreachable.class);
    assertThat(client.status().isReachable()).isFalse();
  }

  @Test
  void questionsForTheSameKeyShareALookup() {
    List<DhtNode> network = nodes.network(3);
    AddressRecord published = LoopbackNodes.sign(1, now, 4848);
    LoopbackNodes.publish(network.get(0), published);
    DhtNode client = nodes.client(List.of(LoopbackNodes.contact(network.get(1))));
    List<CompletionStage<Resolution>> asked = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      asked.add(client.resolver().resolve(published.pubkey(), ResolvePolicy.FAST));
    }
    List<Resolution> answers = asked.stream().map(LoopbackNodes::await).toList();
    assertThat(answers).allMatch(Resolution.Found.class::isInstance);
    assertThat(answers.stream().map(System::identityHashCode).distinct().count()).isLessThan(50);
  }

  @Test
  void nodeThatNobodyAnswersAnyMoreIsNotReady() {
    List<DhtNode> network = nodes.network(2);
    DhtNode left = network.get(0);
    until(() -> left.status().isReachable());
    assertThat(left.status().detail()).startsWith("1 nodes known, the last answer came ");
    network.get(1).close();
    nodes.skippedMillis.set(30_000);
    assertThat(left.status().isReachable()).isFalse();
    assertThat(left.status().detail()).matches("no other node has answered for \\d+ s");
    Publication lost =
        LoopbackNodes.await(left.resolver().publish(LoopbackNodes.sign(1, now, 4848)));
    assertThat(lost).as("nothing is acknowledged").isInstanceOf(Publication.Unreachable.class);
  }

  @Test
  void stoppedNodeSaysSo() {
    DhtNode node = nodes.network(2).get(0);
    node.close();
    assertThat(LoopbackNodes.resolve(node, LoopbackNodes.sign(1, now, 4848)))
        .isEqualTo(new Resolution.Unreachable("this node has stopped"));
  }

  @Test
  void portInUseIsSaid() {
    int port = nodes.start(0, 0, List.of()).listening().port();
    assertThatThrownBy(() -> nodes.start(1, port, List.of()))
        .isInstanceOf(ListenException.class)
        .hasMessageContaining("UDP port 127.0.0.1:" + port + " is in use by another program");
    nodes.start(1, 0, List.of());
  }

  @Test
  void randomBytesAreCountedAndChangeNothing() throws Exception {
    List<DhtNode> network = nodes.network(2);
    DhtNode node = network.get(0);
    AddressRecord published = LoopbackNodes.sign(1, now, 4848);
    Random random = new Random(5);
    IpPort target = node.listening();
    int count = 0;
    try (DatagramSocket socket = new DatagramSocket()) {
      for (int length : new int[] {0, 1, 20, 77, 90, 100, 500, 1_232, 1_233, 1_500, 1_600, 9_000}) {
        for (int first : new int[] {0x10, 0x11, 0x12, random.nextInt(256)}) {
          byte[] bytes = new byte[length];
          random.nextBytes(bytes);
          if (length > 0) {
            bytes[0] = (byte) first;
          }
          InetAddress address = InetAddress.getByAddress(target.address().bytes());
          socket.send(new DatagramPacket(bytes, length, address, target.port()));
          count++;
          int expected = count;
          until(() -> node.metrics().rejectedInTotal() >= expected);
        }
      }
    }
    assertThat(node.metrics().rejectedInTotal()).isEqualTo(count);
    assertThat(LoopbackNodes.publish(network.get(1), published))
        .isInstanceOf(Publication.Accepted.class);
    assertThat(LoopbackNodes.resolve(node, published)).isInstanceOf(Resolution.Found.class);
  }

  private static void until(BooleanSupplier condition) {
    // The timeout of the class ends the wait.
    while (!condition.getAsBoolean()) {
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }
}
