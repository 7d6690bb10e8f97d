package dev.wsn.resolver.quota;

import dev.wsn.record.AddressScope;
import dev.wsn.record.IpAddress;
import java.util.HashMap;
import java.util.Map;

/**
 * How many of something are open at one time, in total and of one client, an IPv4 address or an
 * IPv6 /64. Clients of this machine count in the total only: behind a proxy on it all come from
 * there. Confined to one event loop.
 */
public final class Concurrency {
  private final int most;
  private final int mostOfOne;
  private final Runnable refusedInTotal;
  private final Runnable refusedOne;
  private final Map<AddressRange, Integer> clients = new HashMap<>();
  private int total;

  /**
   * Nothing is open.
   *
   * @param most in total; also bounds the memory
   * @param mostOfOne of one client
   * @param limits counts refusals
   * @param inTotal as which of them when there are too many in total
   * @param ofClient and when one client has too many
   */
  public Concurrency(int most, int mostOfOne, LimitCounters limits, Limit inTotal, Limit ofClient) {
    this.most = most;
    this.mostOfOne = mostOfOne;
    this.refusedInTotal = () -> limits.reached(inTotal);
    this.refusedOne = () -> limits.reached(ofClient);
  }

  /** Opens one; false if that would be too many. */
  public boolean enter(IpAddress client) {
    AddressRange range = AddressRange.ofClient(client);
    boolean isFree = client.scope() == AddressScope.LOOPBACK;
    if (!isFree && clients.getOrDefault(range, 0) >= mostOfOne) {
      refusedOne.run();
      return false;
    }
    if (total >= most) {
      refusedInTotal.run();
      return false;
    }
    total++;
    clients.merge(range, 1, Integer::sum);
    return true;
  }

  /** Closes one that was opened. */
  public void leave(IpAddress client) {
    total--;
    clients.computeIfPresent(
        AddressRange.ofClient(client), (range, open) -> open == 1 ? null : open - 1);
  }

  /** How many are open. */
  public int total() {
    return total;
  }
}
