package dev.wsn.node;

import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Threads that several nodes of one program share, for sockets and for disks, because two for each
 * of hundreds would do little but wake up. Outlives the nodes that use it; ended by whoever made
 * it.
 */
public final class NodeThreads implements AutoCloseable {
  private final UdpTransport.Loops loops;
  private final ExecutorService disks;

  private NodeThreads(UdpTransport.Loops loops, ExecutorService disks) {
    this.loops = loops;
    this.disks = disks;
  }

  /**
   * So many threads for sockets, of which each node stays on one, and for disks, where a node's
   * writes go to whichever is free.
   *
   * @param sockets positive; one per core is most that helps
   * @param disks positive; as many disks may be waited for at the same time
   */
  public static NodeThreads of(int sockets, int disks) {
    return new NodeThreads(
        UdpTransport.Loops.of(sockets),
        Executors.newFixedThreadPool(disks, task -> new Thread(task, "wsn-store")));
  }

  UdpTransport.Loops loops() {
    return loops;
  }

  Executor disks() {
    return disks;
  }

  /** Ends the threads soon. Close the nodes first. Does not block. */
  @Override
  public void close() {
    loops.end();
    disks.shutdown();
  }
}
