package dev.wsn.cli;

import dev.wsn.resolver.AskedNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Help.Ansi;

/**
 * Draws a lookup as the tree of its referrals: below each node those that it named first, with what
 * they answered. Nodes known from the start are at the left.
 */
final class LookupText {
  private static final String NOBODY =
      "nobody was asked, the answer was at hand; with --policy quorum the network is asked%n";

  private final Ansi ansi;
  private final Map<AskedNode, List<AskedNode>> named = new HashMap<>();
  private final List<AskedNode> known = new ArrayList<>();
  private final Table table = new Table("NODE", "ADDRESS", "HOP", "SHARED BITS", "TIME", "SAID");

  private LookupText(boolean isColoured) {
    this.ansi = isColoured ? Ansi.ON : Ansi.OFF;
  }

  /**
   * All lines.
   *
   * @param path in the order of the questions; may be a stranger's
   */
  static String of(List<AskedNode> path, boolean isColoured) {
    if (path.isEmpty()) {
      return NOBODY.formatted();
    }
    LookupText text = new LookupText(isColoured);
    text.plant(path);
    text.branch(text.known, "");
    return text.table.text();
  }

  /** Who named whom. A stranger's path may go round in circles; hops only go up here. */
  private void plant(List<AskedNode> path) {
    Map<String, AskedNode> byName = new HashMap<>();
    for (AskedNode asked : path) {
      AskedNode unused = byName.putIfAbsent(asked.node(), asked);
    }
    for (AskedNode asked : path) {
      AskedNode parent = asked.namedBy().map(byName::get).orElse(null);
      if (parent == null || parent.hop() >= asked.hop()) {
        known.add(asked);
      } else {
        named.computeIfAbsent(parent, first -> new ArrayList<>()).add(asked);
      }
    }
  }

  private void branch(List<AskedNode> siblings, String indent) {
    for (int i = 0; i < siblings.size(); i++) {
      AskedNode asked = siblings.get(i);
      boolean isLast = i == siblings.size() - 1;
      String bough = asked.hop() == 1 ? "" : isLast ? "└─ " : "├─ ";
      row(indent + bough, asked);
      String below = asked.hop() == 1 ? "" : isLast ? "   " : "│  ";
      branch(named.getOrDefault(asked, List.of()), indent + below);
    }
  }

  private void row(String indent, AskedNode asked) {
    String time =
        asked.roundTripMillis().isPresent() ? asked.roundTripMillis().getAsLong() + " ms" : "";
    table.add(
        indent + asked.node(),
        asked.at(),
        Integer.toString(asked.hop()),
        Integer.toString(asked.sharedBits()),
        time,
        ansi.string(said(asked.said())));
  }

  private static String said(AskedNode.Said said) {
    return switch (said) {
      case NODES -> "closer nodes";
      case RECORD -> "@|green the record|@";
      case OLDER_RECORD -> "@|red another record than the newest|@";
      case BAD_RECORD -> "@|red no valid record|@";
      case SILENCE -> "@|faint nothing in time|@";
      case WAITING -> "@|faint nothing yet|@";
    };
  }
}
