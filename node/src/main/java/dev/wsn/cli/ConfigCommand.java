package dev.wsn.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.Spec;

/** {@code wsn config}. */
@Command(name = "config", description = "Shows and checks the configuration of a server.")
final class ConfigCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  private ConfigCommand() {}

  /** With its own commands. */
  static CommandLine of(Host host) {
    CommandLine config = new CommandLine(new ConfigCommand());
    for (Callable<Integer> each : List.of(new Show(host), new Check(host), new Reference(host))) {
      CommandLine command = new CommandLine(each);
      // What follows the name of the server belongs to it.
      command.setStopAtPositional(true);
      command.getCommandSpec().mixinStandardHelpOptions(true);
      config.addSubcommand(command);
    }
    return config;
  }

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "show or check? Try: wsn config show node");
  }

  /** The server that a configuration is of. */
  static final class Subject {
    @Parameters(index = "0", paramLabel = "SERVER", description = "node, relay, connect, …")
    private String name = "";

    @Parameters(
        index = "1..*",
        paramLabel = "OPTION",
        description = "as the server would have them, such as --config FILE")
    private List<String> arguments = new ArrayList<>();

    /** The server itself, parsed and checked, as {@link #parse}. */
    Server server(Host host, Complaints complaints) throws Wrong {
      return (Server) parse(host, complaints).commandSpec().userObject();
    }

    /** Its command, parsed and checked; complaints are those of the server itself. */
    ParseResult parse(Host host, Complaints complaints) throws Wrong {
      String[] typed = arguments.toArray(String[]::new);
      CommandLine all = Commands.of(host);
      CommandLine command = Commands.server(all, host, name, arguments);
      try {
        ParseResult parsed = Commands.parse(all, name, arguments);
        command.<Server>getCommand().check();
        return parsed;
      } catch (ParameterException mistake) {
        throw new Wrong(complaints.onUsage(mistake, typed));
      } catch (CommandFailure contradiction) {
        throw new Wrong(complaints.onFailure(contradiction, command, typed));
      }
    }
  }

  /** A configuration is wrong, and that was said. */
  static final class Wrong extends Exception {
    private static final long serialVersionUID = 1L;
    private final int exitCode;

    Wrong(int exitCode) {
      this.exitCode = exitCode;
    }

    /** One of {@link ExitCode}. */
    int exitCode() {
      return exitCode;
    }
  }

  /** {@code wsn config show}. */
  @Command(
      name = "show",
      description = "Prints what a server would use, and where each value is from.",
      footer = {"", "Example: wsn config show node --config /etc/wsn/node.yaml"})
  private static final class Show implements Callable<Integer> {
    private final Host host;

    @CommandLine.Mixin private final Subject subject = new Subject();

    Show(Host host) {
      this.host = host;
    }

    @Override
    public Integer call() {
      try {
        ParseResult parsed = subject.parse(host, new Complaints(host));
        Table table = new Table("KEY", "VALUE", "FROM");
        Settings.options(parsed.commandSpec())
            .forEach(
                (key, option) -> table.add(key, value(parsed, option), origin(parsed, option)));
        host.out().print(Complaints.withoutSecrets(table.text()));
        return ExitCode.DONE;
      } catch (Wrong wrong) {
        return wrong.exitCode();
      }
    }

    private static Optional<Settings.Setting> setting(ParseResult parsed, OptionSpec option) {
      return parsed.commandSpec().defaultValueProvider() instanceof Settings settings
          ? settings.of(option)
          : Optional.empty();
    }

    private static String value(ParseResult parsed, OptionSpec option) {
      if (parsed.hasMatchedOption(option)) {
        List<String> typed = parsed.matchedOption(option.longestName()).originalStringValues();
        return typed.isEmpty() ? "true" : String.join(",", typed);
      }
      return setting(parsed, option)
          .map(Settings.Setting::text)
          .or(() -> Optional.ofNullable(option.defaultValue()))
          .orElse(option.arity().max() == 0 ? "false" : "-");
    }

    private static String origin(ParseResult parsed, OptionSpec option) {
      return parsed.hasMatchedOption(option)
          ? option.longestName()
          : setting(parsed, option).map(Settings.Setting::origin).orElse("default");
    }
  }

  /** {@code wsn config check}. */
  @Command(
      name = "check",
      description = "Checks what a server would use, without starting it.",
      footer = {"", "Exit codes: 0 nothing wrong, 2 a mistake, with its line."})
  private static final class Check implements Callable<Integer> {
    private final Host host;

    @CommandLine.Mixin private final Subject subject = new Subject();

    Check(Host host) {
      this.host = host;
    }

    @Override
    public Integer call() {
      ParseResult parsed;
      try {
        parsed = subject.parse(host, new Complaints(host));
      } catch (Wrong wrong) {
        return wrong.exitCode();
      }
      List<String> unknown =
          Settings.unknownVariables(
              () -> Commands.of(host), parsed.commandSpec(), host.environment());
      if (!unknown.isEmpty()) {
        throw CommandFailure.usage(String.join("\n  ", unknown));
      }
      host.out().println("the configuration of wsn " + subject.name + " has no mistake");
      return ExitCode.DONE;
    }
  }

  /** {@code wsn config reference}: the page docs/CONFIGURATION.md. */
  @Command(
      name = "reference",
      description = "Prints all keys of all servers as a page of Markdown.")
  private static final class Reference implements Callable<Integer> {
    private final Host host;

    @Option(names = "--out", paramLabel = "FILE", description = "a file instead of the output")
    private @Nullable Path out;

    Reference(Host host) {
      this.host = host;
    }

    @Override
    public Integer call() {
      String page = ConfigReference.page(Commands.configurable(host));
      if (out == null) {
        host.out().print(page);
      } else {
        OutFile.write(out, page);
      }
      return ExitCode.DONE;
    }
  }
}
