package dev.wsn.node;

import dev.wsn.kademlia.Protocol;
import dev.wsn.record.IpPort;

/** What a {@link UdpTransport} calls, always on its event loop. */
interface TransportOwner {
  /**
   * A datagram arrived.
   *
   * @param buffer valid until the method returns
   * @param length at most {@link Protocol#MAX_RECEIVED_BYTES}; that much means that it was cut
   */
  void receive(byte[] buffer, int length, IpPort from);

  /** The timer ran out. */
  void wake();

  /** One of the methods above, or a task, threw: a bug. */
  void fail(Throwable bug);
}
