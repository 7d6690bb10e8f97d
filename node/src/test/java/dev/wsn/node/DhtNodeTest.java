package dev.wsn.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.wsn.record.AddressRecord;
import dev.wsn.resolver.Publication;
import dev.wsn.resolver.Resolution;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes over real sockets and real files. */
@Timeout(120)
class DhtNodeTest {
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
              });
      assertThat(node.status().isReachable()).isTrue();
      assertThat(node.status().nodes()).isEqualTo(7);
    }
    assertThat(LoopbackNodes.publish(network.get(3), published))
        .isInstanceOfSatisfying(
            Publication.Accepted.class, again -> assertThat(again.isNew()).isFalse());
  }
}
