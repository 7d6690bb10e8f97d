package dev.wsn.load;

import dev.wsn.node.DhtNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** One node on a port of 127.0.0.1, until its standard input ends. */
public final class ServeNode {
  private ServeNode() {}

  /**
   * Serves.
   *
   * @param arguments the port and a directory
   */
  public static void main(String[] arguments) throws IOException {
    int port = Integer.parseInt(arguments[0]);
    try (DhtNode node = LoadNodes.start(0, port, Path.of(arguments[1]), List.of(), 100_000)) {
      System.out.println("ready " + node.seed());
      while (System.in.read() >= 0) {
        // Whoever started this closes the pipe.
      }
    }
  }
}
