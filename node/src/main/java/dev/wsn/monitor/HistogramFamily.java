package dev.wsn.monitor;

import dev.wsn.metrics.Histogram;
import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.Map;

/**
 * Shows our histograms as Prometheus'. Micrometer has no histogram whose numbers are counted
 * elsewhere, so this stands beside its meters in the registry below it.
 *
 * @param name in Prometheus' form
 * @param label what tells the histograms apart
 * @param histograms by the value of the label; must not change
 */
record HistogramFamily(String name, String help, String label, Map<String, Histogram> histograms)
    implements Collector {
  @Override
  public MetricSnapshot collect() {
    HistogramSnapshot.Builder family = HistogramSnapshot.builder().name(name).help(help);
    histograms.forEach((value, histogram) -> family.dataPoint(point(value, histogram)));
    return family.build();
  }

  private HistogramSnapshot.HistogramDataPointSnapshot point(String value, Histogram histogram) {
    double[] bounds = histogram.bounds();
    long[] counts = histogram.counts();
    ClassicHistogramBuckets.Builder buckets = ClassicHistogramBuckets.builder();
    for (int i = 0; i < counts.length; i++) {
      buckets.bucket(i < bounds.length ? bounds[i] : Double.POSITIVE_INFINITY, counts[i]);
    }
    return HistogramSnapshot.HistogramDataPointSnapshot.builder()
        .labels(Labels.of(label, value))
        .classicHistogramBuckets(buckets.build())
        .sum(histogram.sum())
        .build();
  }

  @Override
  public String getPrometheusName() {
    return name;
  }
}
