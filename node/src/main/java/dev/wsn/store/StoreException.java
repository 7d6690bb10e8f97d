package dev.wsn.store;

/**
 * The data directory cannot be used. The message is for the operator: it names the file and says
 * what to do.
 */
public final class StoreException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Why the directory cannot be used. */
  public enum Reason {
    /** Another process, or another node of this one, has it open. */
    LOCKED,
    /** The database was written by a newer version of this program. */
    NEWER_SCHEMA,
    /** The database belongs to another program or to another network. */
    FOREIGN,
    /** The database file is corrupt or truncated. */
    DAMAGED,
    /** The directory or a file in it cannot be created, read or written. */
    INACCESSIBLE
  }

  private final Reason reason;

  StoreException(Reason reason, String message) {
    super(message);
    this.reason = reason;
  }

  StoreException(Reason reason, String message, Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Why the directory cannot be used. */
  public Reason reason() {
    return reason;
  }
}
