package dev.wsn.kademlia;

/**
 * Names one command of the driver.
 *
 * @param number chosen by the driver, never used twice in a process
 */
public record OperationId(long number) {}
