package dev.wsn.cli;

import java.lang.reflect.AnnotatedElement;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/**
 * Reads the settings of a running server again. Changes of {@link Reloadable} options are taken
 * over, of others it says that they need a restart; after a mistake everything stays as it was.
 */
final class Reloading {
  private static final Logger LOG = LoggerFactory.getLogger(Reloading.class);

  private final Host host;
  private final CommandLine running;
  private final List<String> arguments;

  /**
   * For one server.
   *
   * @param running its command
   * @param arguments it was started with, without its name
   */
  Reloading(Host host, CommandLine running, List<String> arguments) {
    this.host = host;
    this.running = running;
    this.arguments = List.copyOf(arguments);
  }

  /** Whether a running server takes over a new value of this option. */
  static boolean isReloadable(OptionSpec option) {
    return option.userObject() instanceof AnnotatedElement field
        && field.isAnnotationPresent(Reloadable.class);
  }

  /** Reads, compares, and tells the server. */
  void reload() {
    CommandLine all = Commands.of(host, running.getCommandName());
    CommandLine fresh = running;
    try {
      fresh = Commands.server(all, host, running.getCommandName(), arguments);
      ParseResult unused = Commands.parse(all, running.getCommandName(), arguments);
      fresh.<Server>getCommand().check();
      takeOver(fresh);
    } catch (CommandFailure mistake) {
      refuse(mistake.text() + Settings.origins(fresh, mistake.text(), typed()));
    } catch (ParameterException mistake) {
      String message = String.valueOf(mistake.getMessage());
      refuse(message + Settings.origins(fresh, message, typed()));
    }
  }

  private String[] typed() {
    return arguments.toArray(String[]::new);
  }

  private static void refuse(String why) {
    LOG.warn("not reloaded, everything stays as it was: {}", Complaints.withoutSecrets(why));
  }

  private void takeOver(CommandLine fresh) {
    Map<String, OptionSpec> read = Settings.options(fresh.getCommandSpec());
    List<String> changed = new ArrayList<>();
    List<String> fixed = new ArrayList<>();
    for (Map.Entry<String, OptionSpec> each :
        Settings.options(running.getCommandSpec()).entrySet()) {
      OptionSpec option = each.getValue();
      OptionSpec newer = Objects.requireNonNull(read.get(each.getKey()));
      if (isSame(option.getValue(), newer.getValue())) {
        continue;
      }
      if (isReloadable(option)) {
        option.setValue(newer.getValue());
        changed.add(each.getKey());
      } else {
        fixed.add(each.getKey());
      }
    }
    if (!fixed.isEmpty()) {
      LOG.warn("a change of {} needs a restart; the old value stays until then", fixed);
    }
    running.<Server>getCommand().reloaded();
    // After the change of the level, if there is one.
    LOG.info("configuration read again, changed: {}", changed.isEmpty() ? "nothing" : changed);
  }

  private static boolean isSame(Object one, Object other) {
    return Arrays.deepEquals(new Object[] {one}, new Object[] {other});
  }
}
