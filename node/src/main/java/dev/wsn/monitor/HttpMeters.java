package dev.wsn.monitor;

import dev.wsn.metrics.Histogram;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/** Counts the requests to a router, by status. For its event loops; read by any thread. */
public final class HttpMeters {
  private static final int STATUSES = 600;

  /** What this server and those in front of it answer; the rest counts as its hundred. */
  private static final int[] SHOWN = {
    101, 200, 201, 202, 204, 304, 400, 403, 404, 405, 406, 408, 409, 410, 411, 413, 414, 415, 417,
    421, 422, 425, 426, 429, 431, 500, 502, 503, 504
  };

  private final LongSupplier monotonicMillis;
  private final LongAdder[] statuses =
      IntStream.range(0, STATUSES).mapToObj(i -> new LongAdder()).toArray(LongAdder[]::new);
  private final Histogram seconds = Histogram.ofSeconds();
  private final AtomicInteger inFlight = new AtomicInteger();

  /** Nothing counted yet. */
  public HttpMeters(LongSupplier monotonicMillis) {
    this.monotonicMillis = monotonicMillis;
  }

  /** Counts what passes through a router from now on. */
  public void watch(Router router) {
    router.route().order(Integer.MIN_VALUE).handler(this::count);
  }

  private void count(RoutingContext context) {
    long began = monotonicMillis.getAsLong();
    inFlight.incrementAndGet();
    context.addEndHandler(
        ended -> {
          inFlight.decrementAndGet();
          int status = context.response().getStatusCode();
          statuses[Math.max(0, Math.min(status, STATUSES - 1))].increment();
          seconds.observeMillis(monotonicMillis.getAsLong() - began);
        });
    context.next();
  }

  /** Adds the meters of what is counted. */
  public void addTo(Meters meters) {
    for (int status : SHOWN) {
      meters.counter(
          "wsn.resolver.requests",
          "Requests to the resolver, by face and status",
          statuses[status]::sum,
          "face",
          "http",
          "status",
          Integer.toString(status));
    }
    meters.gauge(
        "wsn.resolver.requests.in.flight",
        "Requests being answered",
        inFlight::get,
        "face",
        "http");
    meters.histograms(
        "wsn_resolver_request_seconds",
        "Time until the response is sent, by face",
        "face",
        Map.of("http", seconds));
  }
}
