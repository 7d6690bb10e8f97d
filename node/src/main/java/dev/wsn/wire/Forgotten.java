package dev.wsn.wire;

/**
 * What a {@link DatagramSealer} forgets when there is too much of it, the oldest first; see {@link
 * Limits}. Requests without an answer and nonces leave in no other way, so those are forgotten in
 * normal service, too. The name in lower case is the metric label.
 */
public enum Forgotten {
  /** Keys shared with a node that this one called: the next call costs a key agreement. */
  CALLEE_KEYS,
  /** Keys shared with a caller: its next request costs a key agreement. */
  CALLER_KEYS,
  /** Ciphers of a pair of keys: they are made again when the pair is used. */
  CIPHERS,
  /** A cookie of another node: it may demand a new one, which takes a round trip. */
  COOKIES,
  /** A request without an answer: an answer that still came would not be opened. */
  UNANSWERED,
  /** The nonce of a request: a copy of it would be opened once more. */
  NONCES
}
