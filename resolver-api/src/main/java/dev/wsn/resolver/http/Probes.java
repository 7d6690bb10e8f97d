package dev.wsn.resolver.http;

import dev.wsn.record.AddressRecord;
import dev.wsn.record.EventId;
import dev.wsn.resolver.EndpointProbe;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Remembers for {@link #FRESH} what came of dialling a record, so that strangers cannot make this
 * machine dial somebody over and over. Confined to the server's event loop.
 */
final class Probes {
  /** How long a probe is not repeated. */
  static final Duration FRESH = Duration.ofSeconds(30);

  /** Records that are remembered. */
  static final int MAX_RECORDS = 1_000;

  private record Probed(long atMillis, CompletionStage<List<EndpointProbe.Report>> reports) {}

  private final EndpointProbe probe;
  private final LongSupplier monotonicMillis;
  private final Map<EventId, Probed> known =
      new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<EventId, Probed> eldest) {
          return size() > MAX_RECORDS;
        }
      };

  Probes(EndpointProbe probe, LongSupplier monotonicMillis) {
    this.probe = probe;
    this.monotonicMillis = monotonicMillis;
  }

  /** Whether nobody has to be dialled. */
  boolean isKnown(AddressRecord current) {
    return fresh(current) != null;
  }

  /** One report for each endpoint. */
  CompletionStage<List<EndpointProbe.Report>> of(AddressRecord current) {
    Probed fresh = fresh(current);
    if (fresh != null) {
      return fresh.reports();
    }
    Probed probed = new Probed(monotonicMillis.getAsLong(), probe.probe(current));
    known.remove(current.event().id());
    known.put(current.event().id(), probed);
    return probed.reports();
  }

  private @Nullable Probed fresh(AddressRecord current) {
    Probed probed = known.get(current.event().id());
    boolean isFresh =
        probed != null && monotonicMillis.getAsLong() - probed.atMillis() < FRESH.toMillis();
    return isFresh ? probed : null;
  }
}
