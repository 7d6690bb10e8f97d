package dev.wsn.cli;

import dev.wsn.crypto.Secp256k1;
import dev.wsn.kademlia.Contact;
import dev.wsn.node.DhtNode;
import dev.wsn.record.AddressScope;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** {@code --resolver}, {@code --seed}, {@code --network}, {@code --local}: whom to ask. */
final class NetworkOption {
  @Option(
      names = "--seed",
      paramLabel = "NPUB@IP:PORT",
      description = "ask the DHT itself, starting at this node; repeatable",
      converter = SeedConverter.class)
  private List<Contact> seeds = new ArrayList<>();

  @Option(
      names = "--network",
      paramLabel = "NAME",
      defaultValue = DhtNode.Options.MAIN_NETWORK,
      description = "which DHT the seeds are of (default: ${DEFAULT-VALUE})")
  private String network = DhtNode.Options.MAIN_NETWORK;

  @Option(names = "--local", description = "allow loopback and private addresses")
  private boolean isLocal;

  /** Whether loopback and private addresses were asked for. */
  boolean isLocal() {
    return isLocal;
  }

  /**
   * Opens the way to the network.
   *
   * @throws CommandFailure if there is none, or more than one
   */
  Access open(Host host) {
    if (seeds.isEmpty()) {
      throw CommandFailure.usage("whom to ask? Give --seed npub1…@IP:PORT");
    }
    return throughSeeds(host);
  }

  private Access throughSeeds(Host host) {
    // Seeds on this machine or in this house say by themselves that the network is local.
    boolean isLocalNetwork =
        isLocal
            || seeds.stream()
                .allMatch(seed -> seed.address().address().scope() != AddressScope.PUBLIC);
    DhtNode.Options options =
        DhtNode.Options.client(
            network,
            seeds,
            isLocalNetwork,
            Secp256k1.preferred(),
            host.clock(),
            host.monotonicMillis(),
            host.random());
    DhtNode client = DhtNode.start(options, bug -> host.stop().request());
    return new Access(
        client.resolver(),
        () -> {
          client.close();
          options.secret().close();
        });
  }
}
