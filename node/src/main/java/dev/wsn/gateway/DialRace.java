package dev.wsn.gateway;

import dev.wsn.record.Endpoint;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Attempts at endpoints that start one after the other without waiting long for each (happy
 * eyeballs, RFC 8305): the next one begins when one has failed, or after {@link #STAGGER_MILLIS}.
 * The first to succeed wins. Owned by one event loop.
 *
 * @param <T> what an attempt gives
 */
final class DialRace<T> {
  /** The delay that RFC 8305 5 recommends. */
  static final long STAGGER_MILLIS = 250;

  /** A resolver answers sooner, unless it is in trouble. */
  static final long PATIENCE_MILLIS = 1_000;

  /** Most endpoints of one race: those of two records and a hint. */
  private static final int MAX_ENDPOINTS = 17;

  /** An attempt that failed in a way that no other endpoint would change. */
  static final class FinalFailure extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient ConnectFailure failure;

    FinalFailure(ConnectFailure failure) {
      super(failure.detail(), null, false, false);
      this.failure = failure;
    }
  }

  private final Function<Endpoint, Future<T>> dial;
  private final Function<Throwable, String> explain;
  private final Consumer<T> discard;
  private final Supplier<Future<List<Endpoint>>> more;
  private final Alarm stagger;
  private final Alarm patience;
  private final Promise<T> winner = Promise.promise();
  private final List<Endpoint> seen = new ArrayList<>();
  private final Deque<Endpoint> waiting = new ArrayDeque<>();
  private final List<ConnectFailure.Tried> tried = new ArrayList<>();
  private Optional<ConnectFailure> unknown = Optional.empty();
  private int looking;
  private int running;
  private boolean hasAskedForMore;

  /**
   * A race that has not begun.
   *
   * @param dial one attempt
   * @param explain what is told of a failed attempt
   * @param discard ends what succeeded too late
   * @param more asked once for further endpoints when all have failed
   */
  DialRace(
      Vertx vertx,
      Function<Endpoint, Future<T>> dial,
      Function<Throwable, String> explain,
      Consumer<T> discard,
      Supplier<Future<List<Endpoint>>> more) {
    this.stagger = new Alarm(vertx);
    this.patience = new Alarm(vertx);
    this.dial = dial;
    this.explain = explain;
    this.discard = discard;
    this.more = more;
  }

  /**
   * Begins.
   *
   * @param hints dialled at once
   * @param known endpoints that are being looked up
   * @param remembered endpoints of an earlier look-up, dialled when this one does not answer within
   *     {@link #PATIENCE_MILLIS}
   * @return fails with {@link ConnectFailure}
   */
  Future<T> run(List<Endpoint> hints, Future<List<Endpoint>> known, List<Endpoint> remembered) {
    add(hints);
    look(known);
    if (!remembered.isEmpty()) {
      patience.set(
          PATIENCE_MILLIS,
          () -> {
            add(remembered);
            step();
          });
    }
    step();
    return winner
        .future()
        .onComplete(
            done -> {
              stagger.cancel();
              patience.cancel();
            });
  }

  private void add(List<Endpoint> endpoints) {
    for (Endpoint endpoint : endpoints) {
      if (!seen.contains(endpoint) && seen.size() < MAX_ENDPOINTS) {
        seen.add(endpoint);
        waiting.add(endpoint);
      }
    }
  }

  private void look(Future<List<Endpoint>> source) {
    looking++;
    Future<List<Endpoint>> unused =
        source.onComplete(
            found -> {
              looking--;
              if (found.succeeded()) {
                add(found.result());
              } else if (found.cause() instanceof ConnectFailure failure) {
                unknown = Optional.of(failure);
              } else {
                fail(found.cause());
              }
              step();
            });
  }

  private void step() {
    if (winner.future().isComplete()) {
      return;
    }
    stagger.cancel();
    Endpoint next = waiting.poll();
    if (next != null) {
      stagger.set(STAGGER_MILLIS, this::step);
      attempt(next);
    } else if (running == 0 && looking == 0) {
      exhausted();
    }
  }

  private void attempt(Endpoint endpoint) {
    running++;
    Future<T> unused =
        dial.apply(endpoint)
            .onComplete(
                done -> {
                  running--;
                  if (done.succeeded()) {
                    if (!winner.tryComplete(done.result())) {
                      discard.accept(done.result());
                    }
                  } else if (done.cause() instanceof FinalFailure last) {
                    fail(last.failure);
                  } else {
                    String reason = explain.apply(done.cause());
                    tried.add(new ConnectFailure.Tried(endpoint.address(), reason));
                    step();
                  }
                });
  }

  private void exhausted() {
    if (!hasAskedForMore && unknown.isEmpty()) {
      hasAskedForMore = true;
      look(more.get());
      return;
    }
    if (unknown.isPresent()) {
      fail(unknown.get().having(tried));
      return;
    }
    String detail =
        tried.isEmpty()
            ? "Its record has no wsn endpoint that may be dialled from here."
            : "Every wsn endpoint of its newest record was tried.";
    fail(ConnectFailure.unreachable(detail, tried));
  }

  private void fail(Throwable cause) {
    boolean unused = winner.tryFail(cause);
  }
}
