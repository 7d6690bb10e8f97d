package dev.wsn.cli;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** A machine whose streams are kept; everything else is real. */
final class RecordedHost {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final StopSignal stop = new StopSignal();
  private final Host host;

  RecordedHost() {
    this(Map.of(), Optional.empty());
  }

  /**
   * A machine with an environment.
   *
   * @param password what the person at the terminal types, if there is one
   */
  @SuppressWarnings("OptionalUsedAsFieldOrParameterType")
  RecordedHost(Map<String, String> environment, Optional<String> password) {
    host =
        new Host(
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            InstantSource.system(),
            () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()),
            new SecureRandom(),
            environment,
            prompt -> password.map(String::toCharArray),
            false,
            stop);
  }

  Host host() {
    return host;
  }

  /** Runs the real command line in this process. */
  int run(String... arguments) {
    int exitCode = Wsn.run(host, arguments);
    host.out().flush();
    host.err().flush();
    return exitCode;
  }

  /** Everything on standard output so far. */
  String out() {
    return out.toString();
  }

  /** Everything on standard error so far. */
  String err() {
    return err.toString();
  }
}
