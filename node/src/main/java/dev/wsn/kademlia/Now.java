package dev.wsn.kademlia;

/**
 * The time of one step, read once by the driver.
 *
 * @param monotonicMillis for deadlines; milliseconds of an arbitrary origin that never go back
 * @param unixSeconds for the life of records; wall clock
 */
public record Now(long monotonicMillis, long unixSeconds) {}
