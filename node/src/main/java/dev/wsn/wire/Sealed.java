package dev.wsn.wire;

/** What became of a message to send. */
public sealed interface Sealed {
  /**
   * A datagram, ready to send.
   *
   * @param bytes exactly the datagram; the receiver of this value owns the array
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Datagram(byte[] bytes) implements Sealed {}

  /** Nothing to send; a request without a datagram runs into its deadline like a lost one. */
  record Unsealable(RejectReason reason) implements Sealed {}
}
