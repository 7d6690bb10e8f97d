package dev.wsn.kademlia;

/**
 * Names one request: it is the 96-bit nonce of the request's datagram. A reply repeats {@code head}
 * and authenticates both parts.
 *
 * @param head the first 8 bytes of the nonce
 * @param tail the last 4 bytes
 */
public record RequestId(long head, int tail) {}
