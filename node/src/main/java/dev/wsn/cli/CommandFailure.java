package dev.wsn.cli;

/** A command cannot do what it was asked to, for a reason that a person can act on. */
final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int exitCode;

  private CommandFailure(int exitCode, String message) {
    super(message);
    this.exitCode = exitCode;
  }

  /** What was typed, a file or the configuration is wrong. */
  static CommandFailure usage(String message) {
    return new CommandFailure(ExitCode.USAGE, message);
  }

  /** What should have worked did not, for a reason that is in the message. */
  static CommandFailure failed(String message) {
    return new CommandFailure(ExitCode.INTERNAL, message);
  }

  /** A server was asked to stop before it had done everything; that is no failure. */
  static CommandFailure stopped() {
    return new CommandFailure(ExitCode.DONE, "stopped");
  }

  /** Nobody has the key, or its owner withdrew it. */
  static CommandFailure notFound(String message) {
    return new CommandFailure(ExitCode.NOT_FOUND, message);
  }

  /** The network does not answer. */
  static CommandFailure unreachable(String message) {
    return new CommandFailure(ExitCode.UNREACHABLE, message);
  }

  /** The record is refused. */
  static CommandFailure refused(String message) {
    return new CommandFailure(ExitCode.REFUSED, message);
  }

  /** One of {@link ExitCode}. */
  int exitCode() {
    return exitCode;
  }

  /** The message, which is never absent. */
  String text() {
    return String.valueOf(getMessage());
  }
}
