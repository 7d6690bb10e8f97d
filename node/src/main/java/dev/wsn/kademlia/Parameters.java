package dev.wsn.kademlia;

/**
 * What may differ from node to node.
 *
 * @param k contacts of a bucket and of an answer, holders of a record; {@link Protocol#K} on every
 *     real network, less in tests
 * @param alpha requests that a lookup has in flight
 * @param wideAlpha the same when answers bring nothing closer, and when joining
 * @param isClient whether this node answers no requests and keeps nothing for others
 * @param isLocal whether loopback and private addresses are contacts like others
 * @param hasSubnetCaps whether the number of contacts of one subnet is bounded; addresses that are
 *     not public are exempt anyway
 * @param minTimeoutMillis shortest time after which a request counts as unanswered
 * @param firstTimeoutMillis the same while no round trip was measured yet
 * @param maxTimeoutMillis the same at most; a reply that is even later is not accepted
 * @param maxRecords records that this node keeps for others
 */
public record Parameters(
    int k,
    int alpha,
    int wideAlpha,
    boolean isClient,
    boolean isLocal,
    boolean hasSubnetCaps,
    long minTimeoutMillis,
    long firstTimeoutMillis,
    long maxTimeoutMillis,
    int maxRecords) {
  /**
   * Checks the ranges.
   *
   * @throws IllegalArgumentException if a count is not positive, alpha is over wideAlpha, or the
   *     timeouts are not in order
   */
  public Parameters {
    if (k < 1 || k > Protocol.K || alpha < 1 || wideAlpha < alpha || maxRecords < 0) {
      throw new IllegalArgumentException("k is 1 to 20, alpha 1 to wideAlpha, maxRecords from 0");
    }
    if (minTimeoutMillis < 1
        || firstTimeoutMillis < minTimeoutMillis
        || maxTimeoutMillis < firstTimeoutMillis) {
      throw new IllegalArgumentException("timeouts are positive and min <= first <= max");
    }
  }

  /** A public node of the Internet. */
  public static Parameters defaults() {
    return new Parameters(
        Protocol.K,
        Protocol.ALPHA,
        Protocol.WIDE_ALPHA,
        false,
        false,
        true,
        100,
        1000,
        3000,
        Protocol.MAX_RECORDS);
  }

  /** The same as a client: asks, is never asked. */
  public Parameters asClient() {
    return new Parameters(
        k,
        alpha,
        wideAlpha,
        true,
        isLocal,
        hasSubnetCaps,
        minTimeoutMillis,
        firstTimeoutMillis,
        maxTimeoutMillis,
        maxRecords);
  }

  /** The same with loopback and private addresses allowed. */
  public Parameters asLocal() {
    return new Parameters(
        k,
        alpha,
        wideAlpha,
        isClient,
        true,
        hasSubnetCaps,
        minTimeoutMillis,
        firstTimeoutMillis,
        maxTimeoutMillis,
        maxRecords);
  }

  /** The same with another k, for tests that read like the paper's figures. */
  public Parameters withK(int contacts) {
    return new Parameters(
        contacts,
        alpha,
        wideAlpha,
        isClient,
        isLocal,
        hasSubnetCaps,
        minTimeoutMillis,
        firstTimeoutMillis,
        maxTimeoutMillis,
        maxRecords);
  }

  /** The same with another number of records. */
  public Parameters withMaxRecords(int records) {
    return new Parameters(
        k,
        alpha,
        wideAlpha,
        isClient,
        isLocal,
        hasSubnetCaps,
        minTimeoutMillis,
        firstTimeoutMillis,
        maxTimeoutMillis,
        records);
  }
}
