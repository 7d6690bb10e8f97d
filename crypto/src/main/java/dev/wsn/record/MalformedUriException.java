package dev.wsn.record;

/** Text that is no {@code wsn://} URI or no endpoint. The message says what is wrong. */
public final class MalformedUriException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * The exception with its text.
   *
   * @param message what is wrong and what to write instead
   */
  public MalformedUriException(String message) {
    super(message);
  }
}
