package dev.wsn.resolver.quota;

import dev.wsn.record.IpAddress;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A token bucket for each client, an IPv4 address or an IPv6 /64. The bucket of the client that was
 * silent longest goes when there are {@link #MAX_CLIENTS}; a full one would have been made anew
 * anyway. Thread-safe.
 */
public final class Quota {
  /** Buckets that are kept, about 400 bytes each. */
  public static final int MAX_CLIENTS = 100_000;

  /**
   * What came of a request for tokens.
   *
   * @param isGranted whether they were given
   * @param remaining tokens left
   * @param retryAfter until there will be enough; zero when granted
   */
  public record Grant(boolean isGranted, long remaining, Duration retryAfter) {}

  private final Limit limit;
  private final LimitCounters limits;
  private volatile Rate rate;
  private final TimeMeter clock;
  private final Map<AddressRange, Bucket> buckets;

  /**
   * A quota that nobody has used.
   *
   * @param limit as which refusals are counted; also the name in the RateLimit header fields
   * @param limits counts them
   * @param monotonicMillis a clock that never goes back, of arbitrary origin
   */
  public Quota(Limit limit, Rate rate, LimitCounters limits, LongSupplier monotonicMillis) {
    this.limit = limit;
    this.limits = limits;
    this.rate = rate;
    this.clock = new Monotonic(monotonicMillis);
    this.buckets =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1L;

          @Override
          protected boolean removeEldestEntry(Map.Entry<AddressRange, Bucket> eldest) {
            return size() > MAX_CLIENTS;
          }
        };
  }

  private record Monotonic(LongSupplier millis) implements TimeMeter {
    @Override
    public long currentTimeNanos() {
      return TimeUnit.MILLISECONDS.toNanos(millis.getAsLong());
    }

    @Override
    public boolean isWallClockBased() {
      return false;
    }
  }

  /** Gives another rate from now on; what clients have used is forgotten. Any thread. */
  void change(Rate other) {
    synchronized (buckets) {
      if (!rate.equals(other)) {
        rate = other;
        buckets.clear();
      }
    }
  }

  /** How much a client may have. */
  public Rate rate() {
    return rate;
  }

  /** Name of the quota in header fields. */
  public String name() {
    return limit.label();
  }

  /** Takes tokens of a client, all or none; counts it when there are not enough. */
  public Grant take(IpAddress client, int tokens) {
    Bucket bucket;
    int burst;
    synchronized (buckets) {
      if (!rate.isLimited()) {
        return new Grant(true, Rate.MAX, Duration.ZERO);
      }
      burst = rate.burst();
      bucket = buckets.computeIfAbsent(AddressRange.ofClient(client), unknown -> full());
    }
    ConsumptionProbe probe = bucket.tryConsumeAndReturnRemaining(Math.min(tokens, burst));
    if (!probe.isConsumed()) {
      limits.reached(limit);
    }
    return new Grant(
        probe.isConsumed(),
        probe.getRemainingTokens(),
        Duration.ofNanos(probe.getNanosToWaitForRefill()));
  }

  private Bucket full() {
    Rate granted = rate;
    return Bucket.builder()
        .addLimit(
            limit ->
                limit
                    .capacity(granted.burst())
                    .refillGreedy(granted.perSecond(), Duration.ofSeconds(1)))
        .withCustomTimePrecision(clock)
        .build();
  }
}
