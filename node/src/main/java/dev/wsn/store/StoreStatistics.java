package dev.wsn.store;

import dev.wsn.metrics.Histogram;

/**
 * Counters since the store was opened.
 *
 * @param commits transactions committed, one {@code fsync} each
 * @param written writes that those transactions carried
 * @param busy writes refused because too many were waiting
 * @param failed writes that failed
 * @param waiting writes waiting now
 * @param bytes size of the database on disk, with its write-ahead log
 * @param commitSeconds how long the transactions took; changes on
 */
public record StoreStatistics(
    long commits,
    long written,
    long busy,
    long failed,
    int waiting,
    long bytes,
    Histogram commitSeconds) {}
