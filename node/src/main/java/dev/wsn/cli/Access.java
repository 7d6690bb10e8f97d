package dev.wsn.cli;

import dev.wsn.resolver.Resolver;

/**
 * A way to ask the network, open while a command runs.
 *
 * @param resolver whom to ask
 * @param closing ends what the resolver needs
 */
record Access(Resolver resolver, Runnable closing) implements AutoCloseable {
  @Override
  public void close() {
    closing.run();
  }
}
