package dev.wsn.cli;

/** What a line of the log looks like. */
enum LogFormat {
  /** Time, level, class, message. */
  HUMAN,
  /** One JSON object. */
  JSON
}
