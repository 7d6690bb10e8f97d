package dev.wsn.simulator;

import java.util.SplittableRandom;

/**
 * How long members stay online: half of the sessions are exponential, half Weibull with a shape
 * under one, as measured in deployed networks (Stutzbach and Rejaie 2006), where most sessions are
 * short and a few very long. Both halves have the same median. Computed with {@link StrictMath} so
 * that every machine draws the same.
 */
final class Sessions {
  /** Shape of the Weibull half: what was measured in Kad. */
  static final double WEIBULL_SHAPE = 0.59;

  private final double exponentialMean;
  private final double weibullScale;

  /** Sessions of this median. */
  Sessions(double medianMillis) {
    double ln2 = StrictMath.log(2);
    this.exponentialMean = medianMillis / ln2;
    this.weibullScale = medianMillis / StrictMath.pow(ln2, 1 / WEIBULL_SHAPE);
  }

  /** Length of a session, at least a second. */
  long drawMillis(SplittableRandom random) {
    double unit = -StrictMath.log(1 - random.nextDouble());
    double millis =
        random.nextInt() < 0
            ? exponentialMean * unit
            : weibullScale * StrictMath.pow(unit, 1 / WEIBULL_SHAPE);
    return Math.max(1000, (long) millis);
  }
}
