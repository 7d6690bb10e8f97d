package dev.wsn.node;

import dev.wsn.record.IpAddress;
import dev.wsn.resolver.ListenException;

/** Why a UDP socket could not be opened, and what to do about it. */
final class SocketRefusal {
  private SocketRefusal() {}

  /**
   * For people.
   *
   * @param cause what the system said
   */
  static ListenException of(IpAddress address, int port, Throwable cause) {
    String where = (address.isIpv4() ? address.toString() : "[" + address + "]") + ":" + port;
    String text = String.valueOf(cause.getMessage());
    if (text.contains("in use")) {
      return new ListenException(
          "UDP port " + where + " is in use by another program; choose another with --listen",
          cause);
    }
    if (text.contains("Cannot assign") || text.contains("can't assign")) {
      return new ListenException(
          address + " is no address of this machine; choose one with --listen", cause);
    }
    return new ListenException("cannot listen on UDP " + where + ": " + text, cause);
  }
}
