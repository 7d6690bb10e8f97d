package dev.wsn.record;

/** A rule of the record that an event breaks; never leaves this package. */
final class RefusedRecordException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final RecordRejection reason;

  RefusedRecordException(RecordRejection reason, String detail) {
    // Without a stack trace: hostile events are cheap to send and must be cheap to refuse.
    super(detail, null, false, false);
    this.reason = reason;
  }

  RecordRules.Verdict.Refused toRefused() {
    return new RecordRules.Verdict.Refused(reason, String.valueOf(getMessage()));
  }
}
