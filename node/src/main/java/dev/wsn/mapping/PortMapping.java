package dev.wsn.mapping;

import dev.wsn.record.IpAddress;
import org.jspecify.annotations.Nullable;

/**
 * A port that a router says it forwards.
 *
 * @param wanted the port
 * @param router who forwards it, for people
 * @param seconds how long, as the router said; 0 until it is told to stop
 * @param external address that the router says it has; a hint, it may lie; null if it did not say
 */
public record PortMapping(
    WantedPort wanted, String router, long seconds, @Nullable IpAddress external) {}
