package dev.wsn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoCommandTest {
  @Test
  void everyStepWorksAndNothingIsLeft(@TempDir Path directory) throws IOException {
    RecordedHost machine = RecordedHost.withEnvironment("TMPDIR", directory.toString());
    assertThat(machine.run("demo", "--nodes", "4", "--exit", "--json")).as(machine.err()).isZero();

    JsonNode story = new ObjectMapper().readTree(machine.out());
    assertThat(machine.out().lines()).hasSize(1);
    assertThat(story.get("ok").asBoolean()).isTrue();
    assertThat(story.get("nodes").asInt()).isEqualTo(4);
    assertThat(story.get("steps").findValuesAsText("name"))
        .containsExactly(
            "network",
            "resolver",
            "relay",
            "gateway",
            "publish",
            "resolve",
            "proxy",
            "talk",
            "move",
            "find-again",
            "read",
            "withdraw");
    assertThat(story.get("steps")).allSatisfy(step -> assertThat(step.has("elapsed_ms")).isTrue());
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void commandsThatItPrintsWorkWhileItStays(@TempDir Path directory) {
    RecordedHost machine = RecordedHost.withEnvironment("WSN_COMMAND", "./wsn");
    try (RecordedHost.Running demo = machine.start("demo", "--nodes", "3")) {
      String firstLine = demo.line("  ./wsn resolve ");
      demo.line("Ctrl-C");
      List<String> commands =
          machine.out().lines().filter(line -> line.startsWith("  ./wsn ")).toList();
      assertThat(commands).hasSize(5).element(0).asString().endsWith(firstLine);
      for (String command : commands) {
        String own = command.replace("my.key", directory.resolve("my.key").toString());
        RecordedHost visitor = new RecordedHost();
        String[] arguments = own.strip().substring("./wsn ".length()).split(" ", -1);
        assertThat(visitor.run(arguments)).as(command + "\n" + visitor.err()).isZero();
      }
      String door = demo.line("  websocat ");
      try (NostrClient client = NostrClient.connect(URI.create(door))) {
        assertThat(client).isNotNull();
      } catch (IOException failure) {
        throw new AssertionError(failure);
      }
    }
  }
}
