package dev.wsn.cli;

/** The exit codes of every command; scripts depend on them, so they never change. */
final class ExitCode {
  /** The command did what it was asked to. */
  static final int DONE = 0;

  /** A bug or a broken machine. */
  static final int INTERNAL = 1;

  /** The command line, a file or the configuration is wrong. */
  static final int USAGE = 2;

  /** Nobody has a live record of the key, or its owner withdrew it. */
  static final int NOT_FOUND = 3;

  /** The network or the resolver does not answer, or too few nodes acknowledged. */
  static final int UNREACHABLE = 4;

  /** The record breaks a rule, or a newer one is known. */
  static final int REFUSED = 5;

  private ExitCode() {}
}
