package dev.wsn.resolver;

/**
 * What a node knows of its network; read by the health checks and {@code GET /v1/network}.
 *
 * @param seed {@code npub1…@ip:port} by which others join through this node
 * @param nodes contacts that have answered and are in the tables
 * @param isReachable whether the DHT answered lately
 * @param detail a sentence for people that explains {@code isReachable}
 */
public record NetworkStatus(String seed, int nodes, boolean isReachable, String detail) {}
