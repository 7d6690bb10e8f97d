package dev.wsn.gateway;

import static org.assertj.core.api.Assertions.fail;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what must happen, and fails the test when it does not. */
final class Awaiting {
  private static final long SECONDS = 20;

  private Awaiting() {}

  static <T> T result(Future<T> future) {
    try {
      var stage = future.toCompletionStage().toCompletableFuture();
      return stage.get(SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      throw new AssertionError("the future failed", failed.getCause());
    } catch (InterruptedException | TimeoutException late) {
      throw new AssertionError("the future is late", late);
    }
  }

  static void done(Future<?> future) {
    try {
      var unused = future.toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      throw new AssertionError("the future failed", failed.getCause());
    } catch (InterruptedException | TimeoutException late) {
      throw new AssertionError("the future is late", late);
    }
  }

  /**
   * Connects on an event loop, where handlers of a connection can be set before it ends. What
   * another thread sets after it heard of the connection may be too late for one that ends at once.
   */
  static <T> Future<T> onLoop(Vertx vertx, Supplier<Future<T>> connecting) {
    Promise<T> connected = Promise.promise();
    vertx.runOnContext(now -> nothing(connecting.get().onComplete(connected)));
    return connected.future();
  }

  /** The same future when it is complete, however that ended. */
  static <T> Future<T> settled(Future<T> future) {
    until(future::isComplete);
    return future;
  }

  /** For results that a test does not wait for. */
  @SuppressWarnings("UnusedVariable")
  static void nothing(Object result) {}

  static Throwable failure(Future<?> future) {
    try {
      Object result =
          future.toCompletionStage().toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
      return fail("the future did not fail but is " + result);
    } catch (ExecutionException failed) {
      return failed.getCause() == null ? failed : failed.getCause();
    } catch (InterruptedException | TimeoutException late) {
      throw new AssertionError("the future is late", late);
    }
  }

  static <T> T next(BlockingQueue<T> queue) {
    try {
      T next = queue.poll(SECONDS, TimeUnit.SECONDS);
      return next == null ? fail("nothing came") : next;
    } catch (InterruptedException interrupted) {
      throw new AssertionError(interrupted);
    }
  }

  static void until(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        fail("the condition did not come true");
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
    }
  }
}
