package dev.wsn.cli;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The way from SIGINT or SIGTERM to a command that runs until it is stopped, and back. Without it
 * the Java machine would end with 130 or 143 whatever the command did. A command that ends by
 * itself is cut off at once, as everywhere. Thread-safe.
 */
final class StopSignal {
  /** A stop that takes longer than this is cut off. */
  static final long STOP_SECONDS = 20;

  /** What shells expect of a program that was interrupted. */
  private static final int INTERRUPTED = 130;

  private final CountDownLatch requested = new CountDownLatch(1);
  private final CountDownLatch finished = new CountDownLatch(1);
  private volatile int exitCode;
  private volatile boolean isServing;

  /** Says that the command ends in order when it is asked to. */
  void serve() {
    isServing = true;
  }

  /** Asks the command to stop; the second time changes nothing. */
  void request() {
    requested.countDown();
  }

  /** Whether somebody asked. */
  boolean isRequested() {
    return requested.getCount() == 0;
  }

  /** Blocks until {@link #request}. */
  void await() {
    try {
      requested.await();
    } catch (InterruptedException interrupted) {
      // Whoever interrupts a command wants it to stop.
      Thread.currentThread().interrupt();
    }
  }

  /** As {@link #await()}, but not longer than this; whether somebody asked. */
  boolean await(Duration atMost) {
    try {
      return requested.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** Says that the command ended. */
  void finish(int code) {
    exitCode = code;
    finished.countDown();
  }

  /** Turns the end of the Java machine into a request, and its exit code into the command's. */
  void install() {
    Runtime.getRuntime().addShutdownHook(new Thread(this::stopAndHalt, "stop"));
  }

  private void stopAndHalt() {
    request();
    boolean isOver = finished.getCount() == 0;
    if (!isServing && !isOver) {
      Runtime.getRuntime().halt(INTERRUPTED);
    }
    try {
      boolean isFinished = finished.await(STOP_SECONDS, TimeUnit.SECONDS);
      Runtime.getRuntime().halt(isFinished ? exitCode : ExitCode.INTERNAL);
    } catch (InterruptedException interrupted) {
      Runtime.getRuntime().halt(ExitCode.INTERNAL);
    }
  }
}
