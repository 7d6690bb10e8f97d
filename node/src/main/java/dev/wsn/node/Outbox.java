package dev.wsn.node;

import dev.wsn.kademlia.Effect;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * Requests to nodes that no keys are shared with yet. Agreeing on keys takes longer than anything
 * else here, and a lookup asks twenty such nodes at a time: so a few are sealed and sent, then the
 * socket is read, then the next few. What has arrived meanwhile is not kept waiting, and the first
 * nodes work while requests to the last are being sealed. Owned by the transport's event loop.
 *
 * <p>Holds at most as many as wait for an answer in the core: the core bounds those.
 */
final class Outbox {
  /** Requests that are sealed between two looks at the socket. */
  static final int AT_ONCE = 4;

  private final Consumer<Runnable> afterReading;
  private final Consumer<Effect.Send> seal;
  private final Deque<Effect.Send> waiting = new ArrayDeque<>();

  /**
   * An empty one.
   *
   * @param afterReading runs a task when the socket was read
   * @param seal seals a request and gives it to the transport
   */
  Outbox(Consumer<Runnable> afterReading, Consumer<Effect.Send> seal) {
    this.afterReading = afterReading;
    this.seal = seal;
  }

  /** Seals a request when its turn has come. */
  void add(Effect.Send request) {
    waiting.add(request);
    if (waiting.size() == 1) {
      afterReading.accept(this::sealSome);
    }
  }

  /** Forgets what was not sealed yet. */
  void clear() {
    waiting.clear();
  }

  private void sealSome() {
    for (int i = 0; i < AT_ONCE && !waiting.isEmpty(); i++) {
      seal.accept(waiting.remove());
    }
    if (!waiting.isEmpty()) {
      afterReading.accept(this::sealSome);
    }
  }
}
