package dev.wsn.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What the options of one command are when the command line is silent: the environment wins over
 * the configuration file, and that over the built-in default. The option {@code --password-file} is
 * the key {@code password-file} and the variable {@code WSN_PASSWORD_FILE}; no option needs to do
 * anything for it.
 */
final class Settings implements IDefaultValueProvider {
  /** The option with the name of the file. */
  static final String CONFIG = "--config";

  private static final String VARIABLE_PREFIX = "WSN_";

  /** Keys that make no sense in a file. */
  private static final Set<String> COMMAND_LINE_ONLY = Set.of("config", "help", "version");

  /** Variables of the launcher and of the process, which are no options. */
  private static final Set<String> NO_OPTIONS =
      Set.of("WSN_COMMAND", "WSN_DEBUG", "WSN_JAVA_OPTS", "WSN_LOG");

  /**
   * A value and where it is from.
   *
   * @param text as it would be typed
   * @param origin {@code node.yaml:3} or {@code WSN_LISTEN}
   */
  record Setting(String text, String origin) {}

  private final Map<String, Setting> settings;

  private Settings(Map<String, Setting> settings) {
    this.settings = Map.copyOf(settings);
  }

  /**
   * Collects the settings of a command.
   *
   * @param arguments of the command, among them perhaps {@value #CONFIG}
   * @throws CommandFailure if there is a file and it is unreadable, or names an unknown key
   */
  static Settings of(CommandSpec command, Map<String, String> environment, List<String> arguments) {
    Map<String, Setting> settings = new LinkedHashMap<>();
    if (command.findOption(CONFIG) != null) {
      configFile(environment, arguments)
          .ifPresent(file -> settings.putAll(fromFile(file, command)));
    }
    for (OptionSpec option : command.options()) {
      String variable = variable(option);
      String text = environment.get(variable);
      boolean isOption = !option.usageHelp() && !option.versionHelp();
      if (text != null && !text.isEmpty() && isOption) {
        settings.put(key(option), new Setting(text, variable));
      }
    }
    return new Settings(settings);
  }

  private static Optional<Path> configFile(
      Map<String, String> environment, List<String> arguments) {
    String file = environment.getOrDefault(VARIABLE_PREFIX + "CONFIG", "");
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (argument.startsWith(CONFIG + "=")) {
        file = argument.substring(CONFIG.length() + 1);
      } else if (argument.equals(CONFIG) && i + 1 < arguments.size()) {
        file = arguments.get(i + 1);
      }
    }
    return file.isEmpty() ? Optional.empty() : Optional.of(Path.of(file));
  }

  private static Map<String, Setting> fromFile(Path file, CommandSpec command) {
    Set<String> known = keys(command);
    Map<String, Setting> settings = new LinkedHashMap<>();
    List<String> unknown = new ArrayList<>();
    ConfigFile.read(file)
        .forEach(
            (name, entry) -> {
              String origin = file + ":" + entry.line();
              if (!entry.text().isEmpty()) {
                settings.put(name, new Setting(entry.text(), origin));
              }
              if (!known.contains(name)) {
                unknown.add(
                    "%s: unknown key \"%s\"; did you mean \"%s\"?"
                        .formatted(origin, name, nearest(name, known)));
              }
            });
    if (!unknown.isEmpty()) {
      throw CommandFailure.usage(String.join("\n  ", unknown));
    }
    return settings;
  }

  /** The name of an option in the file: that on the command line without dashes. */
  static String key(OptionSpec option) {
    return option.longestName().replaceFirst("^-+", "");
  }

  /** The name of an option in the environment. */
  static String variable(OptionSpec option) {
    return VARIABLE_PREFIX + key(option).toUpperCase(Locale.ROOT).replace('-', '_');
  }

  private static Set<String> keys(CommandSpec command) {
    return command.options().stream()
        .map(Settings::key)
        .filter(key -> !COMMAND_LINE_ONLY.contains(key))
        .collect(Collectors.toSet());
  }

  /** The options of a command that can stand in a file, by key. */
  static Map<String, OptionSpec> options(CommandSpec command) {
    Map<String, OptionSpec> options = new TreeMap<>();
    for (OptionSpec option : command.options()) {
      if (!COMMAND_LINE_ONLY.contains(key(option))) {
        options.put(key(option), option);
      }
    }
    return options;
  }

  /**
   * Variables that look like settings and are none of any command, each with the nearest that is.
   *
   * @param all makes the {@code wsn} command with all its commands; asked only if {@code own} does
   *     not know a variable, because that takes time at every start
   * @param own what is known besides
   */
  static List<String> unknownVariables(
      Supplier<CommandLine> all, CommandSpec own, Map<String, String> environment) {
    Set<String> ofOwn = variables(own);
    List<String> strange =
        environment.keySet().stream()
            .filter(name -> name.startsWith(VARIABLE_PREFIX))
            .filter(name -> !ofOwn.contains(name) && !NO_OPTIONS.contains(name))
            .sorted()
            .toList();
    if (strange.isEmpty()) {
      return strange;
    }
    Set<String> known =
        all.get().getSubcommands().values().stream()
            .flatMap(command -> variables(command.getCommandSpec()).stream())
            .collect(Collectors.toSet());
    return strange.stream()
        .filter(name -> !known.contains(name))
        .map(name -> name + " is no option of wsn; did you mean " + nearest(name, known) + "?")
        .toList();
  }

  private static Set<String> variables(CommandSpec command) {
    return command.options().stream().map(Settings::variable).collect(Collectors.toSet());
  }

  private static String nearest(String name, Collection<String> known) {
    return known.stream()
        .min(
            Comparator.comparingInt((String candidate) -> editDistance(name, candidate))
                .thenComparing(Comparator.naturalOrder()))
        .orElse("");
  }

  /** Insertions, deletions and replacements between two words (Wagner and Fischer 1974). */
  static int editDistance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int replaced = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[other.length()];
  }

  @Override
  public @Nullable String defaultValue(ArgSpec argument) {
    return of(argument).map(Setting::text).orElse(null);
  }

  /** What the environment or the file say, if they say something that is not empty. */
  Optional<Setting> of(ArgSpec argument) {
    return argument instanceof OptionSpec option
        ? Optional.ofNullable(settings.get(key(option)))
        : Optional.empty();
  }

  /**
   * Where the options that a message names have their values from, unless from the command line:
   * {@code " (seed: node.yaml:3, resolver: WSN_RESOLVER)"}, or nothing.
   */
  static String origins(CommandLine command, String message, String... arguments) {
    if (!(command.getCommandSpec().defaultValueProvider() instanceof Settings settings)) {
      return "";
    }
    String origins =
        command.getCommandSpec().options().stream()
            .filter(option -> names(message, option))
            .filter(option -> !isTyped(option, arguments))
            .flatMap(
                option ->
                    settings.of(option).stream().map(each -> key(option) + ": " + each.origin()))
            .collect(Collectors.joining(", "));
    return origins.isEmpty() ? "" : " (" + origins + ")";
  }

  private static boolean names(String message, OptionSpec option) {
    return Arrays.stream(message.split("[^a-z0-9-]+", -1)).anyMatch(option.longestName()::equals);
  }

  private static boolean isTyped(OptionSpec option, String... arguments) {
    return Arrays.stream(arguments)
        .anyMatch(
            each ->
                each.equals(option.longestName()) || each.startsWith(option.longestName() + "="));
  }
}
