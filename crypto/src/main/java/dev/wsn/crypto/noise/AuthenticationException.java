package dev.wsn.crypto.noise;

/**
 * A transport message was changed, repeated, dropped before, or is not of this session. Without
 * cause or stack trace. The channel is to be closed.
 */
public final class AuthenticationException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  AuthenticationException() {
    super("the message is not authentic", null, false, false);
  }
}
