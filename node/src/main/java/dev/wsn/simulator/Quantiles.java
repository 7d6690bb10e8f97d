package dev.wsn.simulator;

/** Order statistics of sorted values. */
final class Quantiles {
  private Quantiles() {}

  /** The smallest value that at least this share of the values does not exceed; 0 of nothing. */
  static double of(double[] sorted, double share) {
    if (sorted.length == 0) {
      return 0;
    }
    int rank = (int) StrictMath.ceil(share * sorted.length);
    return sorted[Math.max(0, Math.min(sorted.length, rank) - 1)];
  }
}
