package dev.wsn.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.wsn.simulator.Figures;
import dev.wsn.simulator.Findings;
import dev.wsn.simulator.Plan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** What simulations showed, as a table for people and as JSON. */
final class FindingsText {
  private final List<Findings> all;

  FindingsText(List<Findings> all) {
    this.all = all;
  }

  /** One line per run and, of several seeds, one with their medians. */
  Stream<String> lines() {
    List<String> lines = new ArrayList<>();
    lines.add(
        " nodes    seed  lookups   fresh%   stale%   p50 ms  p95 ms  p99 ms   hops  asked"
            + "  load p50/p99/max per min  trace");
    for (Map.Entry<Plan, List<Findings>> each : byPlan().entrySet()) {
      for (Findings findings : each.getValue()) {
        String trace = "  " + findings.traceHash();
        String row = row(each.getKey(), Long.toString(findings.seed()), findings.figures());
        lines.add(row + trace + unpublished(findings));
      }
      if (each.getValue().size() > 1) {
        lines.add(row(each.getKey(), "median", medians(each.getValue())));
      }
    }
    return lines.stream();
  }

  private static String unpublished(Findings findings) {
    return findings.unpublished() == 0
        ? ""
        : "  " + findings.unpublished() + " publications failed";
  }

  private static String row(Plan plan, String seed, Figures figures) {
    return String.format(
        Locale.ROOT,
        "%7d %6s %8.0f %8.3f %8.3f %8.0f %7.0f %7.0f %6.2f %6.1f  %7.1f /%7.1f /%7.1f",
        plan.nodes(),
        seed,
        figures.lookups(),
        100 * figures.success(),
        100 * figures.stale(),
        figures.p50Millis(),
        figures.p95Millis(),
        figures.p99Millis(),
        figures.hops(),
        figures.asked(),
        figures.loadP50(),
        figures.loadP99(),
        figures.loadMax());
  }

  /** One object: the runs, and the medians of each size. */
  String json() {
    ObjectNode root = JsonText.object();
    ArrayNode runs = root.putArray("runs");
    for (Findings findings : all) {
      ObjectNode run = runs.addObject();
      run.put("nodes", findings.plan().nodes());
      run.put("seed", findings.seed());
      run.put("trace", findings.traceHash());
      run.put("datagrams", findings.datagrams());
      run.put("bytes", findings.bytes());
      run.put("virtual_ms", findings.virtualMillis());
      run.put("published", findings.published());
      run.put("unpublished", findings.unpublished());
      run.put("acknowledgements", findings.acknowledgements());
      run.put("abandoned", findings.abandoned());
      run.set("figures", figures(findings.figures()));
    }
    ArrayNode medians = root.putArray("medians");
    byPlan()
        .forEach(
            (plan, findings) -> {
              ObjectNode median = medians.addObject();
              median.put("nodes", plan.nodes());
              median.put("seeds", findings.size());
              median.set("figures", figures(medians(findings)));
            });
    return JsonText.of(root);
  }

  private static ObjectNode figures(Figures figures) {
    return JsonText.object()
        .put("lookups", figures.lookups())
        .put("success", figures.success())
        .put("stale", figures.stale())
        .put("p50_ms", figures.p50Millis())
        .put("p95_ms", figures.p95Millis())
        .put("p99_ms", figures.p99Millis())
        .put("final_success", figures.finalSuccess())
        .put("final_stale", figures.finalStale())
        .put("final_p50_ms", figures.finalP50Millis())
        .put("final_p99_ms", figures.finalP99Millis())
        .put("hops", figures.hops())
        .put("asked", figures.asked())
        .put("load_p50_per_min", figures.loadP50())
        .put("load_p99_per_min", figures.loadP99())
        .put("load_max_per_min", figures.loadMax());
  }

  private static Figures medians(List<Findings> findings) {
    return Figures.medians(findings.stream().map(Findings::figures).toList());
  }

  private Map<Plan, List<Findings>> byPlan() {
    Map<Plan, List<Findings>> byPlan = new LinkedHashMap<>();
    for (Findings each : all) {
      byPlan.computeIfAbsent(each.plan(), plan -> new ArrayList<>()).add(each);
    }
    return byPlan;
  }
}
