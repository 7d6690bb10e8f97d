package dev.wsn.wire;

import dev.wsn.kademlia.Protocol;

/**
 * How much a {@link DatagramSealer} remembers. All of it is dropped oldest first; nothing that a
 * stranger sends makes it grow further.
 *
 * @param peers pairs of keys kept for the nodes that this one calls, and as many for its callers;
 *     about 0.5 KB each, and a miss costs one key agreement
 * @param hotPairs pairs whose ciphers are kept ready; about 8 KB each, and a miss costs 2 µs
 * @param pending requests that wait for a reply; about 0.2 KB each
 * @param replays nonces of opened requests; about 30 bytes each
 * @param rates of the requests that are opened
 */
public record Limits(int peers, int hotPairs, int pending, int replays, Rates rates) {

  /**
   * Checks that everything has room for one.
   *
   * @throws IllegalArgumentException if a limit is less than one
   */
  public Limits {
    if (Math.min(Math.min(peers, hotPairs), Math.min(pending, replays)) < 1) {
      throw new IllegalArgumentException("every limit is at least 1");
    }
  }

  /** What a node on the Internet uses: at most some 20 MB. */
  public static Limits defaults() {
    return new Limits(
        Protocol.MAX_PEERS,
        Protocol.MAX_HOT_PAIRS,
        Protocol.MAX_UNANSWERED,
        Protocol.MAX_REPLAYS,
        Rates.defaults());
  }

  /** The same with other rates. */
  public Limits withRates(Rates others) {
    return new Limits(peers, hotPairs, pending, replays, others);
  }

  /** The same for a network of one machine or building. */
  public Limits asLocal() {
    return withRates(rates.asLocal());
  }
}
