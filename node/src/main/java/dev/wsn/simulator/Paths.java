package dev.wsn.simulator;

import java.util.random.RandomGenerator;

/**
 * One-way delays of datagrams: half of a log-normal round trip. The distribution is a table of
 * quantiles, computed with {@link StrictMath} so that every machine has the same.
 */
final class Paths {
  private static final double P95_SIGMAS = 1.6449;
  private static final int BITS = 14;
  private static final long MAX_DELAY_MILLIS = 10_000;

  /** Jitter of a fixed path: up to a tenth of its delay. */
  private static final double JITTER = 0.1;

  private final boolean isFixed;
  private final long salt;
  private final double[] delayMillis = new double[1 << BITS];

  Paths(Faults faults, long salt) {
    this.isFixed = faults.hasFixedPaths();
    this.salt = salt;
    double sigma = StrictMath.log(faults.rttP95Millis() / faults.rttMedianMillis()) / P95_SIGMAS;
    for (int i = 0; i < delayMillis.length; i++) {
      double sigmas = normalQuantile((i + 0.5) / delayMillis.length);
      double oneWay = faults.rttMedianMillis() / 2 * StrictMath.exp(sigma * sigmas);
      delayMillis[i] = Math.min(MAX_DELAY_MILLIS, oneWay);
    }
  }

  /** Delay of one datagram between two members. */
  long delayMillis(int from, int to, RandomGenerator random) {
    double millis =
        isFixed
            ? pathMillis(from, to) * (1 + JITTER * random.nextDouble())
            : delayMillis[random.nextInt() >>> (Integer.SIZE - BITS)];
    return (long) (millis + 0.5);
  }

  /** Round trip of a pair without jitter; of a typical pair if paths are not fixed. */
  long roundTripMillis(int from, int to) {
    return (long) (2 * (isFixed ? pathMillis(from, to) : delayMillis[delayMillis.length / 2]));
  }

  private double pathMillis(int from, int to) {
    long pair = (long) Math.min(from, to) << Integer.SIZE | Math.max(from, to);
    return delayMillis[(int) (Mixing.mix(pair ^ salt) >>> (Long.SIZE - BITS))];
  }

  /** Inverse of the standard normal distribution function (Acklam), relative error under 1.2e-9. */
  private static double normalQuantile(double p) {
    double[] a = {
      -39.69683028665376, 220.9460984245205, -275.9285104469687,
      138.3577518672690, -30.66479806614716, 2.506628277459239
    };
    double[] b = {
      -54.47609879822406,
      161.5858368580409,
      -155.6989798598866,
      66.80131188771972,
      -13.28068155288572,
      1
    };
    double[] c = {
      -0.007784894002430293, -0.3223964580411365, -2.400758277161838,
      -2.549732539343734, 4.374664141464968, 2.938163982698783
    };
    double[] d = {
      0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416, 1
    };
    double tail = 0.02425;
    if (p < tail || p > 1 - tail) {
      double q = StrictMath.sqrt(-2 * StrictMath.log(Math.min(p, 1 - p)));
      double low = polynomial(c, q) / polynomial(d, q);
      return p < tail ? low : -low;
    }
    double q = p - 0.5;
    return polynomial(a, q * q) * q / polynomial(b, q * q);
  }

  private static double polynomial(double[] coefficients, double x) {
    double value = 0;
    for (double coefficient : coefficients) {
      value = value * x + coefficient;
    }
    return value;
  }
}
