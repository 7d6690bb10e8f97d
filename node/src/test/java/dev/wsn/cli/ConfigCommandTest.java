package dev.wsn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** One name per setting, three places for it, and what {@code wsn config} says of them. */
class ConfigCommandTest {
  private static Path file(Path directory, String... lines) throws IOException {
    return Files.write(directory.resolve("node.yaml"), List.of(lines));
  }

  private static String[] row(String table, String key) {
    return table
        .lines()
        .filter(line -> line.startsWith(key + " "))
        .findFirst()
        .orElseThrow()
        .split(" {2,}", -1);
  }

  @Test
  void everyValueIsShownWithItsOrigin(@TempDir Path directory) throws IOException {
    Path file =
        file(directory, "# a node", "listen: 0.0.0.0:5000", "http: 0.0.0.0:5001", "network: a");
    RecordedHost machine = RecordedHost.withEnvironment("WSN_NETWORK", "b");
    int exitCode =
        machine.run("config", "show", "node", "--config", file.toString(), "--http", "127.0.0.1:0");
    assertThat(exitCode).as(machine.err()).isZero();
    assertThat(row(machine.out(), "listen")).containsExactly("listen", "0.0.0.0:5000", file + ":2");
    assertThat(row(machine.out(), "http")).containsExactly("http", "127.0.0.1:0", "--http");
    assertThat(row(machine.out(), "network")).containsExactly("network", "b", "WSN_NETWORK");
    assertThat(row(machine.out(), "log")).containsExactly("log", "info", "default");
    assertThat(row(machine.out(), "local")).containsExactly("local", "false", "default");
  }

  @Test
  void variableMayNameTheFile(@TempDir Path directory) throws IOException {
    Path file = file(directory, "log: debug");
    RecordedHost machine = RecordedHost.withEnvironment("WSN_CONFIG", file.toString());
    assertThat(machine.run("config", "show", "node")).isZero();
    assertThat(row(machine.out(), "log")).containsExactly("log", "debug", file + ":1");
  }

  @Test
  void variableIsAlsoForShortCommands() {
    RecordedHost machine = RecordedHost.withEnvironment("WSN_JSON", "true");
    assertThat(machine.run("keygen")).isZero();
    assertThat(machine.out()).startsWith("{\"npub\"");
  }

  @Test
  void wrongVariableIsNamed() {
    RecordedHost machine = RecordedHost.withEnvironment("WSN_LISTEN", "nowhere");
    assertThat(machine.run("config", "check", "node")).isEqualTo(ExitCode.USAGE);
    assertThat(machine.err()).contains("(listen: WSN_LISTEN)");
  }

  @Test
  void unknownVariableHasANearestOne() {
    RecordedHost machine = RecordedHost.withEnvironment("WSN_LISTN", "[::]:1");
    assertThat(machine.run("config", "check", "node")).isEqualTo(ExitCode.USAGE);
    assertThat(machine.err()).contains("WSN_LISTN is no option of wsn; did you mean WSN_LISTEN?");
  }

  @Test
  void goodConfigurationIsSaidToBeGood(@TempDir Path directory) throws IOException {
    Path file = file(directory, "listen: 0.0.0.0:5000", "seed: []");
    RecordedHost machine = new RecordedHost();
    assertThat(machine.run("config", "check", "node", "--config", file.toString())).isZero();
    assertThat(machine.out()).contains("no mistake");
  }

  @Test
  void everyMistakeIsReportedAtOnce(@TempDir Path directory) throws IOException {
    Path file = file(directory, "lisen: 0.0.0.0:5000", "log: info", "datta: x");
    RecordedHost machine = new RecordedHost();
    assertThat(machine.run("node", "--config", file.toString())).isEqualTo(ExitCode.USAGE);
    assertThat(machine.err())
        .contains(file + ":1: unknown key \"lisen\"; did you mean \"listen\"?")
        .contains(file + ":3: unknown key \"datta\"; did you mean \"data\"?");
  }

  @Test
  void secretThatLandedInTheFileIsNotShown(@TempDir Path directory) throws IOException {
    Path file = file(directory, "key: nsec1qqqsecret", "backend: ws://127.0.0.1:1");
    RecordedHost machine = new RecordedHost();
    assertThat(machine.run("config", "show", "relay", "--config", file.toString())).isZero();
    assertThat(machine.out()).contains("nsec1…").doesNotContain("nsec1qqqsecret");
  }

  static Stream<Arguments> listOptions() {
    return Commands.of(new RecordedHost().host()).getSubcommands().values().stream()
        .flatMap(
            command ->
                command.getCommandSpec().options().stream()
                    .filter(OptionSpec::isMultiValue)
                    .map(option -> Arguments.of(command.getCommandName(), option)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("listOptions")
  void everyListCanStandInAFile(String command, OptionSpec option) {
    assertThat(option.splitRegex()).as("give the option split = \",\"").isEqualTo(",");
  }

  @Test
  void referencePageIsCurrent() throws IOException {
    Path page = Path.of("..", "docs", "CONFIGURATION.md");
    List<CommandLine> servers = Commands.configurable(new RecordedHost().host());
    assertThat(Files.readString(page))
        .as("run: ./wsn config reference --out docs/CONFIGURATION.md")
        .isEqualTo(ConfigReference.page(servers));
  }
}
