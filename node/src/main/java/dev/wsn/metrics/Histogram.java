package dev.wsn.metrics;

import java.util.Arrays;
import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/**
 * How often a value fell between which bounds. The bounds never change, so two histograms of one
 * kind can be added up. Thread-safe; reads are eventually consistent.
 */
public final class Histogram {
  /** Seconds from a millisecond to half a minute: round trips, lookups, commits. */
  private static final double[] SECONDS = {
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30
  };

  /** Small numbers: hops and datagrams of one lookup. */
  private static final double[] NUMBERS = {0, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128};

  private final double[] bounds;
  private final LongAdder[] counts;
  private final DoubleAdder sum = new DoubleAdder();

  private Histogram(double... bounds) {
    this.bounds = bounds;
    this.counts = new LongAdder[bounds.length + 1];
    Arrays.setAll(counts, i -> new LongAdder());
  }

  /** Of durations in seconds. */
  public static Histogram ofSeconds() {
    return new Histogram(SECONDS);
  }

  /** Of small whole numbers. */
  public static Histogram ofNumbers() {
    return new Histogram(NUMBERS);
  }

  /** Counts a value; negative ones count as zero. */
  public void observe(double value) {
    double counted = Math.max(0, value);
    int at = Arrays.binarySearch(bounds, counted);
    counts[at >= 0 ? at : -at - 1].increment();
    sum.add(counted);
  }

  /** Counts a duration. */
  public void observeMillis(long millis) {
    observe(millis / 1e3);
  }

  /** The inclusive upper bounds, ascending; above the last one is one more range. */
  public double[] bounds() {
    return bounds.clone();
  }

  /** How many values fell into each range, one more than there are bounds. */
  public long[] counts() {
    return Arrays.stream(counts).mapToLong(LongAdder::sum).toArray();
  }

  /** All values together. */
  public double sum() {
    return sum.sum();
  }
}
