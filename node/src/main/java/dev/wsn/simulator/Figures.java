package dev.wsn.simulator;

import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The figures of a run, or medians over several.
 *
 * @param lookups that ended
 * @param success share of them whose answer was fresh
 * @param stale share of them whose answer was an older record
 * @param p50Millis median time to a fresh answer
 * @param p95Millis 95th percentile of it
 * @param p99Millis 99th percentile of it
 * @param finalSuccess share of the lookups that had the fresh record at their end
 * @param finalStale share of them that had an older one at their end
 * @param finalP50Millis median time to the end of a lookup
 * @param finalP99Millis 99th percentile of it
 * @param hops on average
 * @param asked nodes asked per lookup on average
 * @param loadP50 requests per server and minute, median over the servers
 * @param loadP99 the same, 99th percentile
 * @param loadMax the same, maximum
 */
public record Figures(
    double lookups,
    double success,
    double stale,
    double p50Millis,
    double p95Millis,
    double p99Millis,
    double finalSuccess,
    double finalStale,
    double finalP50Millis,
    double finalP99Millis,
    double hops,
    double asked,
    double loadP50,
    double loadP99,
    double loadMax) {
  /**
   * The median of every figure by itself.
   *
   * @param runs at least one
   */
  public static Figures medians(List<Figures> runs) {
    return new Figures(
        median(runs, Figures::lookups),
        median(runs, Figures::success),
        median(runs, Figures::stale),
        median(runs, Figures::p50Millis),
        median(runs, Figures::p95Millis),
        median(runs, Figures::p99Millis),
        median(runs, Figures::finalSuccess),
        median(runs, Figures::finalStale),
        median(runs, Figures::finalP50Millis),
        median(runs, Figures::finalP99Millis),
        median(runs, Figures::hops),
        median(runs, Figures::asked),
        median(runs, Figures::loadP50),
        median(runs, Figures::loadP99),
        median(runs, Figures::loadMax));
  }

  private static double median(List<Figures> runs, ToDoubleFunction<Figures> figure) {
    double[] sorted = runs.stream().mapToDouble(figure).sorted().toArray();
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
