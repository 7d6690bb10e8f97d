package dev.wsn.record;

/** Bytes or text that are no event of kind 11111. The message says what is wrong. */
public final class MalformedRecordException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /**
   * The exception with its text.
   *
   * @param message what is wrong
   */
  public MalformedRecordException(String message) {
    super(message);
  }
}
