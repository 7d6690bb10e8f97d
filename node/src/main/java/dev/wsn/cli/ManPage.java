package dev.wsn.cli;

import java.util.Arrays;
import java.util.Locale;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** The manual page of a command, in troff's man macros, made of picocli's model. */
final class ManPage {
  private final StringBuilder page = new StringBuilder();
  private final CommandSpec spec;

  private ManPage(CommandSpec spec) {
    this.spec = spec;
  }

  /** The page of a command. */
  static String of(CommandLine command) {
    return new ManPage(command.getCommandSpec()).text(command);
  }

  private String text(CommandLine command) {
    String name = spec.qualifiedName("-");
    line(".TH \"" + name.toUpperCase(Locale.ROOT) + "\" 1 \"\" \"wsn\" \"wsn manual\"");
    String[] description = spec.usageMessage().description();
    section("NAME", name + " \\- " + escape(description.length == 0 ? "help" : description[0]));
    line(".SH SYNOPSIS");
    line(".nf");
    Help help = command.getHelp();
    line(escape(help.synopsis(0).strip()));
    line(".fi");
    section("DESCRIPTION", escape(String.join(" ", description)));
    if (!spec.positionalParameters().isEmpty() || !spec.options().isEmpty()) {
      line(".SH OPTIONS");
      spec.positionalParameters().forEach(this::parameter);
      spec.options().forEach(this::option);
    }
    if (!command.getSubcommands().isEmpty()) {
      line(".SH COMMANDS");
      command.getSubcommands().forEach(this::subcommand);
    }
    String footer = String.join("\n", spec.usageMessage().footer()).strip();
    if (!footer.isEmpty()) {
      line(".SH NOTES");
      line(".nf");
      line(escape(footer));
      line(".fi");
    }
    return page.toString();
  }

  private void parameter(PositionalParamSpec parameter) {
    item("\\fI" + escape(parameter.paramLabel()) + "\\fR", parameter);
  }

  private void option(OptionSpec option) {
    String names =
        String.join(
            ", ",
            Arrays.stream(option.names()).map(each -> "\\fB" + escape(each) + "\\fR").toList());
    String value = option.arity().max() == 0 ? "" : " \\fI" + escape(option.paramLabel()) + "\\fR";
    item(names + value, option);
    boolean isSetting = !option.usageHelp() && !option.versionHelp();
    if (isSetting) {
      line("Environment: " + Settings.variable(option) + ".");
    }
  }

  private void item(String term, ArgSpec what) {
    line(".TP");
    line(term);
    line(escape(String.join(" ", what.description())));
  }

  private void subcommand(String name, CommandLine command) {
    line(".TP");
    line("\\fBwsn-" + escape(name) + "\\fR(1)");
    line(escape(String.join(" ", command.getCommandSpec().usageMessage().description())));
  }

  private void section(String title, String text) {
    line(".SH " + title);
    line(text);
  }

  private void line(String text) {
    page.append(text).append('\n');
  }

  /** Characters that troff would take for its own, or for typography. */
  private static String escape(String text) {
    String plain = text.replace("\\", "\\e").replace("-", "\\-").replace("…", "...");
    return plain
        .lines()
        .map(each -> each.startsWith(".") || each.startsWith("'") ? "\\&" + each : each)
        .reduce((a, b) -> a + "\n" + b)
        .orElse("");
  }
}
