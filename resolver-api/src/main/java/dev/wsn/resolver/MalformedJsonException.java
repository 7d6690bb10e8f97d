package dev.wsn.resolver;

/** Text that is not the JSON it should be. The message is one sentence that says what is wrong. */
public final class MalformedJsonException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With the sentence. */
  public MalformedJsonException(String message) {
    super(message);
  }
}
