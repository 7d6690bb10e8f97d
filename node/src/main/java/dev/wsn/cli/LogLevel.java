package dev.wsn.cli;

/** How much a server tells. */
enum LogLevel {
  /** Bugs. */
  ERROR,
  /** And what the operator can act on. */
  WARN,
  /** And the life of the server. */
  INFO,
  /** And every message. */
  DEBUG
}
