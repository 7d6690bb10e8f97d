package dev.wsn.resolver;

/** A server cannot listen where it should. The message is a sentence for people. */
public final class ListenException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * The exception with its text.
   *
   * @param message where and why
   * @param cause what the operating system said
   */
  public ListenException(String message, Throwable cause) {
    super(message, cause);
  }
}
