package dev.wsn.kademlia;

/**
 * Names one request: it is the 96-bit nonce of the request's datagram. A reply repeats {@code head}
 * and authenticates both parts.
 *
 * @param head the first 8 bytes of the nonce
 * @param tail the last 4 bytes
 */
public record RequestId(long head, int tail) {
  /** Written out, because every reply looks one up, and what the compiler makes is slower. */
  @Override
  public boolean equals(Object other) {
    return other instanceof RequestId that && head == that.head && tail == that.tail;
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(head) + tail;
  }
}
