package dev.wsn.gateway;

import java.time.Duration;

/**
 * How long a socket waits.
 *
 * @param pingAfter silence after which the other side is pinged; zero for never
 * @param idleAfter silence after which it is given up; zero for never
 * @param writeTimeout how long a write may make no progress
 */
record SocketTiming(Duration pingAfter, Duration idleAfter, Duration writeTimeout) {
  /** How often the three are looked at, in milliseconds. */
  long checkMillis() {
    long shortest = writeTimeout.toMillis();
    if (!pingAfter.isZero()) {
      shortest = Math.min(shortest, pingAfter.toMillis());
    }
    if (!idleAfter.isZero()) {
      shortest = Math.min(shortest, idleAfter.toMillis());
    }
    return Math.max(1, shortest / 3);
  }
}
