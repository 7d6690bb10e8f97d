package dev.wsn.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.kademlia.Protocol;
import dev.wsn.record.AddressRecord;
import dev.wsn.record.IpPort;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import dev.wsn.wire.Limits;
import dev.wsn.wire.Rates;
import dev.wsn.wire.RejectReason;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node under a flood, over real sockets. */
@Timeout(120)
class FloodTest {
  /** One key agreement a second for strangers; with a cookie enough of everything. */
  private static final Rates FEW_AGREEMENTS =
      new Rates(
          new Rates.Allowance(10_000, 40_000, 40_000, 1),
          new Rates.Allowance(10_000, 40_000, 40_000, 1_000),
          10_000,
          40_000,
          1_024,
          true);

  private final LoopbackNodes nodes;

  FloodTest(@TempDir Path parent) {
    nodes = new LoopbackNodes(parent);
  }

  @AfterEach
  void stop() {
    nodes.close();
    assertThat(nodes.failures).isEmpty();
  }

  @Test
  void newcomersAreServedWithCookiesWhileForgersUseUpTheAgreements() throws IOException {
    DhtNode busy = nodes.start(0, 0, List.of(), Limits.defaults().withRates(FEW_AGREEMENTS));
    DhtNode other = nodes.start(1, 0, List.of(LoopbackNodes.contact(busy)));
    assertThat(LoopbackNodes.await(other.joined())).isEqualTo(1);
    flood(busy.listening(), 10 * Protocol.BURST_SECONDS);

    DhtNode client = nodes.client(List.of(LoopbackNodes.contact(busy)));
    assertThat(LoopbackNodes.await(client.joined())).isPositive();
    AddressRecord published = LoopbackNodes.sign(1, LoopbackNodes.unixSeconds(), 4848);
    assertThat(LoopbackNodes.publish(client, published)).isInstanceOf(Publication.Accepted.class);
    assertThat(LoopbackNodes.resolve(other, published)).isInstanceOf(Resolution.Found.class);

    assertThat(client.metrics().challengesReceived()).isPositive();
    assertThat(busy.metrics().challenged(RejectReason.AGREEMENT_RATE)).isPositive();
  }

  /** Requests of keys that nobody has; most are no point of the curve, which costs as much. */
  private static void flood(IpPort to, int count) throws IOException {
    Random random = new Random(7);
    try (DatagramSocket socket = new DatagramSocket()) {
      byte[] forged = new byte[80];
      for (int i = 0; i < count; i++) {
        random.nextBytes(forged);
        forged[0] = 0x10;
        socket.send(
            new DatagramPacket(
                forged, forged.length, InetAddress.getByAddress(to.address().bytes()), to.port()));
      }
    }
  }
}
