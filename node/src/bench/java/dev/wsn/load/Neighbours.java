package dev.wsn.load;

import dev.wsn.kademlia.Contact;
import dev.wsn.node.DhtNode;
import dev.wsn.resolver.Publication;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Nodes around the one that is measured, and records in all of them, until standard input ends. */
public final class Neighbours {
  private Neighbours() {}

  /**
   * Starts them.
   *
   * @param arguments port of the measured node, a directory, how many nodes, how many records
   */
  public static void main(String[] arguments) throws IOException {
    Contact seed = LoadNodes.contact(0, Integer.parseInt(arguments[0]));
    int records = Integer.parseInt(arguments[3]);
    List<DhtNode> nodes = new ArrayList<>();
    for (int i = 1; i <= Integer.parseInt(arguments[2]); i++) {
      DhtNode node = LoadNodes.start(i, 0, Path.of(arguments[1]), List.of(seed), 100_000);
      LoadNodes.await(node.joined());
      nodes.add(node);
    }
    long now = LoadNodes.unixSeconds();
    for (int i = 0; i < records; i++) {
      DhtNode from = nodes.get(i % nodes.size());
      Publication published = LoadNodes.await(from.resolver().publish(LoadNodes.record(i, now)));
      if (!(published instanceof Publication.Accepted)) {
        throw new IllegalStateException("not published: " + published);
      }
    }
    System.out.println("ready");
    while (System.in.read() >= 0) {
      // Whoever started this closes the pipe.
    }
    nodes.forEach(DhtNode::close);
  }
}
