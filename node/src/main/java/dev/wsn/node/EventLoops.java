package dev.wsn.node;

/**
 * Threads that several nodes of one program share, because a thread for each of hundreds would do
 * little but wake up. Outlives the nodes that use it; ended by whoever made it.
 */
public final class EventLoops implements AutoCloseable {
  private final UdpTransport.Loops loops;

  private EventLoops(UdpTransport.Loops loops) {
    this.loops = loops;
  }

  /**
   * So many threads; each node stays on one of them.
   *
   * @param threads positive; one per core is most that helps
   */
  public static EventLoops of(int threads) {
    return new EventLoops(UdpTransport.Loops.of(threads));
  }

  UdpTransport.Loops loops() {
    return loops;
  }

  /** Ends the threads soon. Close the nodes first. Does not block. */
  @Override
  public void close() {
    loops.end();
  }
}
