package dev.wsn.crypto.noise;

/**
 * A handshake message is not what it must be. The same for every cause, without cause or stack
 * trace, so that it tells an attacker nothing and costs nothing. The channel is to be closed.
 */
public final class HandshakeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  HandshakeException() {
    super("the handshake failed", null, false, false);
  }
}
