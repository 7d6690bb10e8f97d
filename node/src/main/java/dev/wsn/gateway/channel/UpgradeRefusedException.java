package dev.wsn.gateway.channel;

import java.io.Serial;

/** A server answered the request to open a WebSocket with another status than 101. */
public final class UpgradeRefusedException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final int status;

  /**
   * The exception for one status.
   *
   * @param status as the server sent it, 100 to 599
   */
  public UpgradeRefusedException(int status) {
    super("HTTP status " + status, null, false, false);
    this.status = status;
  }

  /** As the server sent it, 100 to 599. */
  public int status() {
    return status;
  }
}
