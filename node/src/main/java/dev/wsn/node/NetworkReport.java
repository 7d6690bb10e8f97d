package dev.wsn.node;

import dev.wsn.kademlia.TableSummary;
import dev.wsn.record.IpPort;
import dev.wsn.resolver.NetworkStatus;
import java.util.List;
import java.util.OptionalLong;

/** Puts what a node knows of its network into words and numbers for others. Stateless. */
final class NetworkReport {
  private NetworkReport() {}

  /**
   * The report.
   *
   * @param seed of this node
   * @param seeds that it was given
   * @param silentSeconds since another node answered
   */
  static NetworkStatus of(
      DhtDriver driver, String seed, List<String> seeds, OptionalLong silentSeconds) {
    int contacts = driver.contacts();
    boolean isReachable =
        silentSeconds.isPresent() && silentSeconds.getAsLong() * 1_000 <= DhtNode.REACHABLE_MILLIS;
    List<TableSummary> tables = driver.tables();
    return new NetworkStatus(
        seed,
        contacts,
        isReachable,
        detail(contacts, isReachable, silentSeconds),
        driver.networkSize(),
        family(tables.get(0)),
        family(tables.get(1)),
        seeds);
  }

  private static String detail(int contacts, boolean isReachable, OptionalLong silentSeconds) {
    if (silentSeconds.isEmpty()) {
      return "no other node has answered yet";
    }
    long silent = silentSeconds.getAsLong();
    return isReachable
        ? contacts + " nodes known, the last answer came " + silent + " s ago"
        : "no other node has answered for " + silent + " s";
  }

  private static NetworkStatus.Family family(TableSummary table) {
    return new NetworkStatus.Family(
        table.contacts(),
        table.answering(),
        table.estimatedNodes().isEmpty()
            ? OptionalLong.empty()
            : OptionalLong.of(Math.round(table.estimatedNodes().getAsDouble())),
        table.external().map(IpPort::toString),
        table.isReachable(),
        table.bySharedBits());
  }
}
