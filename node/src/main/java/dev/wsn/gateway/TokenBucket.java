package dev.wsn.gateway;

/** So many per second, with a reserve for bursts. Not thread-safe. */
final class TokenBucket {
  private static final double MILLIS_PER_SECOND = 1000;

  private final double perSecond;
  private final double burst;
  private double tokens;
  private long filledAt;

  TokenBucket(double perSecond, double burst, long nowMillis) {
    this.perSecond = perSecond;
    this.burst = burst;
    this.tokens = burst;
    this.filledAt = nowMillis;
  }

  private void refill(long nowMillis) {
    double refill = (nowMillis - filledAt) / MILLIS_PER_SECOND * perSecond;
    tokens = Math.min(burst, tokens + Math.max(0, refill));
    filledAt = nowMillis;
  }

  /** Takes so many, on credit if there are not enough; the milliseconds until it is paid back. */
  long borrow(long count, long nowMillis) {
    refill(nowMillis);
    tokens -= count;
    return tokens >= 0 ? 0 : (long) Math.ceil(-tokens / perSecond * MILLIS_PER_SECOND);
  }

  /** Takes one, if there is one. */
  boolean take(long nowMillis) {
    refill(nowMillis);
    if (tokens < 1) {
      return false;
    }
    tokens -= 1;
    return true;
  }
}
