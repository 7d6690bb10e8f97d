package dev.wsn.cli;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import java.io.IOException;

/** Starts of servers that fail with what the operating system said. */
final class Servers {
  private Servers() {}

  /**
   * The event loops of a server, on epoll where the library of Netty loads, which takes a fifth of
   * the time per message. They read no files, so nothing else is unpacked below the directory for
   * temporary files.
   */
  static Vertx loops() {
    FileSystemOptions none =
        new FileSystemOptions().setClassPathResolvingEnabled(false).setFileCachingEnabled(false);
    return Vertx.vertx(
        new VertxOptions().setFileSystemOptions(none).setPreferNativeTransport(true));
  }

  /**
   * Waits until a server listens.
   *
   * @param starting fails with what the operating system said
   * @param at where, for the message
   * @param option that says so, for the message
   * @throws CommandFailure if it cannot listen there; the message says why
   */
  static <T> T start(Future<T> starting, ListenAddress at, String option) {
    Future<T> explained =
        starting.recover(failure -> Future.failedFuture(explain(failure, at, option)));
    return Answers.await(explained, "starting");
  }

  private static Throwable explain(Throwable failure, ListenAddress at, String option) {
    String said = String.valueOf(failure.getMessage());
    // Netty's epoll throws an IOException where the JDK throws a BindException.
    if (failure instanceof IOException && said.contains("in use")) {
      return CommandFailure.usage(
          "port "
              + at.port()
              + " on "
              + at.address()
              + " is in use: another program, perhaps another wsn, listens there; choose another"
              + " with "
              + option);
    }
    if (failure instanceof IOException && said.contains("assign")) {
      return CommandFailure.usage(
          at.address() + " is no address of this machine; choose one with " + option);
    }
    return failure instanceof IOException
        ? CommandFailure.usage("cannot listen at " + at + ": " + said)
        : failure;
  }
}
