package dev.wsn.resolver.quota;

import java.util.function.LongSupplier;

/**
 * The three things that are counted apart, because they cost differently.
 *
 * @param requests every request, and every message of a WebSocket
 * @param lookups what the DHT must be asked for
 * @param publications records to store
 * @param limits counts who was refused what, also because of bounds that are no quotas
 */
public record Quotas(Quota requests, Quota lookups, Quota publications, LimitCounters limits) {
  /**
   * How much each client may have.
   *
   * @param requests every request, and every message of a WebSocket
   * @param lookups what the DHT must be asked for
   * @param publications records to store
   */
  public record Rates(Rate requests, Rate lookups, Rate publications) {
    /**
     * 100 requests a second and 400 at once; 10 lookups and 1,000 at once, which is one whole
     * batch; 1 publication and 30 at once.
     */
    public static Rates defaults() {
      return new Rates(new Rate(100, 400), new Rate(10, 1_000), new Rate(1, 30));
    }
  }

  /** Gives every client these rates from now on. Any thread. */
  public void change(Rates rates) {
    requests.change(rates.requests());
    lookups.change(rates.lookups());
    publications.change(rates.publications());
  }

  /** Quotas that nobody has used. */
  public static Quotas of(Rates rates, LongSupplier monotonicMillis) {
    LimitCounters limits = new LimitCounters();
    return new Quotas(
        new Quota(Limit.REQUESTS, rates.requests(), limits, monotonicMillis),
        new Quota(Limit.LOOKUPS, rates.lookups(), limits, monotonicMillis),
        new Quota(Limit.PUBLICATIONS, rates.publications(), limits, monotonicMillis),
        limits);
  }
}
