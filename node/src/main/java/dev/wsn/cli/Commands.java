package dev.wsn.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ParseResult;

/** The {@code wsn} command with all its commands, as picocli knows them. */
final class Commands {
  private Commands() {}

  /** A command by the name that its annotation gives it, which is not read before it is needed. */
  private record Named(String name, Function<Host, Object> make) {}

  private static final List<Named> ALL =
      List.of(
          new Named("keygen", KeygenCommand::new),
          new Named("node", NodeCommand::new),
          new Named("publish", PublishCommand::new),
          new Named("withdraw", WithdrawCommand::new),
          new Named("resolve", ResolveCommand::new),
          new Named("directory", DirectoryCommand::new),
          new Named("relay", RelayCommand::new),
          new Named("connect", ConnectCommand::new),
          new Named("demo", DemoCommand::new),
          new Named("simulate", SimulateCommand::new),
          new Named("config", ConfigCommand::of),
          new Named("doctor", DoctorCommand::of),
          new Named("status", StatusCommand::new),
          new Named("pages", PagesCommand::new));

  /** New commands, none of which has been parsed. */
  static CommandLine of(Host host) {
    return of(host, ALL);
  }

  /**
   * The command that is named first and no other, if there is one of that name; else all. Reading
   * what the annotations of all commands say takes a good part of a quick start.
   */
  static CommandLine of(Host host, String... arguments) {
    String first = arguments.length == 0 ? "" : arguments[0];
    List<Named> named = ALL.stream().filter(each -> each.name().equals(first)).toList();
    return named.isEmpty() ? of(host) : of(host, named);
  }

  private static CommandLine of(Host host, List<Named> commands) {
    CommandLine line = new CommandLine(new Wsn());
    for (Named each : commands) {
      line.addSubcommand(each.name(), each.make().apply(host));
    }
    line.getSubcommands().values().stream()
        .distinct()
        .forEach(command -> command.getCommandSpec().mixinStandardHelpOptions(true));
    if (commands.size() > 1) {
      line.addSubcommand(new CommandLine.HelpCommand());
    }
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
