package dev.wsn.cli;

import dev.wsn.node.SecretFileException;
import dev.wsn.resolver.ListenException;
import dev.wsn.store.StoreException;
import java.util.regex.Pattern;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns everything that stops a command into one message and its exit code. */
final class Complaints {
  /** Secrets land on command lines by mistake; a message must not spread them further. */
  private static final Pattern SECRET = Pattern.compile("(?i)\\b(nsec1|ncryptsec1)[0-9a-z]*");

  private final Host host;

  Complaints(Host host) {
    this.host = host;
  }

  /** The command line does not parse. */
  int onUsage(ParameterException mistake, String[] arguments) {
    CommandLine command = mistake.getCommandLine();
    String message = String.valueOf(mistake.getMessage());
    complain(command, message + Settings.origins(command, message, arguments));
    if (mistake instanceof UnmatchedArgumentException unmatched
        && UnmatchedArgumentException.printSuggestions(unmatched, host.err())) {
      host.err().flush();
    }
    host.err()
        .println("Try '" + command.getCommandSpec().qualifiedName() + " --help' for its options.");
    return ExitCode.USAGE;
  }

  /** The command ran and failed. */
  int onFailure(Exception failure, CommandLine command, String... arguments) {
    if (failure instanceof CommandFailure known) {
      complain(command, known.text() + Settings.origins(command, known.text(), arguments));
      return known.exitCode();
    }
    if (isForThePerson(failure)) {
      complain(command, String.valueOf(failure.getMessage()));
      return ExitCode.USAGE;
    }
    if (isStopped(failure)) {
      complain(command, "stopped before it was up");
      return command.getCommand() instanceof Server ? ExitCode.DONE : ExitCode.INTERNAL;
    }
    complain(command, "internal error: " + failure);
    if (host.isDebugging()) {
      failure.printStackTrace(host.err());
    } else {
      host.err()
          .println("This is a bug in wsn. WSN_DEBUG=1 shows where; please report it with that.");
    }
    return ExitCode.INTERNAL;
  }

  /** What Java says to libraries that register their clean-up while the process ends. */
  private boolean isStopped(Exception failure) {
    return host.stop().isRequested()
        && failure instanceof IllegalStateException
        && "Shutdown in progress".equals(failure.getMessage());
  }

  /** Exceptions of the lower layers whose messages say what to change. */
  private static boolean isForThePerson(Exception failure) {
    return failure instanceof SecretFileException
        || failure instanceof ListenException
        || failure instanceof StoreException;
  }

  private void complain(CommandLine command, String message) {
    String line = command.getCommandSpec().qualifiedName() + ": " + message;
    host.err().println(withoutSecrets(line));
  }

  /** The text with secret keys, if any, cut down to their kind. */
  static String withoutSecrets(String text) {
    return SECRET.matcher(text).replaceAll("$1…");
  }
}
