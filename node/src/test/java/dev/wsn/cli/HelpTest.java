package dev.wsn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine.Command;

/** Every command explains itself, without its required options. */
class HelpTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "keygen",
        "node",
        "publish",
        "withdraw",
        "resolve",
        "relay",
        "connect",
        "demo",
        "simulate",
        "config",
        "doctor",
        "status",
        "pages",
        "help"
      })
  void everyCommandHasHelp(String command) {
    RecordedHost host = new RecordedHost();

    int exitCode = host.run(command, "--help");

    assertThat(exitCode).isEqualTo(ExitCode.DONE);
    assertThat(host.out()).contains("Usage:").contains(command);
  }

  @Test
  void everyCommandHasTheNameThatItIsFoundBy() {
    Commands.of(new RecordedHost().host())
        .getSubcommands()
        .forEach(
            (name, command) -> {
              Command said = command.getCommand().getClass().getAnnotation(Command.class);
              List<String> names = new ArrayList<>(List.of(said.aliases()));
              names.add(said.name());
              assertThat(names).contains(name);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"publish", "node"})
  void helpIsAlsoACommand(String command) {
    RecordedHost host = new RecordedHost();

    int exitCode = host.run("help", command);

    assertThat(exitCode).isEqualTo(ExitCode.DONE);
    assertThat(host.out()).contains("wsn " + command);
  }
}
