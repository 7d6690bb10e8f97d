package dev.wsn.kademlia;

/**
 * A contact that answered before, see {@link Kademlia#begin(Now, dev.wsn.record.IpPort,
 * java.util.List)}.
 *
 * @param answeredAtMillis when, monotonic milliseconds
 * @param roundTripMillis how fast
 */
public record Acquaintance(Contact contact, long answeredAtMillis, long roundTripMillis) {}
