package dev.wsn.cli;

import dev.wsn.node.DhtNode;
import dev.wsn.resolver.Resolver;
import java.util.Optional;

/**
 * A way to ask the network, open while a command runs.
 *
 * @param resolver whom to ask
 * @param client the part of the DHT that this process is, if it asks the DHT itself
 * @param closing ends what the resolver needs
 */
record Access(Resolver resolver, Optional<DhtNode> client, Runnable closing)
    implements AutoCloseable {
  @Override
  public void close() {
    closing.run();
  }
}
