package dev.wsn.gateway.channel;

import java.io.Serial;

/**
 * What a peer sent breaks the protocol; the connection cannot go on. Never has a cause or a text of
 * the peer: everything there is to know is {@link #end}. Has no stack trace, because hostile bytes
 * make it.
 */
public final class ChannelException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final ChannelEnd end;

  /**
   * The exception for one reason.
   *
   * @param end which rule was broken
   */
  public ChannelException(ChannelEnd end) {
    super(end.label(), null, false, false);
    this.end = end;
  }

  /** Which rule was broken. */
  public ChannelEnd end() {
    return end;
  }
}
