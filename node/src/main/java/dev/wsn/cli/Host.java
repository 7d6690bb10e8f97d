package dev.wsn.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * What a command gets from the machine that it runs on. The only place that makes clocks and random
 * sources; tests pass their own.
 *
 * @param out standard output: results
 * @param err standard error: what is for people only
 * @param clock wall clock
 * @param monotonicMillis a clock that never goes back, in milliseconds, of arbitrary origin
 * @param random for keys and nonces
 * @param environment the process environment
 * @param password asks the person at the terminal, with a prompt; empty without a terminal
 * @param isTerminal whether a person watches standard error
 * @param stop how servers learn that they should end
 * @param reload how servers learn that they should read their configuration again
 */
record Host(
    PrintWriter out,
    PrintWriter err,
    InstantSource clock,
    LongSupplier monotonicMillis,
    SecureRandom random,
    Map<String, String> environment,
    Function<String, Optional<char[]>> password,
    boolean isTerminal,
    StopSignal stop,
    ReloadSignal reload) {

  /** Set by the launcher, which knows; newer Java has a console without a terminal, too. */
  private static final String STDIN_IS_TERMINAL = "wsn.terminal.in";

  private static final String STDERR_IS_TERMINAL = "wsn.terminal.err";

  /** The machine that this process runs on. */
  static Host system() {
    return new Host(
        new PrintWriter(System.out, true, StandardCharsets.UTF_8),
        new PrintWriter(System.err, true, StandardCharsets.UTF_8),
        InstantSource.system(),
        () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()),
        new SecureRandom(),
        Map.copyOf(System.getenv()),
        Host::askAtTerminal,
        Boolean.getBoolean(STDERR_IS_TERMINAL),
        new StopSignal(),
        new ReloadSignal(true));
  }

  private static Optional<char[]> askAtTerminal(String prompt) {
    if (!Boolean.getBoolean(STDIN_IS_TERMINAL)) {
      return Optional.empty();
    }
    return Optional.ofNullable(System.console())
        .flatMap(console -> Optional.ofNullable(console.readPassword("%s", prompt)));
  }

  /** Unix seconds. */
  long unixSeconds() {
    return clock.instant().getEpochSecond();
  }

  /** Whether stack traces are wanted ({@code WSN_DEBUG=1}). */
  boolean isDebugging() {
    return environment.getOrDefault("WSN_DEBUG", "").equals("1");
  }
}
