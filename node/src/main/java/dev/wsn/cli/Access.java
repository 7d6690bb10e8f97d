package dev.wsn.cli;

import dev.wsn.node.DhtNode;
import dev.wsn.resolver.Resolver;
import dev.wsn.resolver.client.FallbackResolver;
import dev.wsn.resolver.client.RememberingResolver;
import dev.wsn.resolver.client.SeenFile;
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
  /** This one, and another one that helps when this one fails. */
  Access before(Access other) {
    return new Access(
        new FallbackResolver(resolver, other.resolver),
        client.or(other::client),
        () -> {
          closing.run();
          other.close();
        });
  }

  /** The same; answers never go back behind what was seen before, also in earlier runs. */
  Access remembering(Host host) {
    return SeenFile.standard(host.environment())
        .map(file -> new RememberingResolver(resolver, file, host.clock()))
        .map(
            remembering ->
                new Access(
                    remembering,
                    client,
                    () -> {
                      closing.run();
                      remembering.close();
                    }))
        .orElse(this);
  }

  @Override
  public void close() {
    closing.run();
  }
}
