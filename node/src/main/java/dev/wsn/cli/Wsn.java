package dev.wsn.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The {@code wsn} command. */
@Command(
    name = "wsn",
    mixinStandardHelpOptions = true,
    description = "Reach a server by its key: wsn://<npub>.")
public final class Wsn {
  private Wsn() {}

  /** Runs one command and ends the process with its exit code. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Wsn()).execute(arguments));
  }
}
