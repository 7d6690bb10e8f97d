package dev.wsn.mapping;

import java.io.IOException;

/** A router that can be asked to forward ports. Calls block, for a bounded time. */
interface Router {
  /**
   * Has a port forwarded to this machine, or goes on with that.
   *
   * @param seconds for how long
   * @throws IOException with a sentence for people, if it does not
   */
  PortMapping map(WantedPort wanted, int seconds) throws IOException;

  /**
   * Has a port not forwarded any more.
   *
   * @throws IOException with a sentence for people, if it does not say that it stopped
   */
  void unmap(WantedPort wanted) throws IOException;

  /** Protocol and address, for people. */
  String name();
}
