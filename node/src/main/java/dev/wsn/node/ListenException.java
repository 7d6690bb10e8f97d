package dev.wsn.node;

/** The node cannot listen where it should. The message is for the operator. */
public final class ListenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ListenException(String message, Throwable cause) {
    super(message, cause);
  }
}
