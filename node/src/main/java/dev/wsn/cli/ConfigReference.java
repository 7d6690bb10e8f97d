package dev.wsn.cli;

import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/** The page of all settings, made of the options themselves. */
final class ConfigReference {
  private static final Pattern DEFAULT = Pattern.compile(" \\(default: ([^)]*)\\)");

  private static final String INTRODUCTION =
      """
      # Configuration

      This page is made from the program: `./wsn config reference --out docs/CONFIGURATION.md`.

      Every setting has one name. `--log-format` on the command line is `log-format` in the file and
      `WSN_LOG_FORMAT` in the environment. The command line wins over the environment, that over the file, and
      that over the built-in default. The file is YAML, one `key: value` per line; a list is a YAML list, or one
      text with commas. A file belongs to one server: it is named with `--config` or `WSN_CONFIG`.

      ```yaml
      listen: 203.0.113.7:4848
      data: /var/lib/wsn
      seed:
        - npub1…@198.51.100.2:4848
      ```

      | to | run |
      |---|---|
      | see every value and where it is from | `wsn config show node --config node.yaml` |
      | find mistakes without starting anything | `wsn config check node --config node.yaml` |
      | read the file again while the server runs | `kill -HUP PID`, or `systemctl reload wsn-node` |

      A key that does not exist, a value that cannot be, and keys that contradict each other are errors, which name the
      line and the nearest key; so is a file that a reload finds wrong, and then everything stays as it was. A
      variable `WSN_…` that is no setting is an error of `config check` and a warning at the start. Settings with
      "yes" under *reload* change on SIGHUP; a change of another one is reported and waits for a restart.

      Three variables are no settings: `WSN_DEBUG=1` shows stack traces and debug logs, and the launcher reads
      `WSN_JAVA_OPTS` and `JAVA_HOME`. `WSN_LOG` works for every command, not only servers.
      """;

  private ConfigReference() {}

  /** The page, in Markdown. */
  static String page(List<CommandLine> servers) {
    StringBuilder page = new StringBuilder(INTRODUCTION);
    for (CommandLine server : servers) {
      page.append("\n## wsn ").append(server.getCommandName()).append("\n\n");
      page.append(String.join(" ", server.getCommandSpec().usageMessage().description()));
      page.append("\n\n| key | value | default | reload | meaning |\n|---|---|---|---|---|\n");
      for (Map.Entry<String, OptionSpec> each :
          Settings.options(server.getCommandSpec()).entrySet()) {
        page.append(row(each.getKey(), each.getValue())).append('\n');
      }
    }
    return page.toString();
  }

  private static String row(String key, OptionSpec option) {
    String description = String.join(" ", option.description());
    Matcher stated = DEFAULT.matcher(description);
    boolean isStated = stated.find();
    boolean isFlag = option.arity().max() == 0;
    String value = isFlag ? "true or false" : option.paramLabel();
    String preset =
        option.defaultValue() != null ? option.defaultValue() : isStated ? stated.group(1) : "";
    if (preset.isEmpty()) {
      preset = isFlag ? "false" : option.required() ? "required" : "";
    }
    return "| `%s` | %s | %s | %s | %s |"
        .formatted(
            key,
            cell(value) + (option.isMultiValue() ? ", …" : ""),
            cell(preset),
            Reloading.isReloadable(option) ? "yes" : "",
            cell(stated.replaceAll("")));
  }

  private static String cell(String text) {
    return text.replace("|", "\\|").replace("<", "&lt;");
  }
}
