package dev.wsn.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/** A machine whose streams are kept and whose clock may be wrong; everything else is real. */
final class RecordedHost {
  private static final long TIMEOUT_SECONDS = 90;

  private final WatchedText out = new WatchedText();
  private final WatchedText err = new WatchedText();
  private final AtomicLong skippedMillis = new AtomicLong();
  private final Host host;

  RecordedHost() {
    this(Map.of(), "", Duration.ZERO);
  }

  private RecordedHost(Map<String, String> environment, String password, Duration ahead) {
    InstantSource clock = () -> Instant.now().plus(ahead);
    host =
        new Host(
            new PrintWriter(out, true),
            new PrintWriter(err, true),
            clock,
            () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()) + skippedMillis.get(),
            new SecureRandom(),
            environment,
            prompt -> Optional.of(password).filter(p -> !p.isEmpty()).map(String::toCharArray),
            false,
            new StopSignal(),
            new ReloadSignal(false));
  }

  /** A machine with a person at the terminal who knows a password. */
  static RecordedHost withPassword(String password) {
    return new RecordedHost(Map.of(), password, Duration.ZERO);
  }

  /** A machine with a variable in its environment. */
  static RecordedHost withEnvironment(String name, String value) {
    return new RecordedHost(Map.of(name, value), "", Duration.ZERO);
  }

  /** Writes a new key into a file; gives its npub. */
  static String keygen(Path file) {
    RecordedHost machine = new RecordedHost();
    assertThat(machine.run("keygen", "--out", file.toString(), "--json"))
        .as(machine.err())
        .isZero();
    try {
      return new ObjectMapper().readTree(machine.out()).get("npub").asText();
    } catch (JsonProcessingException malformed) {
      throw new AssertionError(machine.out(), malformed);
    }
  }

  /** Sends SIGHUP to the servers of this machine and waits until they have reacted. */
  void reload() {
    host.reload().request();
  }

  /** A machine whose clock is wrong. */
  static RecordedHost withClockAhead(Duration ahead) {
    return new RecordedHost(Map.of(), "", ahead);
  }

  /** Moves the monotonic clock of this machine, as if that time had passed. */
  void skip(Duration time) {
    skippedMillis.addAndGet(time.toMillis());
  }

  Host host() {
    return host;
  }

  /** Runs the real command line in this process and thread. */
  int run(String... arguments) {
    int exitCode = Wsn.run(host, arguments);
    host.out().flush();
    host.err().flush();
    return exitCode;
  }

  /** A server command that runs until it is closed. */
  final class Running implements AutoCloseable {
    private final CompletableFuture<Integer> exitCode;

    Running(String... arguments) {
      exitCode = CompletableFuture.supplyAsync(() -> run(arguments), Running::inOwnThread);
    }

    /** The common pool has one thread on a small machine, and the JDK's HTTP client needs it. */
    private static void inOwnThread(Runnable task) {
      Thread thread = new Thread(task);
      thread.setDaemon(true);
      thread.start();
    }

    /** The rest of the first line of output with this prefix, as soon as it is there. */
    String line(String prefix) {
      CompletableFuture<String> line =
          CompletableFuture.supplyAsync(() -> out.awaitLine(prefix), Running::inOwnThread);
      return CompletableFuture.anyOf(line, exitCode)
          .thenApply(
              first -> {
                assertThat(exitCode).as("ended early: " + err).isNotDone();
                return (String) first;
              })
          .join();
    }

    /** Stops it as SIGTERM would; it must end with 0. */
    @Override
    public void close() {
      host.stop().request();
      assertThat(exitCode)
          .as(err::toString)
          .succeedsWithin(Duration.ofSeconds(TIMEOUT_SECONDS))
          .isEqualTo(ExitCode.DONE);
    }
  }

  /** Starts a server command in a thread of its own. */
  Running start(String... arguments) {
    return new Running(arguments);
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
