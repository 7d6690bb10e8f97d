package dev.wsn.cli;

import java.nio.file.Path;

/**
 * Two nodes of {@code wsn node} on the loopback interface, run by the command line itself: what the
 * other commands talk to in tests.
 */
final class CliNetwork implements AutoCloseable {
  private final RecordedHost.Running first;
  private final RecordedHost.Running second;
  private final String seed;
  private final String resolver;

  CliNetwork(Path directory) {
    first = node(directory.resolve("first"));
    seed = first.line("seed ");
    second = node(directory.resolve("second"), "--seed", seed);
    resolver = second.line("http ");
  }

  private static RecordedHost.Running node(Path data, String... more) {
    String[] arguments = {
      "node",
      "--local",
      "--listen",
      "127.0.0.1:0",
      "--http",
      "127.0.0.1:0",
      "--data",
      data.toString()
    };
    String[] all = new String[arguments.length + more.length];
    System.arraycopy(arguments, 0, all, 0, arguments.length);
    System.arraycopy(more, 0, all, arguments.length, more.length);
    return new RecordedHost().start(all);
  }

  /** Seed of the first node. */
  String seed() {
    return seed;
  }

  /** Resolver of the second node. */
  String resolver() {
    return resolver;
  }

  @Override
  public void close() {
    second.close();
    first.close();
  }
}
