package dev.wsn.monitor;

import dev.wsn.metrics.Histogram;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
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

  private static final String DNS_QUERY = "/dns-query";

  /** What a request speaks. */
  private enum Face {
    HTTP,
    /** DNS over HTTP. */
    DOH,
    /** A WebSocket of a Nostr client; it is open for as long as the request takes. */
    NOSTR
  }

  private static final class Counts {
    private final LongAdder[] statuses =
        IntStream.range(0, STATUSES).mapToObj(i -> new LongAdder()).toArray(LongAdder[]::new);
    private final Histogram seconds = Histogram.ofSeconds();
    private final AtomicInteger inFlight = new AtomicInteger();
  }

  private final LongSupplier monotonicMillis;
  private final Map<Face, Counts> counts = new EnumMap<>(Face.class);

  /** Nothing counted yet. */
  public HttpMeters(LongSupplier monotonicMillis) {
    this.monotonicMillis = monotonicMillis;
    EnumSet.allOf(Face.class).forEach(face -> counts.put(face, new Counts()));
  }

  /** Counts what passes through a router from now on. */
  public void watch(Router router) {
    router.route().order(Integer.MIN_VALUE).handler(this::count);
  }

  private static Face face(HttpServerRequest request) {
    if (DNS_QUERY.equals(request.path())) {
      return Face.DOH;
    }
    return "websocket".equalsIgnoreCase(request.getHeader("Upgrade")) ? Face.NOSTR : Face.HTTP;
  }

  private void count(RoutingContext context) {
    long began = monotonicMillis.getAsLong();
    Counts of = Objects.requireNonNull(counts.get(face(context.request())));
    of.inFlight.incrementAndGet();
    context.addEndHandler(
        ended -> {
          of.inFlight.decrementAndGet();
          int status = context.response().getStatusCode();
          of.statuses[Math.max(0, Math.min(status, STATUSES - 1))].increment();
          of.seconds.observeMillis(monotonicMillis.getAsLong() - began);
        });
    context.next();
  }

  /** Adds the meters of what is counted. */
  public void addTo(Meters meters) {
    Map<String, Histogram> seconds = new TreeMap<>();
    counts.forEach(
        (face, of) -> {
          seconds.put(Meters.label(face), of.seconds);
          add(meters, Meters.label(face), of);
        });
    meters.histograms(
        "wsn_resolver_request_seconds",
        "Time until the response is sent, by face",
        "face",
        seconds);
  }

  private static void add(Meters meters, String face, Counts of) {
    for (int status : SHOWN) {
      meters.counter(
          "wsn.resolver.requests",
          "Requests to the resolver, by face and status",
          of.statuses[status]::sum,
          "face",
          face,
          "status",
          Integer.toString(status));
    }
    meters.gauge(
        "wsn.resolver.requests.in.flight",
        "Requests being answered",
        of.inFlight::get,
        "face",
        face);
  }
}
