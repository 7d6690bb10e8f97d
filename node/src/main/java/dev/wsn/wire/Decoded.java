package dev.wsn.wire;

/**
 * What bytes turned out to be.
 *
 * @param <T> the message type
 */
sealed interface Decoded<T> {
  /** A message in its one encoding. */
  record Message<T>(T value) implements Decoded<T> {}

  /** No message. */
  record Malformed<T>(RejectReason reason) implements Decoded<T> {}
}
