package dev.wsn.gateway;

import io.vertx.core.Vertx;

/** A timer that rings once unless it is set again or cancelled. Owned by one event loop. */
final class Alarm {
  private static final long NONE = -1;

  private final Vertx vertx;
  private long timer = NONE;

  Alarm(Vertx vertx) {
    this.vertx = vertx;
  }

  /** Forgets the earlier setting. */
  void set(long millis, Runnable action) {
    cancel();
    timer =
        vertx.setTimer(
            Math.max(1, millis),
            id -> {
              timer = NONE;
              action.run();
            });
  }

  void cancel() {
    if (timer != NONE) {
      boolean unused = vertx.cancelTimer(timer);
      timer = NONE;
    }
  }
}
