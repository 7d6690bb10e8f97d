package dev.wsn.cli;

import io.vertx.core.Future;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for what other threads answer; commands are blocking programs. */
final class Answers {
  /** Longer than any lookup or publication takes. */
  static final long TIMEOUT_SECONDS = 60;

  private Answers() {}

  /**
   * The result of a stage.
   *
   * @param what is waited for, in messages: {@code the lookup}
   * @throws CommandFailure if it takes too long
   * @throws RuntimeException the stage's own, if it has one
   */
  static <T> T await(CompletionStage<T> stage, String what) {
    try {
      return stage.toCompletableFuture().get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException late) {
      throw CommandFailure.unreachable(
          what + " gave no answer within " + TIMEOUT_SECONDS + " s; try again");
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw CommandFailure.unreachable(what + " was interrupted");
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof RuntimeException known) {
        throw known;
      }
      throw new IllegalStateException(what + " failed", failure.getCause());
    }
  }

  /** As {@link #await(CompletionStage, String)}. */
  static <T> T await(Future<T> future, String what) {
    return await(future.toCompletionStage(), what);
  }
}
