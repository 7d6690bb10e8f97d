package dev.wsn.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.Map;
import java.util.StringJoiner;
import picocli.CommandLine.Help.Ansi;

/** A status page for people: tables, with colour on a terminal. */
final class StatusText {
  /** Goes to the upper left corner of a terminal and clears it. */
  static final String CLEAR = "\033[H\033[2J";

  private static final int SHOWN_PEERS = 10;
  private static final int BAR = 40;

  private final JsonNode status;
  private final long unixSeconds;
  private final StringBuilder text = new StringBuilder();

  /**
   * Of one page.
   *
   * @param unixSeconds now
   */
  StatusText(JsonNode status, long unixSeconds) {
    this.status = status;
    this.unixSeconds = unixSeconds;
  }

  /** All lines. */
  String text() {
    if (status.has("relay")) {
      relay(status.get("relay"));
    }
    if (status.has("contacts")) {
      node();
      table();
      counts("REQUEST", status.path("requests"), "received", "sent", "answered", "unanswered");
      counts(
          "LOOKUP",
          status.path("lookups"),
          "found",
          "not_found",
          "unanswered",
          "done",
          "mean_millis",
          "mean_hops",
          "mean_asked");
      peers();
    }
    return text.toString();
  }

  private static String coloured(boolean isGood, String words) {
    return Ansi.AUTO.string((isGood ? "@|green " : "@|red ") + words + "|@");
  }

  private void line(String name, String value) {
    text.append("%-10s %s%n".formatted(name, value));
  }

  private void relay(JsonNode relay) {
    line("relay", "wsn://" + relay.path("npub").asText());
    line("record", coloured(relay.path("ready").asBoolean(), relay.path("detail").asText()));
    for (JsonNode endpoint : relay.path("endpoints")) {
      line("", endpoint.asText());
    }
    if (relay.has("created_at")) {
      Duration age = Duration.ofSeconds(unixSeconds - relay.get("created_at").asLong());
      line("signed", DurationText.of(age) + " ago");
    }
    line(
        "clients",
        "%d connections, %d channels opened"
            .formatted(relay.path("connections").asLong(), relay.path("channels_opened").asLong()));
    mapping();
    limits(relay.path("limits_reached"));
    text.append('\n');
  }

  /** What the router does for {@code --map-port}; nothing without that option. */
  private void mapping() {
    JsonNode mapping = status.path("port_mapping");
    String port = mapping.path("port").asText();
    switch (mapping.path("state").asText()) {
      case "mapped" -> line("mapping", mapped(port, mapping));
      case "refused" ->
          line(
              "mapping",
              coloured(false, "no router forwards " + port)
                  + " ("
                  + mapping.path("detail").asText()
                  + ")");
      case "asking" -> line("mapping", "a router is being asked to forward " + port);
      case "ended" -> line("mapping", "the router stopped to forward " + port);
      default -> {}
    }
  }

  private static String mapped(String port, JsonNode mapping) {
    boolean isLost = mapping.has("public") && !mapping.get("public").asBoolean();
    String of = mapping.has("address") ? " of " + mapping.get("address").asText() : "";
    String until =
        mapping.has("seconds_left")
            ? "leased for another "
                + DurationText.of(Duration.ofSeconds(mapping.get("seconds_left").asLong()))
                + ", renewed before that"
            : "until it is told to stop";
    return coloured(!isLost, mapping.path("router").asText() + " forwards " + port + of)
        + (isLost ? ", which is no address of the Internet: another router is behind it; " : ", ")
        + until;
  }

  private void node() {
    line("node", status.path("seed").asText());
    line("version", status.path("version").asText());
    if (status.has("network")) {
      line(
          "network", status.get("network").asText() + ", resolver " + status.path("http").asText());
    }
    line("DHT", coloured(status.path("reachable").asBoolean(), status.path("detail").asText()));
    line(
        "size",
        "%d contacts (%d IPv4, %d IPv6) of about %d nodes"
            .formatted(
                status.path("contacts").asLong(),
                status.path("contacts_ipv4").asLong(),
                status.path("contacts_ipv6").asLong(),
                status.path("network_size").asLong()));
    if (!status.has("relay")) {
      mapping();
    }
    JsonNode store = status.path("store");
    if (!store.isMissingNode()) {
      line(
          "store",
          "%d records, %d kB, %d writes in %d commits, %d waiting, %d lost"
              .formatted(
                  status.path("records").asLong(),
                  store.path("bytes").asLong() / 1024,
                  store.path("writes").asLong(),
                  store.path("commits").asLong(),
                  store.path("waiting").asLong(),
                  store.path("lost").asLong()));
    }
    line("rejected", status.path("datagrams_rejected").asLong() + " datagrams");
    limits(status.path("limits_reached"));
    text.append('\n');
  }

  /** What was refused because of the limits of a resolver or gateway; nothing if nothing was. */
  private void limits(JsonNode reached) {
    StringJoiner counts = new StringJoiner(", ");
    for (Map.Entry<String, JsonNode> each : reached.properties()) {
      counts.add(each.getKey().replace('_', ' ') + " " + each.getValue().asLong() + " times");
    }
    if (!reached.isEmpty()) {
      line("limits hit", counts.toString());
    }
  }

  private void table() {
    if (status.path("table").isEmpty()) {
      return;
    }
    Table table = new Table("SHARED BITS", "CONTACTS", "");
    for (JsonNode row : status.path("table")) {
      int contacts = row.path("contacts").asInt();
      table.add(
          row.path("shared_bits").asText(),
          Integer.toString(contacts),
          "#".repeat(Math.min(BAR, contacts)));
    }
    text.append(table.text()).append('\n');
  }

  private void counts(String heading, JsonNode kinds, String... columns) {
    String[] cells = new String[columns.length + 1];
    cells[0] = heading;
    for (int i = 0; i < columns.length; i++) {
      cells[i + 1] = columns[i].replace('_', ' ');
    }
    Table table = new Table(cells);
    for (Map.Entry<String, JsonNode> kind : kinds.properties()) {
      String[] row = new String[columns.length + 1];
      row[0] = kind.getKey();
      for (int i = 0; i < columns.length; i++) {
        row[i + 1] = kind.getValue().path(columns[i]).asText();
      }
      table.add(row);
    }
    text.append(table.text()).append('\n');
  }

  private void peers() {
    JsonNode peers = status.path("peers");
    if (peers.isEmpty()) {
      return;
    }
    Table table = new Table("PEER", "ADDRESS");
    for (int i = 0; i < Math.min(SHOWN_PEERS, peers.size()); i++) {
      table.add(peers.get(i).path("npub").asText(), peers.get(i).path("address").asText());
    }
    text.append(table.text());
    if (peers.size() > SHOWN_PEERS) {
      text.append("… and more; --json has up to ").append(StatusJson.MAX_PEERS).append('\n');
    }
  }
}
