package dev.wsn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code wsn simulate}: a table, JSON, a report. */
class SimulateCommandTest {
  @Test
  void printsRunsAndTheirMediansAndWritesTheReport(@TempDir Path directory) throws IOException {
    Path report = directory.resolve("report.html");
    RecordedHost host = new RecordedHost();
    int code =
        host.run(
            "simulate",
            "--nodes",
            "30,50",
            "--seeds",
            "2",
            "--minutes",
            "0.2",
            "--records",
            "5",
            "--lookups",
            "20",
            "--start",
            "snapshot",
            "--report",
            report.toString());
    assertThat(code).as(host.err()).isEqualTo(ExitCode.DONE);
    assertThat(host.out().lines()).hasSize(1 + 2 * 3);
    assertThat(host.out()).contains("median");
    assertThat(Files.readString(report)).contains("--nodes 30,50 --seeds 2", "</html>");
    assertThat(host.err()).isEmpty();
  }

  @Test
  void jsonHasEveryRun() throws IOException {
    RecordedHost host = new RecordedHost();
    int code =
        host.run(
            "simulate",
            "--nodes",
            "30",
            "--minutes",
            "0.2",
            "--records",
            "5",
            "--lookups",
            "20",
            "--churn",
            "none",
            "--nat",
            "0",
            "--policy",
            "quorum",
            "--no-sealed",
            "--json");
    assertThat(code).as(host.err()).isEqualTo(ExitCode.DONE);
    JsonNode root = new ObjectMapper().readTree(host.out());
    assertThat(root.at("/runs/0/nodes").asInt()).isEqualTo(30);
    assertThat(root.at("/runs/0/trace").asText()).matches("[0-9a-f]{32}");
    assertThat(root.at("/runs/0/figures/success").asDouble()).isEqualTo(1);
    assertThat(root.at("/medians/0/seeds").asInt()).isEqualTo(1);
  }
}
