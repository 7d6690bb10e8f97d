package dev.wsn.node;

/**
 * Counters of a UDP socket since it was opened.
 *
 * @param received datagrams
 * @param receivedBytes their payload
 * @param sent datagrams handed to the operating system
 * @param sentBytes their payload
 * @param dropped datagrams not sent because too many were waiting
 * @param errors reads and writes that the operating system refused, and datagrams from port 0
 */
public record TransportCounters(
    long received, long receivedBytes, long sent, long sentBytes, long dropped, long errors) {}
