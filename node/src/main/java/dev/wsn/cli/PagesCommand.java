package dev.wsn.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code wsn pages}: what a package has besides the program. */
@Command(
    name = "pages",
    description = "Writes the manual pages and the completion of bash, for packages.",
    footer = {"", "DIR/man1/wsn*.1 and DIR/wsn.bash. Try: source DIR/wsn.bash; man DIR/man1/wsn.1"})
final class PagesCommand implements Callable<Integer> {
  private final Host host;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "made if missing")
  private Path out = Path.of("");

  PagesCommand(Host host) {
    this.host = host;
  }

  @Override
  public Integer call() {
    CommandLine all = Commands.of(host);
    Path manual = out.resolve("man1");
    try {
      Path unused = Files.createDirectories(manual);
    } catch (IOException failure) {
      throw CommandFailure.usage(manual + " cannot be made: " + failure.getMessage());
    }
    OutFile.write(out.resolve("wsn.bash"), AutoComplete.bash("wsn", all));
    OutFile.write(manual.resolve("wsn.1"), ManPage.of(all));
    all.getSubcommands()
        .forEach(
            (name, command) ->
                OutFile.write(manual.resolve("wsn-" + name + ".1"), ManPage.of(command)));
    return ExitCode.DONE;
  }
}
