package dev.wsn.cli;

import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code wsn} command. */
@Command(
    name = "wsn",
    versionProvider = VersionText.class,
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "COMMAND",
    description = "Reach a server by its key: wsn://<npub>.",
    footer = {
      "",
      "Exit codes: 0 done, 1 internal error, 2 wrong usage or configuration,",
      "3 not found or withdrawn, 4 network unreachable or too few acknowledgements,",
      "5 record refused.",
      "",
      "Try: wsn demo"
    })
public final class Wsn implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  Wsn() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    NativeLibraries.preload(arguments);
    Host host = Host.system();
    host.stop().install();
    int exitCode = run(host, arguments);
    host.out().flush();
    host.err().flush();
    host.stop().finish(exitCode);
    System.exit(exitCode);
  }

  /**
   * Runs one command.
   *
   * @return one of {@link ExitCode}
   */
  static int run(Host host, String... arguments) {
    ServerLog.debug(host);
    Complaints complaints = new Complaints(host);
    CommandLine line = Commands.of(host, arguments);
    try {
      use(host, line, arguments);
    } catch (CommandFailure failure) {
      return complaints.onFailure(failure, line);
    }
    return line.setParameterExceptionHandler(complaints::onUsage)
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> complaints.onFailure(failure, command, arguments))
        .execute(arguments);
  }

  /** Reads the settings of the command before its options, whose defaults they are. */
  private static void use(Host host, CommandLine line, String... arguments) {
    CommandLine command = arguments.length == 0 ? null : line.getSubcommands().get(arguments[0]);
    if (command == null) {
      return;
    }
    List<String> own = List.of(arguments).subList(1, arguments.length);
    command.setDefaultValueProvider(Settings.of(command.getCommandSpec(), host.environment(), own));
    if (Commands.isConfigurable(command)) {
      host.reload().onRequest(new Reloading(host, command, own)::reload);
    }
  }

  /** Without a command there is nothing to do. */
  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "which command? Try: wsn demo");
  }
}
