package dev.wsn.cli;

import java.nio.file.Path;
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

  private Wsn() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
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
    CommandLine node = new CommandLine(new NodeCommand(host));
    CommandLine line =
        new CommandLine(new Wsn())
            .addSubcommand(new KeygenCommand(host))
            .addSubcommand(node)
            .addSubcommand(new PublishCommand(host))
            .addSubcommand(new WithdrawCommand(host))
            .addSubcommand(new ResolveCommand(host))
            .addSubcommand(new RelayCommand(host))
            .addSubcommand(new ConnectCommand(host))
            .addSubcommand(new DemoCommand(host));
    line.getSubcommands()
        .values()
        .forEach(command -> command.getCommandSpec().mixinStandardHelpOptions(true));
    line.addSubcommand(new CommandLine.HelpCommand());
    try {
      useConfigFile(node, arguments);
    } catch (CommandFailure failure) {
      return complaints.onFailure(failure, line);
    }
    return line.setOut(host.out())
        .setErr(host.err())
        .setParameterExceptionHandler(complaints::onUsage)
        .setExecutionExceptionHandler(
            (failure, command, parsed) -> complaints.onFailure(failure, command))
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setAbbreviatedOptionsAllowed(false)
        .execute(arguments);
  }

  /** Reads the defaults of {@code wsn node} before the options that they are defaults of. */
  private static void useConfigFile(CommandLine node, String... arguments) {
    if (arguments.length == 0 || !arguments[0].equals(NodeCommand.NAME)) {
      return;
    }
    for (int i = 1; i < arguments.length; i++) {
      String value = "";
      if (arguments[i].startsWith(NodeCommand.CONFIG + "=")) {
        value = arguments[i].substring(NodeCommand.CONFIG.length() + 1);
      } else if (arguments[i].equals(NodeCommand.CONFIG) && i + 1 < arguments.length) {
        value = arguments[i + 1];
      }
      if (!value.isEmpty()) {
        node.setDefaultValueProvider(ConfigFile.read(Path.of(value), node.getCommandSpec()));
      }
    }
  }

  /** Without a command there is nothing to do. */
  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "which command? Try: wsn demo");
  }
}
