package dev.wsn.simulator;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Findings as one HTML page with plots. The page asks for nothing from anywhere. */
public final class Report {
  private static final int CURVE_POINTS = 200;
  private static final int TIME_POINTS = 40;
  private static final double LONGEST_SHARE = 0.999;

  private static final String HEAD =
      """
      <!doctype html>
      <html lang="en">
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>wsn simulate</title>
      <style>
        body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
        table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
        th, td { padding: .2rem .5rem; text-align: right; border-bottom: 1px solid #ccc; }
        th:first-child, td:first-child { text-align: left; }
        figure { margin: 1.5rem 0; }
        svg { width: 100%; max-width: 44rem; }
        svg text { font-size: 12px; fill: currentColor; }
        .grid { stroke: #ddd; }
        code { overflow-wrap: anywhere; }
        .wide { overflow-x: auto; }
      </style>
      <h1>wsn simulate</h1>
      """;

  private static final String MODEL =
      """
      <h2>What is modelled</h2>
      <p>Every node is the step machine of the product, and every message goes through its codec.
      Round trips are log-normal and fixed per pair of nodes, with a jitter of a tenth. Members that
      leave never return; newcomers take their place. A hash over every datagram sent names the run:
      the same command gives the same hash on every machine. Not modelled: bandwidth, queues,
      processor time, and correlations between faults. A snapshot has no upkeep traffic; its tables
      are computed as upkeep would leave them.</p>
      """;

  private Report() {}

  /**
   * The page.
   *
   * @param command line that gives these findings again; untrusted text
   * @param all at least one
   */
  public static String html(String command, List<Findings> all) {
    StringBuilder out = new StringBuilder(1 << 16).append(HEAD);
    out.append("<p><code>").append(escaped(command)).append("</code></p>\n");
    out.append("<div class=\"wide\">").append(table(all)).append("</div>\n");
    figure("How long a lookup takes until its answer", latency(all), out);
    figure("Answers that were fresh, over the time of the run", success(all), out);
    if (all.stream().mapToInt(each -> each.plan().nodes()).distinct().count() > 1) {
      figure("Hops against the size of the network", growth(all), out);
    }
    figure("Requests that the servers received", load(all), out);
    return out.append(MODEL).append("</html>\n").toString();
  }

  private static void figure(String caption, String svg, StringBuilder out) {
    out.append("<figure><figcaption>").append(caption).append("</figcaption>\n");
    out.append(svg).append("</figure>\n");
  }

  private static String table(List<Findings> all) {
    StringBuilder out =
        new StringBuilder(
            "<table><tr><th>run</th><th>lookups</th><th>fresh</th><th>stale</th><th>p50 ms</th>"
                + "<th>p95 ms</th><th>p99 ms</th><th>hops</th><th>asked</th><th>datagrams</th>"
                + "<th>trace</th></tr>\n");
    for (Findings each : all) {
      Figures figures = each.figures();
      out.append(
          String.format(
              Locale.ROOT,
              "<tr><td>%s</td><td>%.0f</td><td>%.3f %%</td><td>%.3f %%</td><td>%.0f</td>"
                  + "<td>%.0f</td><td>%.0f</td><td>%.2f</td><td>%.1f</td><td>%d</td>"
                  + "<td><code>%s</code></td></tr>%n",
              name(each),
              figures.lookups(),
              100 * figures.success(),
              100 * figures.stale(),
              figures.p50Millis(),
              figures.p95Millis(),
              figures.p99Millis(),
              figures.hops(),
              figures.asked(),
              each.datagrams(),
              each.traceHash().substring(0, 8)));
    }
    return out.append("</table>\n").toString();
  }

  private static String name(Findings findings) {
    return findings.plan().nodes() + " nodes, seed " + findings.seed();
  }

  private static String latency(List<Findings> all) {
    Plot plot = new Plot("milliseconds", "share of fresh answers");
    for (Findings each : all) {
      double[] sorted =
          each.samples().stream()
              .filter(Sample::isFresh)
              .mapToDouble(Sample::answerMillis)
              .sorted()
              .toArray();
      List<Plot.Point> points = new ArrayList<>();
      for (int i = 0; i <= CURVE_POINTS; i++) {
        double share = LONGEST_SHARE * i / CURVE_POINTS;
        points.add(new Plot.Point(Quantiles.of(sorted, share), share));
      }
      plot.line(name(each), points);
    }
    return plot.svg();
  }

  private static String success(List<Findings> all) {
    Plot plot = new Plot("minutes", "share of answers that were fresh");
    for (Findings each : all) {
      double end = each.samples().stream().mapToLong(Sample::atMillis).max().orElse(0) + 1.0;
      int[] count = new int[TIME_POINTS];
      int[] fresh = new int[TIME_POINTS];
      for (Sample sample : each.samples()) {
        int slot = (int) (sample.atMillis() / end * TIME_POINTS);
        count[slot]++;
        fresh[slot] += sample.isFresh() ? 1 : 0;
      }
      List<Plot.Point> points = new ArrayList<>();
      for (int i = 0; i < TIME_POINTS; i++) {
        if (count[i] > 0) {
          double minutes = (i + 0.5) * end / TIME_POINTS / 60_000;
          points.add(new Plot.Point(minutes, (double) fresh[i] / count[i]));
        }
      }
      plot.line(name(each), points);
    }
    return plot.svg();
  }

  private static String growth(List<Findings> all) {
    Plot plot = new Plot("binary logarithm of the number of nodes", "hops to the answer");
    List<Plot.Point> points = new ArrayList<>();
    for (Findings each : all) {
      double log2 = StrictMath.log(each.plan().nodes()) / StrictMath.log(2);
      points.add(new Plot.Point(log2, each.figures().hops()));
    }
    points.sort(Comparator.comparingDouble(Plot.Point::x));
    plot.points("one run each", points);
    return plot.svg();
  }

  private static String load(List<Findings> all) {
    Plot plot = new Plot("requests per minute", "share of servers");
    for (Findings each : all) {
      double[] sorted = each.requestsPerMinute().stream().mapToDouble(load -> load).toArray();
      List<Plot.Point> points = new ArrayList<>();
      for (int i = 0; i <= CURVE_POINTS; i++) {
        double share = LONGEST_SHARE * i / CURVE_POINTS;
        points.add(new Plot.Point(Quantiles.of(sorted, share), share));
      }
      plot.line(name(each), points);
    }
    return plot.svg();
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
