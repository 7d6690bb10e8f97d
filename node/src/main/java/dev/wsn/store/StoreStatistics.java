package dev.wsn.store;

/**
 * Counters since the store was opened.
 *
 * @param commits transactions committed, one {@code fsync} each
 * @param written writes that those transactions carried
 * @param busy writes refused because too many were waiting
 * @param failed writes that failed
 * @param waiting writes waiting now
 */
public record StoreStatistics(long commits, long written, long busy, long failed, int waiting) {}
