package dev.wsn.cli;

import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** The {@code wsn} command with all its commands, as picocli knows them. */
final class Commands {
  private Commands() {}

  /** New commands, none of which has been parsed. */
  static CommandLine of(Host host) {
    CommandLine line =
        new CommandLine(new Wsn())
            .addSubcommand(new KeygenCommand(host))
            .addSubcommand(new NodeCommand(host))
            .addSubcommand(new PublishCommand(host))
            .addSubcommand(new WithdrawCommand(host))
            .addSubcommand(new ResolveCommand(host))
            .addSubcommand(new RelayCommand(host))
            .addSubcommand(new ConnectCommand(host))
            .addSubcommand(new DemoCommand(host))
            .addSubcommand(new SimulateCommand(host))
            .addSubcommand(ConfigCommand.of(host))
            .addSubcommand(DoctorCommand.of(host))
            .addSubcommand(new StatusCommand(host))
            .addSubcommand(new PagesCommand(host));
    line.getSubcommands()
        .values()
        .forEach(command -> command.getCommandSpec().mixinStandardHelpOptions(true));
    line.addSubcommand(new CommandLine.HelpCommand());
    return line.setOut(host.out())
        .setErr(host.err())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setAbbreviatedOptionsAllowed(false);
  }

  /** Whether this is a server with a configuration file. */
  static boolean isConfigurable(CommandLine command) {
    return command.getCommand() instanceof Server
        && command.getCommandSpec().findOption(Settings.CONFIG) != null;
  }

  /** The servers that have a configuration file, in the order of the help. */
  static List<CommandLine> configurable(Host host) {
    return of(host).getSubcommands().values().stream().filter(Commands::isConfigurable).toList();
  }

  /**
   * The server of this name among all commands, with the settings that it would have.
   *
   * @param all new commands
   * @param arguments that it would be started with, without its name
   * @throws CommandFailure if there is none, or the file is wrong
   */
  static CommandLine server(CommandLine all, Host host, String name, List<String> arguments) {
    CommandLine command = all.getSubcommands().get(name);
    if (command == null || !isConfigurable(command)) {
      List<String> names = configurable(host).stream().map(CommandLine::getCommandName).toList();
      throw CommandFailure.usage(
          "\"" + name + "\" has no configuration; name one of " + String.join(", ", names));
    }
    return command.setDefaultValueProvider(
        Settings.of(command.getCommandSpec(), host.environment(), arguments));
  }

  /**
   * Parses the command line of a server.
   *
   * @param all the commands that {@link #server} was taken from; a part alone cannot be parsed
   * @throws picocli.CommandLine.ParameterException if it is wrong
   */
  static ParseResult parse(CommandLine all, String name, List<String> arguments) {
    List<String> whole = new ArrayList<>();
    whole.add(name);
    whole.addAll(arguments);
    return all.parseArgs(whole.toArray(String[]::new)).subcommand();
  }
}
