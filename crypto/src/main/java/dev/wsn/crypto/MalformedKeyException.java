package dev.wsn.crypto;

/** A key, or the text or file that should hold one, is not well formed. The message says why. */
public final class MalformedKeyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * The exception with its text.
   *
   * @param message what is wrong and what is expected; never contains secret bytes
   */
  public MalformedKeyException(String message) {
    super(message);
  }
}
