package dev.wsn.monitor;

import dev.wsn.metrics.Histogram;
import dev.wsn.metrics.Tally;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * All meters of this process, named by {@code docs/METRICS.md}. The values live where they are
 * counted; this only reads them when somebody asks. Labels are constants of the program, never keys
 * or addresses, so their number is bounded. Thread-safe.
 */
public final class Meters implements AutoCloseable {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  /** The registry alone would let them be collected. */
  private final Collection<Object> kept = new ConcurrentLinkedQueue<>();

  private final JvmGcMetrics collections = new JvmGcMetrics();

  /**
   * With the meters of the process itself.
   *
   * @param build what runs: version, Java, back end of the curve
   */
  public Meters(Map<String, String> build) {
    new JvmMemoryMetrics().bindTo(registry);
    collections.bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    String[] labels =
        build.entrySet().stream()
            .sorted(Map.Entry.comparingByKey())
            .flatMap(each -> List.of(each.getKey(), each.getValue()).stream())
            .toArray(String[]::new);
    gauge("wsn.build.info", "What runs, always 1", () -> 1, labels);
  }

  /** The label of a constant: its name in lower case. */
  static String label(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /** A number that only grows. */
  public void counter(String name, String help, LongSupplier value, String... labels) {
    kept.add(value);
    kept.add(
        FunctionCounter.builder(name, value, LongSupplier::getAsLong)
            .description(help)
            .tags(Tags.of(labels))
            .register(registry));
  }

  /** Counters of one enum, told apart by a label. */
  <E extends Enum<E>> void tally(
      String name, String help, String label, Class<E> type, Tally<E> tally, String... more) {
    for (E each : EnumSet.allOf(type)) {
      String[] labels =
          Tags.of(more).and(label, label(each)).stream()
              .flatMap(tag -> List.of(tag.getKey(), tag.getValue()).stream())
              .toArray(String[]::new);
      counter(name, help, () -> tally.of(each), labels);
    }
  }

  /** A number that goes up and down; NaN while there is none. */
  public void gauge(String name, String help, DoubleSupplier value, String... labels) {
    kept.add(
        Gauge.builder(name, value::getAsDouble)
            .description(help)
            .tags(Tags.of(labels))
            .strongReference(true)
            .register(registry));
  }

  /** Histograms of one family, told apart by a label. */
  void histograms(String name, String help, String label, Map<String, Histogram> histograms) {
    registry.getPrometheusRegistry().register(new HistogramFamily(name, help, label, histograms));
  }

  /** Everything in Prometheus' text format 0.0.4. */
  public String text() {
    return registry.scrape();
  }

  /** What text this is, for HTTP. */
  static String contentType() {
    return "text/plain; version=0.0.4; charset=utf-8";
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }
}
