package dev.wsn.resolver.cache;

/** As many lookups are under way as may be; ask again in a moment. */
public final class BusyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Too much at once. */
  public BusyException() {
    // Without a stack trace: questions are cheap to ask and must be cheap to refuse.
    super("too many lookups are under way", null, false, false);
  }
}
