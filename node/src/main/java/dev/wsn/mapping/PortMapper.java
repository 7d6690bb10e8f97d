package dev.wsn.mapping;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a port forwarded by the router: asks again when half of the lease is over, tries again with
 * growing pauses when nobody does it, and has the router stop at the end. Works on a thread of its
 * own; thread-safe. What a router says is a hint: whether strangers get through shows elsewhere.
 */
public final class PortMapper implements AutoCloseable {
  /** A lease; a router that restarted forgets it, and half of this later it is asked again. */
  static final int LEASE_SECONDS = 1_200;

  private static final long MAX_CLOSE_MILLIS = 6_000;

  /** Told what happens, on the mapper's thread. */
  public interface Listener {
    /** A router forwards the port now. Told again when the router or its address changed. */
    void mapped(PortMapping mapping);

    /** Nobody forwards the port, with the reasons. Told again when they changed. */
    void failed(String reasons);

    /** The router was told to stop, and has not said that it did. */
    void left(String reason);
  }

  /** What came of it so far. */
  public sealed interface State {
    /** Nobody has answered yet. */
    record Asking() implements State {}

    /**
     * A router says that it forwards the port.
     *
     * @param untilMillis when it stops unless it is asked again, on the mapper's clock; {@link
     *     Long#MAX_VALUE} if it waits to be told
     */
    record Mapped(PortMapping mapping, long untilMillis) implements State {}

    /**
     * Nobody forwards it.
     *
     * @param reasons for people
     */
    record Refused(String reasons) implements State {}

    /** The router was told to stop, and did. */
    record Ended() implements State {}
  }

  /**
   * Times between two questions, in milliseconds.
   *
   * @param least however short a lease is
   * @param most however long it is
   */
  record Pauses(long least, long most) {
    static final Pauses STANDARD = new Pauses(15_000, 600_000);
  }

  private final WantedPort wanted;
  private final List<Search> searches;
  private final Pauses pauses;
  private final Listener listener;
  private final Thread thread;
  private final CountDownLatch stopping = new CountDownLatch(1);
  private final CountDownLatch tried = new CountDownLatch(1);
  private final AtomicLong failures = new AtomicLong();
  private final LongSupplier monotonicMillis;
  private volatile State state = new State.Asking();

  /** Confined to the thread. */
  private @Nullable Router router;

  private String told = "";

  PortMapper(
      WantedPort wanted,
      List<Search> searches,
      Pauses pauses,
      LongSupplier monotonicMillis,
      Listener listener) {
    this.wanted = wanted;
    this.searches = searches;
    this.pauses = pauses;
    this.monotonicMillis = monotonicMillis;
    this.listener = listener;
    this.thread = new Thread(this::run, "port-mapping");
    thread.setDaemon(true);
  }

  /**
   * Begins to ask.
   *
   * @param monotonicMillis a clock that never goes back
   */
  public static PortMapper start(
      WantedPort wanted, MappingMethod method, LongSupplier monotonicMillis, Listener listener) {
    PortMapper mapper =
        new PortMapper(
            wanted, Search.of(method, monotonicMillis), Pauses.STANDARD, monotonicMillis, listener);
    mapper.start();
    return mapper;
  }

  void start() {
    thread.start();
  }

  /** Waits until all routers were asked once, or for that time. */
  public void awaitFirst(long millis) {
    try {
      boolean unused = tried.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }

  /** The port that is asked for. */
  public WantedPort wanted() {
    return wanted;
  }

  /** What came of it so far. */
  public State state() {
    return state;
  }

  /** Whether a router says that it forwards the port. */
  public boolean isMapped() {
    return state instanceof State.Mapped;
  }

  /** How often nobody forwarded the port when it was asked for. */
  public long failures() {
    return failures.get();
  }

  private void run() {
    long pause = pauses.least();
    boolean isStopping = false;
    while (!isStopping) {
      List<String> reasons = new ArrayList<>();
      PortMapping mapping = map(reasons);
      if (mapping == null) {
        String why = String.join("; ", reasons);
        state = new State.Refused(why);
        failures.incrementAndGet();
        tellFailed(why);
        pause = Math.min(2 * pause, pauses.most());
      } else {
        state = new State.Mapped(mapping, until(mapping));
        tellMapped(mapping);
        long half = mapping.seconds() == 0 ? pauses.most() : 500 * mapping.seconds();
        pause = Math.max(pauses.least(), Math.min(half, pauses.most()));
      }
      tried.countDown();
      isStopping = waits(pause);
    }
    if (router != null) {
      unmap(router);
    }
  }

  private long until(PortMapping mapping) {
    return mapping.seconds() == 0
        ? Long.MAX_VALUE
        : monotonicMillis.getAsLong() + 1_000 * mapping.seconds();
  }

  /** Whether it is over. */
  private boolean waits(long millis) {
    try {
      return stopping.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException stop) {
      return true;
    }
  }

  /** Asks the router that did it last, then whoever is there; null if nobody does it. */
  private @Nullable PortMapping map(List<String> reasons) {
    if (router != null) {
      PortMapping again = map(router, reasons);
      if (again != null) {
        return again;
      }
      router = null;
      reasons.clear();
    }
    for (Search search : searches) {
      try {
        for (Router each : search.routers()) {
          PortMapping mapping = map(each, reasons);
          if (mapping != null) {
            router = each;
            return mapping;
          }
        }
      } catch (IOException nobody) {
        reasons.add(search.name() + ": " + nobody.getMessage());
      }
    }
    return null;
  }

  private @Nullable PortMapping map(Router asked, List<String> reasons) {
    try {
      return asked.map(wanted, LEASE_SECONDS);
    } catch (IOException refused) {
      reasons.add(asked.name() + ": " + refused.getMessage());
      return null;
    }
  }

  private void unmap(Router asked) {
    try {
      asked.unmap(wanted);
      state = new State.Ended();
    } catch (IOException silent) {
      listener.left(asked.name() + ": " + silent.getMessage());
    }
  }

  private void tellMapped(PortMapping mapping) {
    String news = mapping.router() + " " + mapping.external();
    if (!news.equals(told)) {
      told = news;
      listener.mapped(mapping);
    }
  }

  private void tellFailed(String reasons) {
    if (!reasons.equals(told)) {
      told = reasons;
      listener.failed(reasons);
    }
  }

  /** Has the router stop; blocks for some seconds at most. */
  @Override
  public void close() {
    stopping.countDown();
    try {
      thread.join(MAX_CLOSE_MILLIS);
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
    }
  }
}
