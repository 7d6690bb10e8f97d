package dev.wsn.cli;

import dev.wsn.kademlia.ReadPolicy;
import dev.wsn.simulator.Attack;
import dev.wsn.simulator.Experiment;
import dev.wsn.simulator.Findings;
import dev.wsn.simulator.Plan;
import dev.wsn.simulator.Progress;
import dev.wsn.simulator.Report;
import dev.wsn.simulator.Scenario;
import dev.wsn.simulator.Start;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code wsn simulate}. */
@Command(
    name = SimulateCommand.NAME,
    sortOptions = false,
    description = "Simulates a network in virtual time, on one core, and measures it.",
    footer = {
      "",
      "The same options with the same seed give the same run on every machine; the trace is the"
          + " hash",
      "of every datagram. Sends nothing anywhere. docs/SIMULATION.md says what is modelled."
    })
final class SimulateCommand implements Callable<Integer> {
  static final String NAME = "simulate";

  /** Up to here everything is simulated; above, tables are computed unless told otherwise. */
  private static final int MAX_SIMULATED = 5_000;

  private static final int MAX_SEALED = 1_000;
  private static final int MAX_RUNS = 10_000;

  private final Host host;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--nodes",
      paramLabel = "N[,N...]",
      split = ",",
      defaultValue = "1000",
      description = "members that are online at any time; several sizes, several runs")
  private int[] nodes = {};

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "of every random choice (default: 1)")
  private long seed;

  @Option(
      names = "--seeds",
      paramLabel = "N",
      defaultValue = "1",
      description = "runs with this many seeds from --seed on; medians are shown")
  private int seeds;

  @Option(
      names = "--minutes",
      paramLabel = "M",
      defaultValue = "5",
      description = "virtual time that is measured (default: 5)")
  private double minutes;

  @Option(
      names = "--scenario",
      paramLabel = "NAME",
      defaultValue = "lookups",
      description = "lookups, survival (nobody republishes) or partition (default: lookups)")
  private Scenario scenario = Scenario.LOOKUPS;

  @Option(
      names = "--churn",
      paramLabel = "MEDIAN",
      defaultValue = "1h",
      converter = SpanConverter.class,
      description = "median session, or none (default: 1h)")
  private Duration churn = Duration.ZERO;

  @Option(
      names = "--loss",
      paramLabel = "SHARE",
      defaultValue = "0.02",
      description = "share of datagrams that are lost (default: 0.02)")
  private double loss;

  @Option(
      names = "--nat",
      paramLabel = "SHARE",
      defaultValue = "0.2",
      description = "share of members behind a NAT; they are clients (default: 0.2)")
  private double nat;

  @Option(
      names = "--rtt",
      paramLabel = "MEDIAN:P95",
      defaultValue = "80:250",
      description = "round trips in milliseconds, log-normal (default: 80:250)")
  private String rtt = "";

  @Option(
      names = "--start",
      paramLabel = "join|grown|snapshot",
      description =
          "what members know in the beginning: only seeds; tables as after a long life; the same,"
              + " and nobody does upkeep (default: grown, above 5000 nodes snapshot)")
  private @Nullable Start start;

  @Option(
      names = "--sealed",
      negatable = true,
      description =
          "really seal every datagram; otherwise it is only as long (default: up to 1000 nodes)")
  private @Nullable Boolean isSealed;

  @Option(
      names = "--policy",
      paramLabel = "NAME",
      defaultValue = "fast",
      description = "how records are read: ${COMPLETION-CANDIDATES} (default: fast)")
  private ReadPolicy policy = ReadPolicy.FAST;

  @Option(
      names = "--records",
      paramLabel = "N",
      defaultValue = "100",
      description = "published in the beginning (default: 100)")
  private int records;

  @Option(
      names = "--lookups",
      paramLabel = "N",
      defaultValue = "1000",
      description = "spread over the time that is measured (default: 1000)")
  private int lookups;

  @Option(
      names = "--adversary",
      split = ",",
      paramLabel = "KIND:AMOUNT",
      converter = AttackConverter.class,
      description = {
        "adversaries, repeatable: a share of the servers that are silent, lying, poisoning or"
            + " stale;",
        "or a number around each record, sybil (any address) or subnet (all addresses of a /16)"
      })
  private List<Attack> adversaries = List.of();

  @Option(names = "--report", paramLabel = "FILE", description = "write an HTML page with plots")
  private @Nullable Path report;

  @Option(names = "--json", description = "print one JSON object")
  private boolean isJson;

  SimulateCommand(Host host) {
    this.host = host;
  }

  @Override
  public Integer call() {
    List<Plan> plans = plans();
    if (report != null) {
      write(report, "");
    }
    List<Findings> all = new ArrayList<>();
    for (Plan plan : plans) {
      for (long each = seed; each < seed + seeds; each++) {
        all.add(run(plan, each));
      }
    }
    if (report != null) {
      write(report, Report.html(commandLine(), all));
    }
    FindingsText text = new FindingsText(all);
    if (isJson) {
      host.out().println(text.json());
    } else {
      text.lines().forEach(host.out()::println);
    }
    return ExitCode.DONE;
  }

  /** Every plan is checked before the first one runs. */
  private List<Plan> plans() {
    if (seeds < 1 || (long) seeds * nodes.length > MAX_RUNS) {
      throw CommandFailure.usage("--seeds and --nodes make 1 to " + MAX_RUNS + " runs");
    }
    double[] roundTrips = roundTrips();
    List<Plan> plans = new ArrayList<>();
    for (int size : nodes) {
      try {
        plans.add(
            new Plan(
                scenario,
                size,
                Duration.ofMillis((long) (minutes * 60_000)),
                churn,
                loss,
                nat,
                roundTrips[0],
                roundTrips[1],
                startOf(size),
                isSealed != null ? isSealed : size <= MAX_SEALED,
                policy,
                records,
                lookups,
                adversaries));
      } catch (IllegalArgumentException wrong) {
        throw CommandFailure.usage(String.valueOf(wrong.getMessage()));
      }
    }
    return plans;
  }

  private Start startOf(int size) {
    if (start != null) {
      return start;
    }
    return size > MAX_SIMULATED && scenario == Scenario.LOOKUPS ? Start.SNAPSHOT : Start.GROWN;
  }

  private double[] roundTrips() {
    String[] parts = rtt.split(":", -1);
    try {
      if (parts.length == 2) {
        return new double[] {Double.parseDouble(parts[0]), Double.parseDouble(parts[1])};
      }
    } catch (NumberFormatException noNumber) {
      // As wrong as too few parts.
    }
    throw CommandFailure.usage(
        "--rtt is a median and a 95th percentile in milliseconds such as 80:250, not " + rtt);
  }

  private Findings run(Plan plan, long oneSeed) {
    String what = plan.nodes() + " nodes, seed " + oneSeed;
    if (!host.isTerminal()) {
      return Experiment.run(plan, oneSeed, new SplittableRandom(oneSeed), share -> {});
    }
    try (ProgressBar bar =
        new ProgressBarBuilder()
            .setTaskName(what)
            .setInitialMax(1000)
            .setStyle(ProgressBarStyle.ASCII)
            .clearDisplayOnFinish()
            .build()) {
      Progress progress = share -> bar.stepTo((long) (1000 * share));
      return Experiment.run(plan, oneSeed, new SplittableRandom(oneSeed), progress);
    }
  }

  private String commandLine() {
    return "wsn "
        + NAME
        + " "
        + String.join(" ", spec.commandLine().getParseResult().originalArgs());
  }

  private static void write(Path file, String content) {
    try {
      Files.writeString(file, content);
    } catch (IOException failure) {
      throw CommandFailure.usage(
          "cannot write the report to " + file + "; name a file in a directory that exists");
    }
  }
}
