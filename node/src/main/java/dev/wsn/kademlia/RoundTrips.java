package dev.wsn.kademlia;

/**
 * Smoothed round trip time and its variation, as RFC 6298 2 has them; says after how long an answer
 * is late.
 */
final class RoundTrips {
  private static final double GAIN = 1.0 / 8;
  private static final double VARIATION_GAIN = 1.0 / 4;
  private static final int VARIATIONS = 4;
  private static final int FEWER_VARIATIONS = 3;

  private double smoothedMillis;
  private double variationMillis;
  private boolean isMeasured;

  void measured(long millis) {
    if (isMeasured) {
      variationMillis += VARIATION_GAIN * (Math.abs(smoothedMillis - millis) - variationMillis);
      smoothedMillis += GAIN * (millis - smoothedMillis);
    } else {
      smoothedMillis = millis;
      variationMillis = millis / 2.0;
      isMeasured = true;
    }
  }

  boolean isMeasured() {
    return isMeasured;
  }

  /** After how long an answer is late, if it is the only one that counts. */
  long timeoutMillis(Parameters parameters) {
    return timeoutMillis(parameters, VARIATIONS);
  }

  /** The same if others may answer in its stead, and it may still come. */
  long impatientMillis(Parameters parameters) {
    return timeoutMillis(parameters, FEWER_VARIATIONS);
  }

  private long timeoutMillis(Parameters parameters, int variations) {
    if (!isMeasured) {
      return parameters.firstTimeoutMillis();
    }
    long timeout = (long) Math.ceil(smoothedMillis + variations * variationMillis);
    return Math.max(
        parameters.minTimeoutMillis(), Math.min(parameters.maxTimeoutMillis(), timeout));
  }
}
